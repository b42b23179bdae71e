//! `duplistatus rehearse`.

use std::path::PathBuf;

use clap::Args;
use duplistatus::noticing::rehearsal::Set;

/// What to rehearse.
#[derive(Debug, Args)]
#[command(
    after_help = "Prints one line of JSON for each file: its name, and the alarms that would have been raised. Exit status: 0 when all that \
                  the files expect holds, 1 when something does not, which is named on standard error. Opens no database, unless --job \
                  names a job of it: then the alarms of its past are printed, with the settings that are given and with those that are set."
)]
pub struct RehearseArguments {
    /// Scenario files: stories of jobs, with the alarms that must be raised
    #[arg(required_unless_present = "job", conflicts_with = "job", value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Rehearse a job of the database
    #[arg(long, value_name = "SERVER/JOB")]
    pub job: Option<String>,
    /// How many days back
    #[arg(long, default_value_t = 90, requires = "job", value_parser = clap::value_parser!(i64).range(1..=400))]
    pub days: i64,
    /// Try this tolerance: server, desktop, laptop, archive, or a time such as 90m, 4h or 2D
    #[arg(long, requires = "job", value_name = "TIME")]
    pub tolerance: Option<String>,
    /// Try this schedule
    #[command(flatten)]
    pub schedule: ScheduleArguments,
    /// Print JSON, for programs
    #[arg(long, requires = "job")]
    pub json: bool,
}

/// A schedule to try.
#[derive(Debug, Args)]
pub struct ScheduleArguments {
    /// Try a schedule: how often, as in 6h, 1D, 1W or 1M
    #[arg(long, requires = "job", conflicts_with_all = ["cron", "no_schedule"], value_name = "TIME")]
    pub every: Option<String>,
    /// With --every: the time of day, as in 02:00
    #[arg(long, requires = "every", value_name = "HH:MM")]
    pub at: Option<String>,
    /// With --every: the weekdays, as in mon,tue,wed
    #[arg(long, requires = "every", value_delimiter = ',', value_name = "DAYS")]
    pub weekdays: Option<Vec<String>>,
    /// Try a schedule: a cron expression
    #[arg(long, requires = "job", conflicts_with = "no_schedule", value_name = "EXPRESSION")]
    pub cron: Option<String>,
    /// Try no schedule: the job is never overdue
    #[arg(long, requires = "job")]
    pub no_schedule: bool,
}

impl ScheduleArguments {
    /// Returns the schedule as in a scenario file; `None` if none is given.
    pub fn set(&self) -> Option<Set> {
        let Self { every, at, weekdays, cron, no_schedule } = self;
        let is_given = every.is_some() || cron.is_some() || *no_schedule;
        is_given.then(|| Set {
            every: every.clone(),
            at: at.clone(),
            weekdays: weekdays.clone(),
            cron: cron.clone(),
            none: *no_schedule,
            ..Set::default()
        })
    }
}
