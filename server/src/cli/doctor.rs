//! `duplistatus doctor`.

use clap::Args;

/// How to answer.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 if there are no problems, 1 for warnings, 2 for failures. \
                  Changes nothing, and works even if the data folder is damaged.")]
pub struct DoctorArguments {
    /// Print JSON, for programs
    #[arg(long)]
    pub json: bool,
}
