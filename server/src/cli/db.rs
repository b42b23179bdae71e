//! `duplistatus db …`: the database file, for who sits at this machine.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{
    Sure,
    export::ExportArguments,
    history::{CleanupArguments, RetentionCommand, TasksCommand},
};

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

/// What is backed up, and how.
#[derive(Debug, Args)]
pub struct BackupArguments {
    /// The file to write, or `-` for standard output; without it, a file with the time in its name in the folder of backups,
    /// where the oldest go
    pub file: Option<PathBuf>,
    /// Compress it with zstd
    #[arg(long)]
    pub compress: bool,
    /// Do not check every page of the copy
    #[arg(long)]
    pub no_verify: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show it as the options' help")]
    pub sure: Sure,
}

/// What can be done with the database.
#[derive(Debug, Subcommand)]
pub enum DbCommand {
    /// Copy the database, as it is at this moment, to a file; reports arrive meanwhile
    Backup(BackupArguments),
    /// Put a backup in the place of the database, also while a server runs; the former database is kept
    Restore {
        /// The backup, compressed or not
        file: PathBuf,
        /// Let come back what was taken away since the backup was made: keys, access of people, passwords
        #[arg(long)]
        revive: bool,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
    /// Write everything as SQL text, from which any SQLite makes the database anew
    Dump {
        /// The file to write, or `-` for standard output
        file: PathBuf,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
    /// Write runs as JSON or CSV, which `duplistatus import` can read; all of them, unless told otherwise
    Export(ExportArguments),
    /// List rows that refer to rows which do not exist; fails when there are any
    ForeignKeys,
    /// Mend indexes, missing tables, damaged rows and totals, after a copy of the file was made
    Repair {
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
    /// Read everything that can still be read out of a damaged file into a new one, which passes every check
    Salvage {
        /// The damaged file, with its -wal beside it if there is one; it is not changed. No server may be using it
        broken: PathBuf,
        /// The file to make; it must not exist
        new: PathBuf,
    },
    /// Check the whole file: pages, indexes, constraints, and all totals against the runs; fails when anything is found
    Integrity,
    /// Show sizes of the file, its tables and indexes, connections, slow queries, and when it was last looked after
    Status,
    /// Count what is stored: servers, jobs, runs by status and by period
    Stats,
    /// Write the file anew without free pages; needs twice its size on the disk, and reports wait meanwhile
    Vacuum,
    /// Collect the statistics by which queries are planned
    Analyze,
    /// Collect statistics where they are missing or too old
    Optimize,
    /// Move what is in the write-ahead log into the file; fails when somebody still reads it
    Checkpoint,
    /// Bring the schema up to date; a copy of the file is made, checked and kept before
    Migrate {
        /// Only list the migrations, and which of them were applied
        #[arg(long, conflicts_with = "dry_run")]
        list: bool,
        /// Only try them, on a copy that is thrown away
        #[arg(long)]
        dry_run: bool,
    },
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
