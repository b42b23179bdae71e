//! `duplistatus rehearse`: which alarms a scenario would have raised.

use std::{
    fmt, fs,
    io::{Write as _, stderr, stdout},
    path::Path,
    process::ExitCode,
};

use anyhow::Context as _;
use duplistatus::{
    noticing::rehearsal::{Alarm, Closed, Scenario, read_tolerance, rehearse, unmet},
    service::{
        Actor,
        monitoring::{Change, RuleChange, SetSchedule},
        noticing::rehearse::{self as past, Rehearsed},
    },
};
use serde::Serialize;

use super::output::Output;
use crate::cli::{GlobalOptions, RehearseArguments};

const ME: Actor = Actor::CommandLine;

/// The output for a file.
#[derive(Serialize)]
struct ScenarioOutput<'a> {
    name: &'a str,
    alarms: &'a [Alarm],
}

/// Rehearses each file. Failed expectations and unreadable files do not stop the others.
pub(super) async fn run(options: &GlobalOptions, arguments: &RehearseArguments) -> anyhow::Result<ExitCode> {
    if arguments.job.is_some() {
        job(options, arguments).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut status = ExitCode::SUCCESS;
    for file in &arguments.files {
        let problems = match one(file) {
            Ok(unmet) => unmet,
            // The reader has closed the pipe.
            Err(error) if super::is_closed_pipe(&error) => return Err(error),
            Err(error) => vec![super::sentence(&error)],
        };
        for problem in problems {
            status = ExitCode::FAILURE;
            writeln!(stderr(), "{}: {problem}", file.display())?;
        }
    }
    Ok(status)
}

/// The alarms that would have been raised for a job.
#[derive(Serialize)]
struct Past {
    job: String,
    days: i64,
    /// With the given settings.
    tried: Vec<Alarm>,
    /// With the current settings.
    set: Vec<Alarm>,
    #[serde(skip)]
    is_trial: bool,
}

impl fmt::Display for Past {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { job, days, tried, set, is_trial } = self;
        let raised = |alarms: &[Alarm]| alarms.iter().filter(|alarm| !alarm.within).count();
        let count = raised(tried);
        let with = if *is_trial { "With these settings" } else { "With the present settings" };
        let alarms = if count == 1 { "alarm" } else { "alarms" };
        write!(f, "{job}\n{with}: {count} {alarms} in the last {days} days")?;
        for alarm in tried {
            let closed = match alarm.closed {
                Closed::At(Some(closed)) => format!(" – {closed}"),
                Closed::At(None) => " – now".to_owned(),
                Closed::OfAnother => String::new(),
            };
            let indent = if alarm.within { "    " } else { "  " };
            write!(f, "\n{indent}{} {}{closed}", alarm.kind, alarm.opened)?;
        }
        if *is_trial {
            write!(f, "\nWith the present settings: {}", raised(set))?;
        }
        Ok(())
    }
}

/// Rehearses the history of a job.
async fn job(options: &GlobalOptions, arguments: &RehearseArguments) -> anyhow::Result<()> {
    let services = &super::open_there(options).await?;
    let RehearseArguments { job, days, tolerance, schedule, json, .. } = arguments;
    let id = past::find(services, &ME, job.as_deref().unwrap_or_default()).await?;
    let schedule = schedule.set().map(|set| set.schedule()).transpose()?;
    let tolerance = tolerance.as_deref().map(read_tolerance).transpose()?;
    let trial = RuleChange {
        schedule: schedule.map_or(Change::Keep, |schedule| Change::Set(SetSchedule { schedule, zone: None })),
        tolerance: tolerance.map_or(Change::Keep, Change::Set),
        ..RuleChange::default()
    };
    let is_trial = trial != RuleChange::default();
    let Rehearsed { name, tried, set, next: _ } = past::job(services, &ME, id, *days, trial).await?;
    Output { json: *json }.show(&Past { job: name, days: *days, tried, set, is_trial })
}

/// Prints the alarms of a file, and returns its failed expectations.
fn one(file: &Path) -> anyhow::Result<Vec<String>> {
    let json = fs::read(file).context("cannot be read")?;
    let scenario = Scenario::read(&json)?;
    let alarms = rehearse(&scenario)?;
    let mut out = stdout().lock();
    serde_json::to_writer(&mut out, &ScenarioOutput { name: &scenario.name, alarms: &alarms })?;
    writeln!(out)?;
    Ok(unmet(&scenario.expect, &alarms))
}
