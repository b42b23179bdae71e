//! From rows to what pages show: the pieces that several use cases share.

use crate::{
    db::{
        StoreError, StoreErrorKind,
        tables::{
            jobs::{JobRecord, LiveRow, time},
            open_checks::OpenChecks,
        },
    },
    dto::{
        Moment,
        dashboard::{JobRow, Live, Verification},
        strip::letter,
    },
    error::Error,
    ids::{JobId, RunId},
    outcome::Mark,
    time::Timestamp,
    verdict::{Rhythm, changes_at, judge},
    zone::Zone,
};

/// Cells of a strip.
const STRIP: usize = 30;
/// Live progress older than this is not shown: seconds. Duplicati tells every 30 s.
pub(super) const LIVE_FOR: i64 = 300;

/// A length as the wire has it.
pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A row that is not there is the caller's "not found"; anything else is the database's trouble.
pub(super) fn missing_is_not_found(error: StoreError) -> Error {
    if error.kind == StoreErrorKind::NotFound { Error::NotFound } else { Error::Store(error) }
}

/// Whether something is still what a question named it: people agree to what they read, and a page may be old. A caller
/// that names nothing (a command, a program) means what has the id.
pub(super) fn is_still(named: &str, name: &str) -> bool {
    named.is_empty() || named == name
}

/// What is answered where it is not.
pub(super) fn changed_meanwhile(field: &'static str) -> Error {
    Error::Invalid {
        field,
        hint: "it has changed meanwhile, and nothing was done: reload the page and check the current values"
            .into(),
    }
}

/// A stored time on the site's clock.
pub(super) fn moment(zone: &Zone, text: Option<&str>) -> Option<Moment> {
    time(text).map(|at| zone.moment(at))
}

/// A job as lists show it.
pub(super) fn job_row(
    zone: &Zone,
    now: Timestamp,
    job: &JobRecord,
    live: &[LiveRow],
    open: &OpenChecks,
) -> JobRow {
    let summary = &job.summary;
    let evidence = open.evidence(job);
    let at = |text: &Option<String>| moment(zone, text.as_deref());
    JobRow {
        id: JobId(job.id),
        name: job.name.clone(),
        verdict: judge(evidence, now),
        failures: summary.failures,
        last_status: evidence.last_status,
        last_outcome: evidence.outcome,
        checks: open.checks(job),
        verification: open.tested(job).map(|tested| Verification {
            at: zone.moment(tested.at),
            failed: tested.failed,
            damaged: tested.damaged,
        }),
        last_run: summary.last_run_id.map(RunId),
        last_report: at(&summary.last_report_at),
        last_success: at(&summary.last_success_at),
        duration: summary.last_duration,
        source_size: summary.files_size,
        storage_size: summary.storage_size,
        uploaded_size: evidence.outcome.unwrap_or_default().own_upload(summary.last_uploaded),
        versions: summary.versions,
        warnings: summary.last_warnings,
        runs: summary.run_count,
        next_expected: at(&summary.next_expected),
        due: at(&summary.due_at),
        interval: summary.interval,
        strip: strip(now, job).into_iter().map(|(_, mark)| letter(mark.map(|mark| mark.status))).collect(),
        live: live.iter().find(|row| row.job_id == job.id).and_then(|row| live_row(zone, row)),
    }
}

fn live_row(zone: &Zone, row: &LiveRow) -> Option<Live> {
    Some(Live {
        started: moment(zone, Some(&row.started_at))?,
        reported: moment(zone, Some(&row.reported_at))?,
        phase: row.phase.clone(),
        permille: row.permille,
    })
}

/// When a list of jobs changes although nothing arrives: a job's verdict or its next run, a run that is no longer heard of, or
/// the day on the reader's calendar.
pub(super) fn next_change<'j>(
    zone: &Zone,
    now: Timestamp,
    jobs: impl Iterator<Item = &'j JobRecord>,
    live: impl Iterator<Item = &'j LiveRow>,
    open: &OpenChecks,
) -> Option<Timestamp> {
    let verdicts = jobs.flat_map(|job| {
        let next = time(job.summary.next_expected.as_deref()).map(|at| at.plus(1));
        [changes_at(open.evidence(job), now), next]
    });
    let silences = live.map(|row| time(Some(&row.reported_at)).map(|at| at.plus(LIVE_FOR + 1)));
    let tomorrow = zone.start(zone.day(now).plus(1));
    verdicts.chain(silences).flatten().chain(open.changes_at()).chain([tomorrow]).filter(|at| *at > now).min()
}

/// The last slots of a job: its runs, and a hollow cell for every expected run that did not come.
pub(super) fn strip(now: Timestamp, job: &JobRecord) -> Vec<(Timestamp, Option<Mark>)> {
    let runs = job.summary.recent_runs();
    // What is normal is what this job did, not what Duplicati says about the next run alone: weekends are not missed.
    let rhythm = job.summary.rhythm();
    let mut slots: Vec<(Timestamp, Option<Mark>)> = Vec::new();
    let missed_between = |slots: &mut Vec<(Timestamp, Option<Mark>)>, from: Timestamp, to: Timestamp| {
        let Some(Rhythm { interval, allowed_gap }) = rhythm else { return };
        // A quarter of an interval is jitter, not a missed run.
        if to.since(from) <= allowed_gap + interval / 4 {
            return;
        }
        let mut expected = from.plus(interval);
        while to.since(expected) > interval / 2 && slots.len() < 400 {
            slots.push((expected, None));
            expected = expected.plus(interval);
        }
    };
    let mut previous: Option<Timestamp> = None;
    for (start, mark) in &runs {
        if let Some(previous) = previous {
            missed_between(&mut slots, previous, *start);
        }
        slots.push((*start, Some(*mark)));
        previous = Some(*start);
    }
    if let (Some(last), Some(due)) = (previous, time(job.summary.due_at.as_deref()))
        && now > due
    {
        missed_between(&mut slots, last, now);
    }
    slots.split_off(slots.len().saturating_sub(STRIP))
}

/// When expected runs of a job did not come, as far back as its strip goes.
pub(super) fn missed(now: Timestamp, job: &JobRecord) -> impl Iterator<Item = Timestamp> {
    strip(now, job).into_iter().filter(|(_, mark)| mark.is_none()).map(|(at, _)| at)
}
