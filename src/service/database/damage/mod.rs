//! Real files, damaged on purpose: what each command brings back.

mod file;
mod salvaged;

use file::Fixture;
