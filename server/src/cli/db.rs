//! `duplistatus db …`: the database file, for who sits at this machine.

use clap::{Args, Subcommand};

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
}
