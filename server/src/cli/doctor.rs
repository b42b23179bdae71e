//! `duplistatus doctor`.

use clap::Args;

/// How to answer.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 when nothing needs attention, 1 when something does, 2 when something does not work. \
                  Changes nothing, and works whatever state the data folder is in."
)]
pub struct DoctorArguments {
    /// Answer in JSON, for programs
    #[arg(long)]
    pub json: bool,
}
