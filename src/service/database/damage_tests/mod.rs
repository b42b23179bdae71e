//! Real files, damaged on purpose: what each command brings back.

mod cases;
mod file;
mod repaired;
mod salvaged;

use file::Fixture;
