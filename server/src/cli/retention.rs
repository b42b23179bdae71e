//! `duplistatus db cleanup`, `db retention` and `db tasks`.

use clap::{Args, Subcommand};

use super::Confirmation;

/// Which runs go.
#[derive(Debug, Args)]
pub struct CleanupArguments {
    /// Delete runs older than this many days [default: the retention, else 90]
    #[arg(long, value_name = "DAYS")]
    pub days: Option<i64>,
    /// Only runs of this server
    #[arg(long, value_name = "NAME")]
    pub server: Option<String>,
    /// Only runs of this job on that server
    #[arg(long, value_name = "NAME", requires = "server")]
    pub job: Option<String>,
    /// Keep this many of the latest runs of each job, regardless of age [default: the retention]
    #[arg(long, value_name = "N")]
    pub keep_last: Option<i64>,
    /// Show what would be deleted, and delete nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show it as the options' help")]
    pub confirmation: Confirmation,
}

/// How long runs are kept.
#[derive(Debug, Subcommand)]
pub enum RetentionCommand {
    /// Show the retention of the site and of servers and jobs with their own rule (the default)
    List,
    /// Set the retention of the site, a server or a job
    Set {
        /// Keep runs for this many days, or "forever"
        #[arg(long, value_name = "DAYS", value_parser = parse_days)]
        days: Days,
        /// Keep this many of the latest runs of each job, regardless of age
        #[arg(long, value_name = "N", default_value_t = 4)]
        keep_last: i64,
        /// Server to set a rule for
        #[arg(long, value_name = "NAME")]
        server: Option<String>,
        /// Job to set a rule for
        #[arg(long, value_name = "NAME", requires = "server")]
        job: Option<String>,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
    /// Delete the rule of a server or a job
    Clear {
        /// The server
        #[arg(long, value_name = "NAME")]
        server: String,
        /// The job
        #[arg(long, value_name = "NAME")]
        job: Option<String>,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
}

/// A number of days; `None` means forever.
#[derive(Debug, Clone, Copy)]
pub struct Days(pub Option<i64>);

fn parse_days(text: &str) -> Result<Days, String> {
    match text {
        "forever" | "off" => Ok(Days(None)),
        number => number
            .parse()
            .map(|days| Days(Some(days)))
            .map_err(|_| "use a number of days or “forever”".into()),
    }
}

/// What can be done with tasks.
#[derive(Debug, Subcommand)]
pub enum TasksCommand {
    /// Show all tasks with their last and next runs (the default)
    List,
    /// Run a task now and wait until it ends; fails if the task fails
    Run {
        /// Name of the task
        name: String,
        #[command(flatten)]
        #[expect(missing_docs, reason = "clap would show it as the options' help")]
        confirmation: Confirmation,
    },
    /// Change the schedule of a task
    Set {
        /// Name of the task
        name: String,
        /// Run the task automatically
        #[arg(long, conflicts_with = "off")]
        on: bool,
        /// Run the task only on demand
        #[arg(long)]
        off: bool,
        /// Schedule: "daily 03:10" in the site's time zone, "every 6h", or "" for the default
        #[arg(long, value_name = "SCHEDULE")]
        schedule: Option<String>,
    },
}
