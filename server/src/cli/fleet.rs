//! `duplistatus fleet …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What can be done for many machines.
#[derive(Debug, Subcommand)]
pub enum FleetCommand {
    /// Create ingest keys, and write for each machine a preload.json and scripts that make its Duplicati server report here
    Preload(PreloadArguments),
}

/// Which machines, and where the files go.
#[derive(Debug, Args)]
#[command(
    after_help = "The folder contains secrets: only its owner can read it. Delete it when the machines are set up; machines.csv, which \
                  contains no secrets, says which key each machine got. See docs/how-to/connect-duplicati.md for what to do with the files."
)]
pub struct PreloadArguments {
    /// Folder to create
    #[arg(long, value_name = "DIR")]
    pub folder: PathBuf,
    /// Names of machines; each gets a key of its own, and its reports are filed under this name
    #[arg(value_name = "MACHINE")]
    pub machines: Vec<String>,
    /// File with more names, one per line, or `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub list: Option<PathBuf>,
    /// Create one key for all machines: reports are filed under the names that the machines send
    #[arg(long, conflicts_with_all = ["machines", "list"])]
    pub one_key: bool,
    /// Also set the option for live status, which Duplicati knows since 2.3.1; older versions warn of it in each run
    #[arg(long)]
    pub live_status: bool,
}
