//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// The measurements, in the order in which they run.
const PARTS: [&str; 13] = [
    "visit",
    "import",
    "noticing",
    "telling",
    "wide",
    "size",
    "queries",
    "backup",
    "rest",
    "dashboard",
    "programs",
    "uploads",
    "cleanup",
];

/// Measures duplistatus against limits taken in the same run
#[derive(Debug, Parser)]
#[command(max_term_width = 100)]
pub struct Args {
    /// Fewer rounds and shorter ones; the data sets stay as large
    #[arg(long)]
    pub quick: bool,
    /// The program to be measured
    #[arg(long, value_name = "PATH", default_value = "target/release/duplistatus")]
    pub binary: PathBuf,
    /// Where the data sets are made (about 5 GB); removed at the end
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    pub folder: PathBuf,
    /// Measure only this part; may be repeated
    #[arg(long, value_name = "PART", value_parser = PARTS)]
    pub only: Vec<String>,
    /// Page size of the data sets in bytes, to see what another one would change [default: the program's own]
    #[arg(long, value_name = "BYTES")]
    pub page_size: Option<u32>,
    /// Divide the numbers of servers by this: to try out the bench itself, not to measure
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub divide: u32,
}

impl Args {
    /// Returns the number of interleaved rounds of each measurement.
    pub fn rounds(&self) -> usize {
        if self.quick { 3 } else { 7 }
    }

    /// Returns the seconds of one round under load.
    pub fn seconds(&self) -> u64 {
        if self.quick { 3 } else { 6 }
    }
}
