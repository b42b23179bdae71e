//! From stored runs to the reports that noticing learns from.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{backups, operations},
        tables::{
            outcomes::SummaryRun,
            runs::{RunRecord, of_job},
        },
    },
    duplicati_version::DuplicatiVersion,
    ids::{JobId, JobRef, RunId},
    noticing::{
        run::{Figures, Report},
        warnings,
    },
    report::{Level, Log, LogLine, Status},
    time::Timestamp,
};

/// Runs that are read.
const RUNS: i64 = 100;
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
        warnings: lines
            .iter()
            .filter(|line| line.level == Level::Warning)
            .filter_map(warnings::kind)
            .collect(),
        // Who does not say it may.
        mixes_jobs: !run
            .duplicati_version
            .as_deref()
            .and_then(|version| version.parse::<DuplicatiVersion>().ok())
            .is_some_and(|version| !version.mixes_jobs()),
    }
}

/// The reports of a job since a time, at most so many, in the order in which they arrived.
///
/// # Errors
/// When the database refuses.
pub fn reports_since(
    conn: &mut Connection,
    job: JobRef,
    since: Timestamp,
    most: i64,
) -> Result<Vec<Report>, StoreError> {
    let rows: Vec<(i64, RunRecord)> = of_job(job)
        .filter(backups::start_time.ge(since.to_string()))
        .order(backups::start_time.desc())
        .limit(most)
        .select((backups::id, RunRecord::as_select()))
        .load(conn)?;
    Ok(in_order(&rows, None))
}

/// The last reports of a job, in the order in which they arrived. `told` is what one of them says about the next run.
pub(super) fn reports(
    conn: &mut Connection,
    job: JobRef,
    told: Option<(RunId, Timestamp)>,
) -> Result<Vec<Report>, StoreError> {
    let rows: Vec<(i64, RunRecord)> = of_job(job)
        .order(backups::start_time.desc())
        .limit(RUNS)
        .select((backups::id, RunRecord::as_select()))
        .load(conn)?;
    Ok(in_order(&rows, told))
}

fn in_order(rows: &[(i64, RunRecord)], told: Option<(RunId, Timestamp)>) -> Vec<Report> {
    let mut reports: Vec<Report> = rows
        .iter()
        .map(|(id, run)| {
            let begin: Timestamp = run.start_time.parse().unwrap_or_default();
            let end = begin.plus(run.duration.unwrap_or(0).max(0));
            let received = run.created_at.parse::<Timestamp>().ok();
            let received = received.filter(|at| (-600..=BELIEVED_LATE).contains(&at.since(end)));
            let log = run.messages.as_deref().and_then(|text| Log::from_json(text).ok()).unwrap_or_default();
            let next = told.filter(|(run, _)| run.0 == *id).map(|(_, next)| next);
            report_of(run, &log.lines, (begin, received.unwrap_or(end)), next)
        })
        .collect();
    reports.sort_by_key(|report| (report.received, report.begin));
    reports
}

/// The last verification of a job that came to a result: whether the destination is whole, and when its report arrived.
pub(super) fn last_verification(
    conn: &mut Connection,
    job: JobId,
) -> Result<Option<(bool, Timestamp)>, StoreError> {
    let row: Option<(LossyText, OptionalLossyText, LossyText)> = operations::table
        .filter(operations::job_id.eq(job.0))
        .filter(operations::operation.eq("Test"))
        .filter(operations::status.ne("unknown"))
        .filter(operations::interrupted.eq(false))
        .order(operations::start_time.desc())
        .select((operations::status, operations::details, operations::created_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(status, details, at)| {
        let details: Option<String> = details.into();
        let status: Status = status.as_str().parse().unwrap_or_default();
        (is_whole(status, details.as_deref()), at.as_str().parse().unwrap_or_default())
    }))
}

/// Whether a verification found the destination whole.
#[must_use]
pub fn is_whole(status: Status, details: Option<&str>) -> bool {
    !status.is_failed() && damaged_files(details).is_none_or(|files| files == 0)
}

/// How many damaged files a verification found, where its report says it.
#[must_use]
pub fn damaged_files(details: Option<&str>) -> Option<i64> {
    let figures: serde_json::Map<String, serde_json::Value> = serde_json::from_str(details?).ok()?;
    figures.get("VerificationProblems").and_then(serde_json::Value::as_i64)
}
