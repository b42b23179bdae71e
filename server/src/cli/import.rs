//! `duplistatus import`: what comes from elsewhere.

use std::path::PathBuf;

use clap::Args;

/// What is to be imported, and how.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// A database of the Node application duplistatus 0.4 to 1.5 (`backups.db`), or a CSV or JSON file of runs; its
    /// content says which
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Key file of the Node application (`.duplistatus.key`), to take over the passwords that it stored
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Say what would come of it, and store nothing; works on a copy of the database, which needs as much space
    #[arg(long)]
    pub dry_run: bool,
    /// Answer in JSON, for programs
    #[arg(long)]
    pub json: bool,
}
