//! `duplistatus db …`: the database file, for who sits at this machine.

use clap::{Args, Subcommand};

use super::history::{CleanupArguments, RetentionCommand, TasksCommand};

/// What all of these commands share.
#[derive(Debug, Args)]
pub struct DbArguments {
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: DbCommand,
}

/// What can be done with the database.
#[derive(Debug, Subcommand)]
pub enum DbCommand {
    /// List rows that refer to rows which do not exist; fails when there are any
    ForeignKeys,
    /// Delete old runs, with all that belongs to them; see what would go first with --dry-run
    Cleanup(CleanupArguments),
    /// Show or choose how long runs are kept
    Retention {
        /// What to do
        #[command(subcommand)]
        command: Option<RetentionCommand>,
    },
    /// Show, run or change what the server does from time to time
    Tasks {
        /// What to do
        #[command(subcommand)]
        command: Option<TasksCommand>,
    },
}
