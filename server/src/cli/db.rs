//! `duplistatus db …`: commands for the database file.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{
    Confirmation,
    export::ExportArguments,
    retention::{CleanupArguments, RetentionCommand, TasksCommand},
};

/// What all of these commands share.
#[derive(Debug, Args)]
pub struct DbArguments {
    /// Print JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: DbCommand,
}

/// What is backed up, and how.
#[derive(Debug, Args)]
pub struct BackupArguments {
    /// File to write, or `-` for standard output [default: a file with the time in its name in the backup folder, where the
    /// oldest backups are deleted]
    pub file: Option<PathBuf>,
    /// Compress the backup with zstd
    #[arg(long)]
    pub compress: bool,
    /// Skip the check of every page of the backup
    #[arg(long)]
    pub no_verify: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show it as the options' help")]
    pub confirmation: Confirmation,
}

/// What can be done with the database.
#[derive(Debug, Subcommand)]
pub enum DbCommand {
    /// Back up the database to a file, as of this moment; reports are still received meanwhile
    Backup(BackupArguments),
    /// Replace the database with a backup, even while the server runs; the previous database is kept
    Restore {
        /// Backup file, compressed or not
        file: PathBuf,
        /// Also restore access that was revoked after the backup was created: keys, user access, passwords
        #[arg(long)]
        revive: bool,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
    /// Export the whole database as SQL, from which any SQLite can recreate it
    Dump {
        /// File to write, or `-` for standard output
        file: PathBuf,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
    /// Export runs as JSON or CSV for `duplistatus import`; all runs unless filtered
    Export(ExportArguments),
    /// List rows that refer to missing rows; fails if there are any
    ForeignKeys,
    /// Copy the file, then repair indexes, missing tables, damaged rows and totals
    Repair {
        /// Only show what would be done
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
    /// Recover all readable data from a damaged file into a new file that passes every check
    Salvage {
        /// Damaged file, with its -wal file in the same folder if there is one; not changed. No server may be using it
        broken: PathBuf,
        /// File to create; it must not exist
        new: PathBuf,
    },
    /// Check the whole file: pages, indexes, constraints, and all totals against the runs; fails if it finds a problem
    Integrity,
    /// Show the sizes of the file, tables and indexes, connections, slow queries and the last maintenance
    Status,
    /// Count servers, jobs, and runs by status and period
    Stats,
    /// Rewrite the file without free pages; needs twice its size on the disk, and reports wait meanwhile
    Vacuum,
    /// Collect statistics for the query planner
    Analyze,
    /// Collect missing or outdated statistics for the query planner
    Optimize,
    /// Move the contents of the write-ahead log into the file; fails if the log is still being read
    Checkpoint,
    /// Migrate the schema; first copies the file, checks the copy and keeps it
    Migrate {
        /// Only list the migrations and whether they were applied
        #[arg(long, conflicts_with = "dry_run")]
        list: bool,
        /// Only try the migrations on a copy, then delete the copy
        #[arg(long)]
        dry_run: bool,
    },
    /// Delete old runs and everything that belongs to them; preview with --dry-run
    Cleanup(CleanupArguments),
    /// Show or change the retention of runs
    Retention {
        /// What to do
        #[command(subcommand)]
        command: Option<RetentionCommand>,
    },
    /// Show, run or change the automatic tasks of the server
    Tasks {
        /// What to do
        #[command(subcommand)]
        command: Option<TasksCommand>,
    },
}
