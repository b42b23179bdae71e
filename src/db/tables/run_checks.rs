//! Finds the checks of a run from its row and the run before.

use diesel::{prelude::*, sqlite::Sqlite};

use super::runs::of_job;
use crate::{
    checks::{Check, Figures},
    db::{Connection, StoreError, engine::lossy_text::LossyText, schema::backups},
    ids::{JobId, JobRef, RunId, ServerId},
    outcome::RunOutcome,
    time::Timestamp,
};

/// The columns of a run that checks need.
#[derive(Queryable, Selectable)]
#[diesel(table_name = backups)]
struct ReportedFigures {
    server_id: i64,
    job_id: i64,
    #[diesel(deserialize_as = LossyText)]
    start_time: String,
    #[diesel(deserialize_as = LossyText)]
    status: String,
    #[diesel(deserialize_as = LossyText)]
    outcome: String,
    files_count: Option<i64>,
    added_files: Option<i64>,
    modified_files: Option<i64>,
    files_with_error: Option<i64>,
    uploaded_size: Option<i64>,
    files_uploaded: Option<i64>,
    storage_size: Option<i64>,
    versions: Option<i64>,
}

/// Returns the checks of a run.
///
/// # Errors
/// If there is no such run.
pub fn checks(conn: &mut Connection, run: RunId) -> Result<Vec<Check>, StoreError> {
    let claims: ReportedFigures =
        backups::table.find(run.0).select(ReportedFigures::as_select()).first(conn)?;
    let mut figures = Figures {
        status: claims.status.parse().unwrap_or_default(),
        outcome: claims.outcome.parse().unwrap_or_default(),
        files: claims.files_count,
        added: claims.added_files,
        modified: claims.modified_files,
        with_error: claims.files_with_error,
        uploaded: claims.uploaded_size,
        files_uploaded: claims.files_uploaded,
        stored: claims.storage_size,
        versions: claims.versions,
        files_before: None,
    };
    if figures.files == Some(0) {
        let job = JobRef { server: ServerId(claims.server_id), id: JobId(claims.job_id) };
        let start = claims.start_time.parse().unwrap_or_default();
        figures.files_before = files_before(conn, job, start)?;
    }
    Ok(figures.checks())
}

/// Returns the last complete run before a time that examined files.
///
/// # Errors
///
/// Database errors.
pub fn compared_with(
    conn: &mut Connection,
    job: JobRef,
    before: Timestamp,
) -> Result<Option<i64>, StoreError> {
    Ok(something_before(job, before).select(backups::id).first(conn).optional()?)
}

/// Returns the number of files that it examined.
fn files_before(conn: &mut Connection, job: JobRef, before: Timestamp) -> Result<Option<i64>, StoreError> {
    let known: Option<Option<i64>> =
        something_before(job, before).select(backups::files_count).first(conn).optional()?;
    Ok(known.flatten())
}

/// The complete runs of a job before a time that examined files, newest first.
fn something_before(job: JobRef, before: Timestamp) -> backups::BoxedQuery<'static, Sqlite> {
    of_job(job)
        .filter(backups::start_time.lt(before.to_string()))
        .filter(backups::outcome.eq_any(RunOutcome::COMPLETE.map(RunOutcome::as_str)))
        .filter(backups::files_count.gt(0))
        .order(backups::start_time.desc())
        .into_boxed()
}
