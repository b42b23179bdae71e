//! `duplistatus import`: what comes from elsewhere.

use std::path::PathBuf;

use clap::Args;

/// What is to be imported, and how.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// Database of the Node application duplistatus 0.4 to 1.5 (`backups.db`), or a CSV or JSON file of runs; the type is
    /// detected from the content
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Key file of the Node application (`.duplistatus.key`), needed to import stored passwords
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Show the result and store nothing; works on a copy of the database, which needs as much disk space again
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON, for programs
    #[arg(long)]
    pub json: bool,
}
