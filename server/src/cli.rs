//! The command line: `--help` is the reference. Every option has an environment variable.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use duplistatus::{
    ids::KeyId,
    zone::{NamelessZone, Zone},
};

mod db;
mod doctor;
mod export;
mod fleet;
mod import;
mod rehearse;
mod retention;
mod server;
mod user;

pub use db::{BackupArguments, DbArguments, DbCommand};
pub use doctor::DoctorArguments;
pub use export::ExportArguments;
pub use fleet::{FleetCommand, PreloadArguments};
pub use import::ImportArguments;
pub use rehearse::RehearseArguments;
pub use retention::{CleanupArguments, Days, RetentionCommand, TasksCommand};
pub use server::{ConfigCommand, ServerCommand, Words};
pub use user::{SecretCommand, UserCommand};

use crate::{
    client::{AllowedHosts, TrustedProxies},
    config::{BasePrefix, PublicUrl},
};

/// A self-hosted monitor for Duplicati backups.
#[derive(Debug, Parser)]
#[command(
    name = "duplistatus",
    version,
    about = "A self-hosted monitor for Duplicati backups",
    max_term_width = 100
)]
pub struct Cli {
    /// Command to run (default: serve)
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show it as the options' help")]
    pub options: GlobalOptions,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the pages and receive reports (the default)
    Serve,
    /// Serve a read-only demo with sample data, in its own folder
    Demo,
    /// Create, list, replace or revoke ingest keys
    Key(WithJson<KeyCommand>),
    /// Write files that make the Duplicati servers of many machines report here
    Fleet(WithJson<FleetCommand>),
    /// Create, list, change or delete users
    User(WithJson<UserCommand>),
    /// Replace the encryption key for stored secrets
    Secret(WithJson<SecretCommand>),
    /// Add, list, change, delete or merge servers
    Server(WithJson<ServerCommand>),
    /// Show or change settings of the whole program
    Config(WithJson<ConfigCommand>),
    /// Check, back up, restore, clean up or repair the database
    Db(DbArguments),
    /// Check the database, disk, permissions, clock, configuration and port
    Doctor(DoctorArguments),
    /// Import a database of the Node application duplistatus 0.4 to 1.5, or runs from a CSV or JSON file
    Import(ImportArguments),
    /// Try schedules, tolerances and checks on scenario files: which alarms would have been raised
    Rehearse(RehearseArguments),
}

/// Commands that answer people or programs.
#[derive(Debug, Args)]
pub struct WithJson<C: Subcommand> {
    /// Print JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: C,
}

/// Whether something is permanently deleted.
#[derive(Debug, Args)]
pub struct Confirmation {
    /// Do not ask for confirmation
    #[arg(long, short)]
    pub yes: bool,
}

/// What can be done with ingest keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Create a key and print it once
    Create {
        /// Server that the key belongs to, created if it does not exist; without it, any server may use the key
        #[arg(long, value_name = "NAME")]
        server: Option<String>,
    },
    /// List all keys, without their secrets
    List,
    /// Replace a key and print the new one once; the old key stays valid for another week
    Rotate {
        /// ID of the key, as shown by `list`
        id: i64,
    },
    /// Revoke a key: reports sent with it are rejected from now on
    Revoke {
        /// ID of the key, as shown by `list`
        id: i64,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
}

impl KeyCommand {
    /// Converts the argument to the id of a key.
    pub fn id(id: i64) -> KeyId {
        KeyId(id)
    }
}

