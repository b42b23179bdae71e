//! Damaged files, and what each command recovers.

mod cases;
mod file;
mod repaired;
mod salvaged;

use file::Fixture;
