//! `duplistatus server …` and `duplistatus config …`.

use clap::{Args, Subcommand};

use super::Sure;

/// What can be done with servers.
#[derive(Debug, Subcommand)]
pub enum ServerCommand {
    /// List all servers, each with its latest run
    List,
    /// Add a server
    Add {
        /// Its name, which no other server has
        name: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        words: Words,
    },
    /// Change what is said of a server; what is left out stays as it is
    Set {
        /// Name of the server
        name: String,
        /// Its new name; reports that say no machine id are found by it
        #[arg(long = "name", value_name = "NAME")]
        new_name: Option<String>,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        words: Words,
    },
    /// Delete a server with its keys, jobs and runs
    Delete {
        /// Name of the server
        name: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
    /// Put all jobs, runs, machines and keys of one server under another one, and remove the first
    Merge {
        /// Name of the server that goes
        from: String,
        /// Name of the server that stays
        into: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
}

/// What people say of a server.
#[derive(Debug, Args)]
pub struct Words {
    /// What people call it; "" for nothing
    #[arg(long, value_name = "TEXT")]
    pub alias: Option<String>,
    /// What people have to know of it; "" for nothing
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
        /// Its name
        key: String,
    },
    /// Set one setting; a running server follows within half a minute
    Set {
        /// Its name
        key: String,
        /// What to set it to
        value: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
}
