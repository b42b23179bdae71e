//! Makes single runs of what a scenario says.

use super::scenario::{Entry, Job, MOST_RUNS, Many, Runs, ScenarioError, time_of_day, weekdays};
use crate::{
    duplicati_version::DuplicatiVersion,
    noticing::{
        run::{Figures, Report},
        schedule::{
            Period,
            local::{Local, day_in, month_of},
        },
        warnings,
    },
    outcome::ReportedEnd,
    report::Operation,
    status::Status,
    time::{Day, Timestamp},
    zone::Zone,
};

/// Something that arrives.
#[derive(Debug, Clone)]
pub(super) enum Arrival {
    /// The report of a backup.
    Backup(Box<Report>),
    /// The report of a verification.
    Verification {
        /// Whether the destination is whole.
        is_whole: bool,
    },
    /// Nothing that counts.
    Other,
}

/// A run, with what is heard of it.
#[derive(Debug, Clone)]
pub(super) struct Single {
    /// By the sender's clock.
    pub begin: Timestamp,
    /// Seconds.
    pub duration: i64,
    /// When its report arrives; `None` when none ever does.
    pub received: Option<Timestamp>,
    /// Whether progress is heard.
    pub is_live: bool,
    /// What arrives.
    pub arrival: Arrival,
}

/// All runs of a job.
pub(super) fn singles(job: &Job, site: &Zone) -> Result<Vec<Single>, ScenarioError> {
    let mut all = Vec::new();
    for runs in &job.runs {
        match runs {
            Runs::One(entry) => {
                let begin = entry
                    .begin
                    .ok_or_else(|| ScenarioError::Value(format!("a run of {} has no begin", job.job)))?;
                all.push(single(entry, begin)?);
            }
            Runs::Many(many) => expand(many, site, &mut all)?,
        }
        if all.len() > MOST_RUNS {
            return Err(ScenarioError::TooMany(job.job.clone()));
        }
    }
    Ok(all)
}

fn expand(many: &Many, site: &Zone, all: &mut Vec<Single>) -> Result<(), ScenarioError> {
    let own = many.zone.as_deref().map(Zone::named).transpose()?;
    let zone = own.as_ref().unwrap_or(site);
    let second = many.at.as_deref().map(time_of_day).transpose()?.unwrap_or(0);
    let period = Period::parse(&many.every)?;
    let on = many.weekdays.as_deref().map(weekdays).transpose()?;
    let first = Local { day: many.from, second };
    for number in 0_i64.. {
        let (day, at) = match period {
            Period::Seconds(seconds) => {
                let at = first.instant(zone).plus(seconds * number);
                (Local::of(at, zone).day, at)
            }
            Period::Days(days) => on_day(many.from.plus(days * number), second, zone),
            Period::Weeks(weeks) => on_day(many.from.plus(7 * weeks * number), second, zone),
            Period::Months(months) => {
                on_day(day_in(month_of(many.from) + months * number, many.from.civil().2), second, zone)
            }
        };
        if day > many.until || usize::try_from(number).is_ok_and(|number| number > MOST_RUNS) {
            break;
        }
        if many.except.contains(&day) || on.is_some_and(|on| !on.has(day)) {
            continue;
        }
        let begin = at.plus(jitter(number, many.jitter));
        let entry = match many.but.get(&day) {
            Some(but) => merged(&many.entry, but),
            None => many.entry.clone(),
        };
        all.push(single(&entry, entry.begin.unwrap_or(begin))?);
    }
    Ok(())
}

fn on_day(day: Day, second: i64, zone: &Zone) -> (Day, Timestamp) {
    (day, Local { day, second }.instant(zone))
}

/// Seconds after its time at which run number `number` begins.
fn jitter(number: i64, most: i64) -> i64 {
    number.wrapping_mul(2_654_435_761).rem_euclid(1 << 32) % (most.max(0) + 1)
}

/// An entry with what another one says.
fn merged(usual: &Entry, but: &Entry) -> Entry {
    macro_rules! each {
        ($($field:ident),+) => { Entry { $($field: but.$field.clone().or_else(|| usual.$field.clone())),+ } };
    }
    each!(
        begin,
        duration,
        status,
        received,
        next,
        interrupted,
        partial,
        skipped,
        dryrun,
        live,
        operation,
        version,
        examined_files,
        examined_size,
        added_files,
        modified_files,
        deleted_files,
        files_with_error,
        uploaded,
        versions,
        stored,
        quota_total,
        quota_free,
        retries,
        warnings
    )
}

fn single(entry: &Entry, begin: Timestamp) -> Result<Single, ScenarioError> {
    let duration = entry.duration.unwrap_or(0);
    let said = entry.status.as_deref().unwrap_or("success");
    let is_started = said.eq_ignore_ascii_case("started");
    let received = entry.received.unwrap_or(begin.plus(duration));
    let status = if is_started { Status::Unknown } else { Status::from_sender(said) };
    if status == Status::Unknown && !is_started && !said.eq_ignore_ascii_case("unknown") {
        return Err(ScenarioError::Value(format!("“{said}” is no status")));
    }
    let arrival = match entry.operation.as_deref().map_or(Operation::Backup, Operation::from_sender) {
        Operation::Backup => Arrival::Backup(Box::new(report(entry, begin, duration, received, status))),
        Operation::Test if status.is_failed() => Arrival::Verification { is_whole: false },
        Operation::Test if matches!(status, Status::Success | Status::Warning) => {
            Arrival::Verification { is_whole: true }
        }
        _ => Arrival::Other,
    };
    let is_backup = matches!(arrival, Arrival::Backup(_));
    Ok(Single {
        begin,
        duration,
        received: (!is_started).then_some(received),
        is_live: is_backup && (is_started || entry.live == Some(true)),
        arrival,
    })
}

fn report(entry: &Entry, begin: Timestamp, duration: i64, received: Timestamp, status: Status) -> Report {
    let is_skipped = entry.skipped == Some(true);
    let zero_if_skipped = |figure: Option<i64>| if is_skipped { Some(figure.unwrap_or(0)) } else { figure };
    let outcome = ReportedEnd {
        status,
        interrupted: entry.interrupted == Some(true) || is_skipped,
        partial: entry.partial == Some(true),
        dry_run: entry.dryrun == Some(true),
        files: zero_if_skipped(entry.examined_files),
        uploaded: zero_if_skipped(entry.uploaded),
        versions: entry.versions,
        stored: entry.stored,
        exception: None,
        ..ReportedEnd::default()
    }
    .outcome();
    let texts = entry.warnings.as_deref().unwrap_or_default();
    Report {
        begin,
        received,
        duration,
        status,
        outcome,
        next: entry.next,
        figures: Figures {
            files: entry.examined_files,
            size: entry.examined_size,
            added: entry.added_files,
            modified: entry.modified_files,
            deleted: entry.deleted_files,
            with_error: entry.files_with_error,
            uploaded: entry.uploaded,
            files_uploaded: None,
            versions: entry.versions,
            stored: entry.stored,
            quota_total: entry.quota_total,
            quota_free: entry.quota_free,
            retries: entry.retries,
        },
        warnings: texts.iter().filter_map(|text| warnings::kind_of_text(text)).collect(),
        mixes_jobs: entry
            .version
            .as_deref()
            .and_then(|version| version.parse().ok())
            .is_some_and(DuplicatiVersion::mixes_jobs),
    }
}

#[cfg(test)]
#[path = "expand_tests.rs"]
mod tests;
