//! What is set for a job, a server, a group or the site, as a form has it.

use crate::{
    db::tables::noticing::settings::Rule,
    dto::{job::Rhythm, monitoring::RuleForm},
    noticing::{
        rehearsal::tolerance_text,
        schedule::{Period, Schedule as SetSchedule, Weekdays},
        settings::Tolerance,
    },
};

/// Returns what is set, as a form has it. Without a set schedule, the form starts with the known one.
pub(super) fn of(own: &Rule, known: Option<Rhythm>) -> RuleForm {
    let mut form = match (&own.schedule, known) {
        (Some(SetSchedule::Every { period, at, weekdays, .. }), _) => {
            let (every, unit) = match *period {
                Period::Seconds(seconds) if seconds % 3600 == 0 => (seconds / 3600, "h"),
                Period::Seconds(seconds) => (seconds / 60, "m"),
                Period::Days(days) => (days, "D"),
                Period::Weeks(weeks) => (weeks, "W"),
                Period::Months(months) => (months, "M"),
            };
            every_form(every, unit, *at, weekdays.map_or_else(Vec::new, |days| days.iter().collect()))
        }
        (_, Some(Rhythm::Days(every, at, on))) if every % 7 == 0 => every_form(every / 7, "W", Some(at), on),
        (_, Some(Rhythm::Days(every, at, on))) => every_form(every, "D", Some(at), on),
        (_, Some(Rhythm::Weeks(every, at, on))) => every_form(every, "W", Some(at), on),
        (_, Some(Rhythm::Months(every, at, _))) => every_form(every, "M", Some(at), Vec::new()),
        (_, Some(Rhythm::Elapsed(seconds, on))) if seconds >= 3600 => {
            every_form((seconds + 1800) / 3600, "h", None, on)
        }
        _ => every_form(1, "D", None, Vec::new()),
    };
    form.schedule = match &own.schedule {
        None => "inherit",
        Some(SetSchedule::Every { .. }) => "every",
        Some(SetSchedule::Cron(_)) => "cron",
        Some(SetSchedule::Never) => "never",
    }
    .to_owned();
    if let Some(SetSchedule::Cron(cron)) = &own.schedule {
        form.cron = cron.clone().into();
    }
    form.zone = Some(own.zone.clone().unwrap_or_default());
    form.tolerance = match own.tolerance {
        None => "inherit".to_owned(),
        Some(Tolerance::Seconds(_)) => "span".to_owned(),
        Some(profile) => tolerance_text(profile),
    };
    if let Some(Tolerance::Seconds(seconds)) = own.tolerance {
        form.span = match (seconds % 86_400, seconds % 3600) {
            (0, _) => format!("{}D", seconds / 86_400),
            (_, 0) => format!("{}h", seconds / 3600),
            _ => format!("{}m", seconds / 60),
        };
    }
    form
}

fn every_form(every: i64, unit: &str, at: Option<i64>, weekdays: Vec<i64>) -> RuleForm {
    let name = |day: i64| Some((*Weekdays::NAMES.get(usize::try_from(day).ok()?)?).to_owned());
    RuleForm {
        every: every.to_string(),
        unit: unit.to_owned(),
        at: at.map(|at| format!("{:02}:{:02}", at / 3600, at % 3600 / 60)).unwrap_or_default(),
        weekdays: weekdays.into_iter().filter_map(name).collect(),
        ..RuleForm::default()
    }
}
