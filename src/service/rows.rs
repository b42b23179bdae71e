//! Conversions from rows to what pages show, shared by several use cases.

use std::collections::HashMap;

use crate::{
    checks::Check,
    db::{
        Connection, StoreError, StoreErrorKind,
        tables::{
            jobs::{JobRecord, LiveRow, time},
            noticing::{
                incidents::{self, HandledRow},
                states::StateReasons,
            },
            verifications::Verification as Tested,
        },
    },
    dto::{
        Moment,
        dashboard::{Handling, JobRow, Live, Verification},
        strip::letter,
    },
    error::Error,
    ids::{JobId, RunId},
    noticing::{lateness::Overdue, state::Reason},
    outcome::RecentRun,
    time::Timestamp,
    verdict::Verdict,
    zone::Zone,
};

/// The number of cells of a strip.
const STRIP: usize = 30;
/// The age in seconds from which live progress is no longer shown. Duplicati reports every 30 s.
pub(super) const LIVE_FOR: i64 = 300;

/// Converts a length to the type of the DTOs.
pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Converts a missing row to "not found", and passes on other database errors.
pub(super) fn missing_is_not_found(error: StoreError) -> Error {
    if error.kind == StoreErrorKind::NotFound { Error::NotFound } else { Error::Store(error) }
}

/// Returns whether an object still has the name that the confirmation showed: users agree to what they read, and the page may be
/// outdated. Callers that pass no name (commands, programs) mean the object with the id.
pub(super) fn is_still(named: &str, name: &str) -> bool {
    named.is_empty() || named == name
}

/// Returns the error if it does not.
pub(super) fn changed_meanwhile(field: &'static str) -> Error {
    Error::Invalid {
        field,
        hint: "it has changed meanwhile, and nothing was done: reload the page and check the current values"
            .into(),
    }
}

/// Converts a stored time to the zone.
pub(super) fn moment(zone: &Zone, text: Option<&str>) -> Option<Moment> {
    time(text).map(|at| zone.moment(at))
}