/// Heading of the options that other commands take and have no use for: one environment serves all.
const SERVER: &str = "Server options";

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct GlobalOptions {
    /// Folder of the database `duplistatus.db`; created if it does not exist, readable by its owner only
    #[arg(long, global = true, env = "DUPLISTATUS_DATA_DIR", value_name = "DIR", default_value = "./data")]
    pub data_dir: PathBuf,
    /// Address and port to listen on
    #[arg(
        long,
        global = true, help_heading = SERVER,
        env = "DUPLISTATUS_ADDR",
        value_name = "ADDR:PORT",
        default_value = "0.0.0.0:9666"
    )]
    pub addr: SocketAddr,
    /// Path prefix of all URLs, as in example.org/duplistatus
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_BASE_PATH", value_name = "PATH", default_value = "")]
    pub base_path: BasePrefix,
    /// URL under which users and Duplicati reach this server, without the base path [default: taken from each request]
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,
    /// Comma-separated addresses or networks of proxies whose X-Forwarded-For, -Proto and -Host headers are trusted
    #[arg(
        long,
        global = true, help_heading = SERVER,
        env = "DUPLISTATUS_TRUSTED_PROXIES",
        value_name = "ADDRESSES",
        default_value = "",
        hide_default_value = true
    )]
    pub trusted_proxies: TrustedProxies,
    /// Comma-separated host names that requests may use, as in backup.example.org or *.example.org. Always allowed: the host
    /// of the public URL, IP addresses, names without a dot and names of private networks (.local, .lan, .home.arpa …)
    #[arg(
        long,
        global = true, help_heading = SERVER,
        env = "DUPLISTATUS_ALLOWED_HOSTS",
        value_name = "NAMES",
        default_value = "",
        hide_default_value = true
    )]
    pub allowed_hosts: AllowedHosts,
    /// Maximum number of simultaneous connections [default: 16384, or less if the limit of open files is lower]
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_MAX_CONNECTIONS", value_name = "NUMBER",
        value_parser = parse_connections)]
    pub max_connections: Option<usize>,
    /// Accept reports without a key at /api/upload
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_OPEN_INGEST")]
    pub open_ingest: bool,
    /// Maximum number of new servers per day from the reports of one key, or of one IP address without a key
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_MAX_NEW_SERVERS", value_name = "NUMBER", default_value_t = 50,
        value_parser = clap::value_parser!(i64).range(0..=1_000_000))]
    pub max_new_servers: i64,
    /// Maximum number of new jobs per day from the reports of one key, or of one IP address without a key
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_MAX_NEW_JOBS", value_name = "NUMBER", default_value_t = 200,
        value_parser = clap::value_parser!(i64).range(0..=1_000_000))]
    pub max_new_jobs: i64,
    /// Name of the administrator that is created at the first start, if DUPLISTATUS_ADMIN_PASSWORD contains a password or
    /// DUPLISTATUS_ADMIN_PASSWORD_FILE names a file that contains it
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_ADMIN_USER", value_name = "NAME", default_value = "admin")]
    pub admin_user: String,
    /// Hours without use after which a session expires
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_SESSION_HOURS_IDLE", value_name = "HOURS", default_value_t = 168,
        value_parser = clap::value_parser!(i64).range(1..=8760))]
    pub session_hours_idle: i64,
    /// Days after which a session expires, even if it is used
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_SESSION_DAYS", value_name = "DAYS", default_value_t = 30,
        value_parser = clap::value_parser!(i64).range(1..=365))]
    pub session_days: i64,
    /// Maximum size of a report, in bytes
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_MAX_UPLOAD", value_name = "BYTES", default_value_t = 10 * 1024 * 1024)]
    pub max_upload: usize,
    /// Days that raw reports are kept
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_RAW_REPORT_DAYS", value_name = "DAYS", default_value_t = 30,
        value_parser = clap::value_parser!(i64).range(0..=3650))]
    pub raw_report_days: i64,
    /// Maximum number of jobs in /metrics, worst first
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_METRICS_MAX_JOBS", value_name = "NUMBER", default_value_t = 5_000,
        value_parser = clap::value_parser!(i64).range(0..=1_000_000))]
    pub metrics_max_jobs: i64,
    /// Folder for automatic database backups [default: `backups` in the data folder]
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_BACKUP_DIR", value_name = "DIR")]
    pub backup_dir: Option<PathBuf>,
    /// Log queries that take at least this many milliseconds, with their query plan
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_SLOW_QUERY_MS", value_name = "MS", default_value_t = 250)]
    pub slow_query_ms: u64,
    /// Time zone of the site, as in Europe/Berlin; it determines the day of each run [default: the system's]
    #[arg(long, global = true, env = "DUPLISTATUS_TIME_ZONE", value_name = "ZONE", value_parser = parse_zone)]
    pub time_zone: Option<Zone>,
    /// Format of the log
    #[arg(long, global = true, env = "DUPLISTATUS_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// Log level: error, warn, info or debug, or directives as in `info,duplistatus=debug`
    #[arg(long, global = true, env = "DUPLISTATUS_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: String,
}

impl GlobalOptions {
    /// Returns the site's time zone: the given one, or else the system's.
    ///
    /// # Errors
    /// [`NamelessZone`] if the system's zone has no name.
    pub fn zone(&self) -> Result<Zone, NamelessZone> {
        self.time_zone.clone().map_or_else(Zone::system, Ok)
    }
}

/// Format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Human-readable text, coloured on a terminal
    Text,
    /// One JSON object per line
    Json,
}

fn parse_connections(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (16..=1_000_000).contains(number));
    number.ok_or_else(|| "use a number from 16 to 1000000".to_owned())
}

fn parse_zone(name: &str) -> Result<Zone, String> {
    Zone::named(name).map_err(|error| error.to_string())
}
