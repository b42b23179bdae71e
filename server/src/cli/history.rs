//! `duplistatus db cleanup`, `db retention` and `db tasks`.

use clap::{Args, Subcommand};

use super::Sure;

/// Which runs go.
#[derive(Debug, Args)]
pub struct CleanupArguments {
    /// Delete runs that began before so many days ago [default: as retention says, else 90]
    #[arg(long, value_name = "DAYS")]
    pub days: Option<i64>,
    /// Of this server only
    #[arg(long, value_name = "NAME")]
    pub server: Option<String>,
    /// Of this job on that server only
    #[arg(long, value_name = "NAME", requires = "server")]
    pub job: Option<String>,
    /// Keep so many last runs of each job, however old they are [default: as retention says]
    #[arg(long, value_name = "N")]
    pub keep_last: Option<i64>,
    /// Say what would go, and delete nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show it as the options' help")]
    pub sure: Sure,
}

/// How long runs are kept.
#[derive(Debug, Subcommand)]
pub enum RetentionCommand {
    /// Show the site's retention and the rules that differ from it (the default)
    List,
    /// Say how long runs are kept: of the site, of a server, or of a job
    Set {
        /// Keep runs for so many days, or "forever"
        #[arg(long, value_name = "DAYS", value_parser = parse_days)]
        days: Days,
        /// Keep so many last runs of each job, however old they are
        #[arg(long, value_name = "N", default_value_t = 4)]
        keep_last: i64,
        /// The server that differs from the site
        #[arg(long, value_name = "NAME")]
        server: Option<String>,
        /// The job that differs from its server
        #[arg(long, value_name = "NAME", requires = "server")]
        job: Option<String>,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
    /// Remove the rule of a server or a job
    Clear {
        /// The server
        #[arg(long, value_name = "NAME")]
        server: String,
        /// The job
        #[arg(long, value_name = "NAME")]
        job: Option<String>,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
}

/// Days, or none for ever.
#[derive(Debug, Clone, Copy)]
pub struct Days(pub Option<i64>);

fn parse_days(text: &str) -> Result<Days, String> {
    match text {
        "forever" | "off" => Ok(Days(None)),
        number => {
            number.parse().map(|days| Days(Some(days))).map_err(|_| "a number of days, or “forever”".into())
        }
    }
}

/// What can be done with tasks.
#[derive(Debug, Subcommand)]
pub enum TasksCommand {
    /// Show all tasks with their last and next runs (the default)
    List,
    /// Run a task now and wait for its end; fails when it fails
    Run {
        /// Name of the task
        name: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        sure: Sure,
    },
    /// Say whether and when a task runs by itself
    Set {
        /// Name of the task
        name: String,
        /// Run it by itself
        #[arg(long, conflicts_with = "off")]
        on: bool,
        /// Run it only when somebody asks for it
        #[arg(long)]
        off: bool,
        /// When: "daily 03:10" on the site's clock, "every 6h", or "" for the usual time
        #[arg(long, value_name = "SCHEDULE")]
        schedule: Option<String>,
    },
}
