//! `duplistatus server …` and `duplistatus config …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Confirmation;

/// What can be done with servers.
#[derive(Debug, Subcommand)]
pub enum ServerCommand {
    /// List all servers, each with its latest run
    List,
    /// Add a server
    Add {
        /// Name of the server; it must be unique
        name: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        words: Words,
    },
    /// Change a server; omitted values stay unchanged
    Set {
        /// Name of the server
        name: String,
        /// New name; reports without a machine ID are assigned by it
        #[arg(long = "name", value_name = "NAME")]
        new_name: Option<String>,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        words: Words,
    },
    /// Delete a server and its keys, jobs and runs
    Delete {
        /// Name of the server
        name: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
    /// Move all jobs, runs, machines and keys of one server to another, and delete the first
    Merge {
        /// Name of the server to merge and delete
        from: String,
        /// Name of the server to merge into
        into: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
}

/// What people say of a server.
#[derive(Debug, Args)]
pub struct Words {
    /// Display name; "" removes it
    #[arg(long, value_name = "TEXT")]
    pub alias: Option<String>,
    /// Notes for users; "" removes them
    #[arg(long, value_name = "TEXT")]
    pub notes: Option<String>,
}

/// What can be done with settings.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// List all settings
    List,
    /// Show one setting
    Get {
        /// Name of the setting
        key: String,
    },
    /// Write what is set (settings, schedules and tolerances, groups, tags, templates) as a TOML file
    Export {
        /// The file to write; without it, standard output
        file: Option<PathBuf>,
    },
    /// Apply a file that `export` wrote or a user edited: all of it, or nothing
    Apply {
        /// The file to apply
        file: PathBuf,
        /// Show what would change, and change nothing
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
    /// Change one setting; a running server applies it within half a minute
    Set {
        /// Name of the setting
        key: String,
        /// New value
        value: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
}
