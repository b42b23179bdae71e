//! `duplistatus db …`: the database file, for who sits at this machine.

use std::path::PathBuf;

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
    /// Mend indexes, missing tables, damaged rows and totals, after a copy of the file was made
    Repair {
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Read everything that can still be read out of a damaged file into a new one, which passes every check
    Salvage {
        /// The damaged file, with its -wal beside it if there is one; it is not changed. No server may be using it
        broken: PathBuf,
        /// The file to make; it must not exist
        new: PathBuf,
    },
}
