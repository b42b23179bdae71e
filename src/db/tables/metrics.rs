//! Figures of jobs and of the outbox for monitoring: stored values, found by indexes.

use diesel::{Connection as _, prelude::*};

use super::notifications::status::{FAILED, QUEUED};
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{job_states, jobs, notifications, servers},
    },
    time::Timestamp,
};

/// A job, as it was judged and summed up last.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct JobFigures {
    pub id: i64,
    pub server_id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub server: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub server_alias: Option<String>,
    pub group_id: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub name: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub alias: Option<String>,
    pub rank: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_start: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_report_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_success_at: Option<String>,
    pub last_duration: Option<i64>,
    pub last_uploaded: Option<i64>,
    pub failures: i64,
    pub run_count: i64,
    pub files_count: Option<i64>,
    pub files_size: Option<i64>,
    pub storage_size: Option<i64>,
    pub versions: Option<i64>,
    pub quota_total: Option<i64>,
    pub quota_free: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub slot: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub due: Option<String>,
    pub incident_id: Option<i64>,
}

/// Returns the jobs that are judged, worst first, at most so many.
///
/// # Errors
/// Database errors.
pub fn jobs(conn: &mut Connection, most: i64) -> Result<Vec<JobFigures>, StoreError> {
    Ok(jobs::table
        .inner_join(servers::table)
        .left_join(job_states::table)
        .filter(jobs::rank.is_not_null())
        .order((jobs::rank, jobs::server_id, jobs::name))
        .limit(most)
        .select((
            jobs::id,
            jobs::server_id,
            servers::name,
            servers::alias,
            servers::group_id,
            jobs::name,
            jobs::alias,
            jobs::rank,
            jobs::last_start,
            jobs::last_report_at,
            jobs::last_success_at,
            jobs::last_duration,
            jobs::last_uploaded,
            jobs::failures,
            jobs::run_count,
            jobs::files_count,
            jobs::files_size,
            jobs::storage_size,
            jobs::versions,
            jobs::quota_total,
            jobs::quota_free,
            job_states::slot.nullable(),
            job_states::due.nullable(),
            job_states::incident_id.nullable(),
        ))
        .load(conn)?)
}

/// Reads several values, all as of one moment.
///
/// # Errors
/// Those of `read`, and database errors.
pub fn of_one_moment<T>(
    conn: &mut Connection,
    read: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    conn.transaction(read)
}

/// Messages that wait, and those of lately that will not be sent any more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outbox {
    /// Waiting.
    pub waiting: i64,
    /// Given up since a time.
    pub failed: i64,
}

/// Counts messages; those that failed from `since` on.
///
/// # Errors
/// Database errors.
pub fn outbox(conn: &mut Connection, since: Timestamp) -> Result<Outbox, StoreError> {
    let of = |status: &'static str| notifications::table.filter(notifications::status.eq(status));
    Ok(Outbox {
        waiting: of(QUEUED).count().get_result(conn)?,
        failed: of(FAILED)
            .filter(notifications::created_at.ge(since.to_string()))
            .count()
            .get_result(conn)?,
    })
}
