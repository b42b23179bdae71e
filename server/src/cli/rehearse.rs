//! `duplistatus rehearse`.

use std::path::PathBuf;

use clap::Args;

/// What to rehearse.
#[derive(Debug, Args)]
#[command(
    after_help = "Prints one line of JSON for each file: its name, and the alarms that would have been raised. Exit status: 0 when all that \
                  the files expect holds, 1 when something does not, which is named on standard error. Opens no database."
)]
pub struct RehearseArguments {
    /// Scenario files: stories of jobs, with the alarms that must be raised
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}
