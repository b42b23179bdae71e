//! From stored runs to the reports that noticing learns from.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::backups,
        tables::{
            outcomes::SummaryRun,
            raw_reports::{self, RawRow},
            runs::{RunRecord, of_job},
        },
    },
    duplicati_version::DuplicatiVersion,
    ids::{JobRef, RunId},
    noticing::{
        run::{Figures, Report},
        warnings,
    },
    report::{Level, Log, LogLine},
    time::Timestamp,
};

/// Runs that are read.
const RUNS: i64 = 100;
/// So many of them are asked for the next run: enough to learn whether it comes as it is told.
const TELLING: i64 = 4;
/// A report that seems to have come later than this was imported, and came when its run ended: seconds.
const BELIEVED_LATE: i64 = 3 * 86_400;

/// What noticing learns from a run. `begin` and `received` are what the sender's clock and ours said.
#[must_use]
pub fn report_of(
    run: &RunRecord,
    lines: &[LogLine],
    (begin, received): (Timestamp, Timestamp),
    next: Option<Timestamp>,
) -> Report {
    let outcome = run.outcome();
    let figure = |known: Option<i64>| outcome.figure(known);
    Report {
        begin,
        received,
        duration: run.duration.unwrap_or(0),
        status: SummaryRun::of(RunId(0), run).status(),
        outcome,
        next,
        figures: Figures {
            files: figure(run.files_count),
            size: figure(run.files_size),
            added: run.added_files,
            modified: run.modified_files,
            deleted: run.deleted_files,
            with_error: run.files_with_error,
            uploaded: run.uploaded_size,
            files_uploaded: run.files_uploaded,
            versions: outcome.versions(run.versions),
            stored: figure(run.storage_size),
            quota_total: run.quota_total,
            quota_free: run.quota_free,
            retries: run.retry_attempts,
        },
        warnings: kinds(lines),
        // Who does not say it may.
        mixes_jobs: !run
            .duplicati_version
            .as_deref()
            .and_then(|version| version.parse::<DuplicatiVersion>().ok())
            .is_some_and(|version| !version.mixes_jobs()),
    }
}

/// The last reports of a job since a time, at most so many, in the order in which they arrived.
///
/// # Errors
/// Database errors.
pub fn reports_since(
    conn: &mut Connection,
    job: JobRef,
    since: Timestamp,
    most: i64,
) -> Result<Vec<Report>, StoreError> {
    Ok(in_order(&last_runs(conn, job, since, most)?, &[]))
}

/// The last hundred reports of a job, in the order in which they arrived. `told` is what some of them say about the next run.
pub(super) fn reports(
    conn: &mut Connection,
    job: JobRef,
    told: &[(RunId, Timestamp)],
) -> Result<Vec<Report>, StoreError> {
    Ok(in_order(&last_runs(conn, job, Timestamp::MIN, RUNS)?, told))
}

/// What the last runs of a job tell about the next one, as far as what was received is kept. Runs themselves do not say it.
pub(super) fn told(conn: &mut Connection, job: JobRef) -> Result<Vec<(RunId, Timestamp)>, StoreError> {
    let runs: Vec<i64> =
        of_job(job).order(backups::start_time.desc()).limit(TELLING).select(backups::id).load(conn)?;
    let next = |(run, raw): (i64, RawRow)| Some((RunId(run), raw.backup_report()?.next_scheduled_run?));
    let told = raw_reports::of_runs(conn, &runs)?.into_iter().filter_map(next);
    Ok(told.map(|(run, next)| (run, Timestamp::from_unix(next))).collect())
}

fn last_runs(
    conn: &mut Connection,
    job: JobRef,
    since: Timestamp,
    most: i64,
) -> Result<Vec<(i64, RunRecord)>, StoreError> {
    Ok(of_job(job)
        .filter(backups::start_time.ge(since.to_string()))
        .order(backups::start_time.desc())
        .limit(most)
        .select((backups::id, RunRecord::as_select()))
        .load(conn)?)
}

/// The kinds of warnings of the last runs since a time that have any, the newest run first.
///
/// # Errors
/// Database errors.
pub fn warned(
    conn: &mut Connection,
    job: JobRef,
    since: Timestamp,
    most: i64,
) -> Result<Vec<(RunId, Timestamp, Vec<String>)>, StoreError> {
    let rows: Vec<(i64, LossyText, OptionalLossyText)> = of_job(job)
        .filter(backups::start_time.ge(since.to_string()))
        .filter(backups::warnings_count.gt(0))
        .order(backups::start_time.desc())
        .limit(most)
        .select((backups::id, backups::start_time, backups::messages))
        .load(conn)?;
    let kinds = |(run, started, messages): (i64, LossyText, OptionalLossyText)| {
        let messages: Option<String> = messages.into();
        let log = messages.and_then(|text| Log::from_json(&text).ok()).unwrap_or_default();
        (RunId(run), started.as_str().parse().unwrap_or_default(), kinds(&log.lines))
    };
    Ok(rows.into_iter().map(kinds).collect())
}

/// The kinds of the warnings that are about the backup, one for each.
fn kinds(lines: &[LogLine]) -> Vec<String> {
    lines.iter().filter(|line| line.level == Level::Warning).filter_map(warnings::kind).collect()
}

fn in_order(rows: &[(i64, RunRecord)], told: &[(RunId, Timestamp)]) -> Vec<Report> {
    let mut reports: Vec<Report> = rows
        .iter()
        .map(|(id, run)| {
            let begin: Timestamp = run.start_time.parse().unwrap_or_default();
            let end = begin.plus(run.duration.unwrap_or(0).max(0));
            let received = run.created_at.parse::<Timestamp>().ok();
            let received = received.filter(|at| (-600..=BELIEVED_LATE).contains(&at.since(end)));
            let log = run.messages.as_deref().and_then(|text| Log::from_json(text).ok()).unwrap_or_default();
            let next = told.iter().find(|(run, _)| run.0 == *id).map(|(_, next)| *next);
            report_of(run, &log.lines, (begin, received.unwrap_or(end)), next)
        })
        .collect();
    reports.sort_by_key(|report| (report.received, report.begin));
    reports
}