/// Returns a job as lists show it.
pub(super) fn job_row(
    zone: &Zone,
    now: Timestamp,
    job: &JobRecord,
    live: &[LiveRow],
    tested: &HashMap<i64, Tested>,
) -> JobRow {
    let summary = &job.summary;
    let tested = tested.get(&job.id);
    let (state, why) = (job.state.as_ref(), job.why());
    let at = |text: &Option<String>| moment(zone, text.as_deref());
    JobRow {
        id: JobId(job.id),
        name: job.display_name().to_owned(),
        verdict: job.verdict(),
        failures: summary.failures,
        last_status: summary.last_status(),
        last_outcome: summary.last_outcome(),
        checks: checks(&why, tested),
        verification: tested.map(|tested| Verification {
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
        uploaded_size: summary.last_outcome().unwrap_or_default().sent_figure(summary.last_uploaded),
        versions: summary.versions,
        warnings: summary.last_warnings,
        runs: summary.run_count,
        next_expected: state.and_then(|state| at(&state.slot)),
        due: state.and_then(|state| at(&state.due)),
        interval: state.and_then(|state| state.interval),
        strip: strip(now, job, &why)
            .into_iter()
            .map(|(_, mark)| letter(mark.map(|mark| mark.status)))
            .collect(),
        live: live.iter().find(|row| row.job_id == job.id).and_then(|row| live_row(zone, row)),
        handling: None,
    }
}

/// Returns what was done about the problems of these jobs.
pub(super) fn handling(
    conn: &mut Connection,
    zone: &Zone,
    now: Timestamp,
    jobs: &[i64],
) -> Result<HashMap<i64, Handling>, StoreError> {
    let at = |text: &Option<String>| moment(zone, text.as_deref());
    let shown = |row: HandledRow| {
        Some(Handling {
            since: moment(zone, Some(&row.since))?,
            acknowledged: row.acknowledged.as_ref().map(|(who, when)| (who.clone(), at(when))),
            snoozed_until: at(&row.snoozed_until).filter(|until| until.at > now),
            closed: at(&row.closed),
        })
    };
    let rows = incidents::handled(conn, jobs)?.into_iter();
    Ok(rows.filter_map(|(job, row)| Some((job, shown(row)?))).collect())
}

/// Adds to rows of jobs what was done about their problems.
pub(super) fn with_handling<'a>(
    conn: &mut Connection,
    zone: &Zone,
    now: Timestamp,
    rows: impl Iterator<Item = &'a mut JobRow>,
) -> Result<(), StoreError> {
    let rows: Vec<&mut JobRow> = rows.filter(|row| row.verdict.needs_attention()).collect();
    let ids: Vec<i64> = rows.iter().map(|row| row.id.0).collect();
    let mut all = handling(conn, zone, now, &ids)?;
    for row in rows {
        row.handling = all.remove(&row.id.0);
    }
    Ok(())
}

/// Returns the open checks of a job.
pub(super) fn checks(why: &StateReasons, tested: Option<&Tested>) -> Vec<Check> {
    let found = why.wrong.iter().filter_map(|wrong| match &wrong.reason {
        Reason::Found(finding) => finding.shown(),
        Reason::Overdue { overdue: Overdue::NoReport, .. } => Some(Check::NoReport),
        _ => None,
    });
    let with_figures = |check| match check {
        Check::VerificationFailed { .. } => {
            Check::VerificationFailed { files: tested.and_then(|tested| tested.damaged) }
        }
        other => other,
    };
    found.map(with_figures).collect()
}

fn live_row(zone: &Zone, row: &LiveRow) -> Option<Live> {
    Some(Live {
        started: moment(zone, Some(&row.started_at))?,
        reported: moment(zone, Some(&row.reported_at))?,
        phase: row.phase.clone(),
        permille: row.permille,
    })
}

/// Returns when a list of jobs changes although nothing is stored: the next run of a job becomes due, the progress of a run expires,
/// or the viewer's day ends. A change of a state is stored.
pub(super) fn next_change<'j>(
    zone: &Zone,
    now: Timestamp,
    jobs: impl Iterator<Item = &'j JobRecord>,
    live: impl Iterator<Item = &'j LiveRow>,
) -> Option<Timestamp> {
    let slots = jobs.map(|job| time(job.state.as_ref()?.slot.as_deref()).map(|at| at.plus(1)));
    let silences = live.map(|row| time(Some(&row.reported_at)).map(|at| at.plus(LIVE_FOR + 1)));
    let tomorrow = zone.start(zone.day(now).plus(1));
    slots.chain(silences).flatten().chain([tomorrow]).filter(|at| *at > now).min()
}

/// Returns the last slots of a job: its runs, and `None` for every slot without a run.
pub(super) fn strip(
    now: Timestamp,
    job: &JobRecord,
    why: &StateReasons,
) -> Vec<(Timestamp, Option<RecentRun>)> {
    let runs = job.summary.recent_runs();
    let zone = why.zone();
    let mut slots: Vec<(Timestamp, Option<RecentRun>)> = Vec::new();
    let missed_between = |slots: &mut Vec<(Timestamp, Option<RecentRun>)>, from: Timestamp, to: Timestamp| {
        let Some(plan) = &why.plan else { return };
        // A quarter of an interval is jitter, not a missed run.
        let allowed = (plan.interval / 4).max(plan.early());
        if to.since(from) <= plan.interval.saturating_add(allowed) {
            return;
        }
        let missed =
            plan.pattern.slots(from.plus(allowed), &zone).take_while(|slot| *slot < to.plus(-allowed));
        slots.extend(missed.take(2 * STRIP).map(|slot| (slot, None)));
    };
    let mut previous: Option<Timestamp> = None;
    for (start, mark) in &runs {
        if let Some(previous) = previous {
            missed_between(&mut slots, previous, *start);
        }
        slots.push((*start, Some(*mark)));
        previous = Some(*start);
    }
    let is_overdue = matches!(job.verdict(), Verdict::Late | Verdict::Failed | Verdict::Stuck);
    if let Some(last) = previous.filter(|_| is_overdue) {
        missed_between(&mut slots, last, now);
    }
    slots.split_off(slots.len().saturating_sub(STRIP))
}

/// Returns when expected runs of a job are missing, as far back as its strip goes.
pub(super) fn missed(now: Timestamp, job: &JobRecord) -> impl Iterator<Item = Timestamp> {
    strip(now, job, &job.why()).into_iter().filter(|(_, mark)| mark.is_none()).map(|(at, _)| at)
}
