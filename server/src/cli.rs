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
mod history;
mod import;
mod server;
mod user;

pub use db::{BackupArguments, DbArguments, DbCommand};
pub use doctor::DoctorArguments;
pub use export::ExportArguments;
pub use history::{CleanupArguments, Days, RetentionCommand, TasksCommand};
pub use import::ImportArguments;
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
    /// What to do; `serve` when nothing is said
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
    /// Serve a believable, made-up data set in a folder of its own; nothing in it can be changed
    Demo,
    /// Make, list, replace or revoke ingest keys
    Key(Answering<KeyCommand>),
    /// Add, list, change or remove people
    User(Answering<UserCommand>),
    /// Change the key that encrypts stored secrets
    Secret(Answering<SecretCommand>),
    /// Add, list, change, delete or merge servers
    Server(Answering<ServerCommand>),
    /// Show or change settings of the whole program
    Config(Answering<ConfigCommand>),
    /// Look after the database: check, back up, restore, clean up, repair
    Db(DbArguments),
    /// Look at everything that could be wrong: database, disk, permissions, clock, configuration, port
    Doctor(DoctorArguments),
    /// Import a database of the Node application duplistatus 0.4 to 1.5, or runs from a CSV or JSON file
    Import(ImportArguments),
}

/// Commands that answer people or programs.
#[derive(Debug, Args)]
pub struct Answering<C: Subcommand> {
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do
    #[command(subcommand)]
    pub command: C,
}

/// Whether something is to be taken away for good.
#[derive(Debug, Args)]
pub struct Sure {
    /// Do not ask whether to do it
    #[arg(long, short)]
    pub yes: bool,
}

/// What can be done with ingest keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key and print it once
    Create {
        /// Bind the key to the server of this name (made if there is none); without it, any server may use it
        #[arg(long, value_name = "NAME")]
        server: Option<String>,
    },
    /// List all keys, without their secrets
    List,
    /// Make a key in place of another one, which works for another week, and print it once
    Rotate {
        /// The number that `list` shows
        id: i64,
    },
    /// Refuse reports that carry this key from now on
    Revoke {
        /// The number that `list` shows
        id: i64,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
}

impl KeyCommand {
    /// The key that is meant.
    pub fn id(id: i64) -> KeyId {
        KeyId(id)
    }
}

/// Heading of the options that other commands take and have no use for: one environment serves all.
const SERVER: &str = "Options of the server";

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub struct GlobalOptions {
    /// Folder of the database `duplistatus.db`; made if it does not exist, readable by its owner only
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
    /// Path under which everything lives, as in example.org/duplistatus
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_BASE_PATH", value_name = "PATH", default_value = "")]
    pub base_path: BasePrefix,
    /// URL under which people and Duplicati reach this program, without the base path; otherwise the request says it
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<PublicUrl>,
    /// Addresses or networks of proxies, separated by commas, whose X-Forwarded-For, -Proto and -Host are believed
    #[arg(
        long,
        global = true, help_heading = SERVER,
        env = "DUPLISTATUS_TRUSTED_PROXIES",
        value_name = "ADDRESSES",
        default_value = "",
        hide_default_value = true
    )]
    pub trusted_proxies: TrustedProxies,
    /// Names under which the program may be asked for, separated by commas, as in backup.example.org or *.example.org,
    /// beside the public URL's, addresses, names without a dot and those of private networks (.local, .lan, .home.arpa …)
    #[arg(
        long,
        global = true, help_heading = SERVER,
        env = "DUPLISTATUS_ALLOWED_HOSTS",
        value_name = "NAMES",
        default_value = "",
        hide_default_value = true
    )]
    pub allowed_hosts: AllowedHosts,
    /// Most connections at the same time [default: 16384, or what the limit of open files allows]
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_MAX_CONNECTIONS", value_name = "NUMBER",
        value_parser = parse_connections)]
    pub max_connections: Option<usize>,
    /// Accept reports without a key at /api/upload
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_OPEN_INGEST")]
    pub open_ingest: bool,
    /// How many new servers the reports of one key may make in a day; without a key, of one address
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_MAX_NEW_SERVERS", value_name = "NUMBER", default_value_t = 50,
        value_parser = clap::value_parser!(i64).range(0..=1_000_000))]
    pub max_new_servers: i64,
    /// How many new jobs the reports of one key may make in a day; without a key, of one address
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_MAX_NEW_JOBS", value_name = "NUMBER", default_value_t = 200,
        value_parser = clap::value_parser!(i64).range(0..=1_000_000))]
    pub max_new_jobs: i64,
    /// Name of the administrator that is made at the first start, when the environment gives a password for it in
    /// DUPLISTATUS_ADMIN_PASSWORD, or a file with it in DUPLISTATUS_ADMIN_PASSWORD_FILE
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_ADMIN_USER", value_name = "NAME", default_value = "admin")]
    pub admin_user: String,
    /// After how many hours without use a person has to sign in again
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_SESSION_HOURS_IDLE", value_name = "HOURS", default_value_t = 168,
        value_parser = clap::value_parser!(i64).range(1..=8760))]
    pub session_hours_idle: i64,
    /// After how many days a person has to sign in again in any case
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_SESSION_DAYS", value_name = "DAYS", default_value_t = 30,
        value_parser = clap::value_parser!(i64).range(1..=365))]
    pub session_days: i64,
    /// Largest report that is accepted, in bytes
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_MAX_UPLOAD", value_name = "BYTES", default_value_t = 10 * 1024 * 1024)]
    pub max_upload: usize,
    /// How many days raw reports are kept
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_RAW_REPORT_DAYS", value_name = "DAYS", default_value_t = 30,
        value_parser = clap::value_parser!(i64).range(0..=3650))]
    pub raw_report_days: i64,
    /// Folder of the backups that the program makes by itself [default: `backups` in the data folder]
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_BACKUP_DIR", value_name = "DIR")]
    pub backup_dir: Option<PathBuf>,
    /// Queries that take as long as this are written to the log, with their plan: milliseconds
    #[arg(long, global = true, help_heading = SERVER, env = "DUPLISTATUS_SLOW_QUERY_MS", value_name = "MS", default_value_t = 250)]
    pub slow_query_ms: u64,
    /// Time zone of the site, as in Europe/Berlin: decides to which day a run belongs [default: the system's]
    #[arg(long, global = true, env = "DUPLISTATUS_TIME_ZONE", value_name = "ZONE", value_parser = parse_zone)]
    pub time_zone: Option<Zone>,
    /// How logs are written
    #[arg(long, global = true, env = "DUPLISTATUS_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
    /// What is logged: error, warn, info, debug, or directives as in `info,duplistatus=debug`
    #[arg(long, global = true, env = "DUPLISTATUS_LOG", value_name = "LEVEL", default_value = "info")]
    pub log: String,
}

impl GlobalOptions {
    /// The site's time zone: as it was said, else the system's.
    ///
    /// # Errors
    /// When the system's has no name.
    pub fn zone(&self) -> Result<Zone, NamelessZone> {
        self.time_zone.clone().map_or_else(Zone::system, Ok)
    }
}

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people, coloured on a terminal
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
