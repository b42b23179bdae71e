//! What lists of servers and jobs are sorted, filtered and summed up by, so that a page reads what it shows and not all jobs
//! ([ADR 33](../../../../docs/adr/0033-lists-by-index.md)).
//!
//! Triggers (migration 0016) follow each job that is added, renamed or deleted, or whose place changes. `place` says what that
//! place is, and `figures_changed` adds what a report changed to the sums.

mod problems;
mod rebuild;
mod servers;
mod totals;

pub use problems::{ProblemJobs, problems};
pub use rebuild::{Wrong, rebuild, wrong};
pub use servers::{Order, WantedServers, count, page, without_jobs};
pub(in crate::db) use servers::{contains, register_folding};
pub(in crate::db) use totals::figures_changed;
pub use totals::{ListScope, ScopeTotals, between, recount, totals};

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreError, engine::prepared::PreparedWith},
    ids::JobId,
};

/// What `rank` is, by the other columns of a job and by what is known of it.
macro_rules! rank {
    () => {
        "CASE
    WHEN run_count = 0 AND EXISTS (SELECT 1 FROM operations WHERE operations.job_id = jobs.id)
        AND NOT EXISTS (SELECT 1 FROM live_runs WHERE live_runs.job_id = jobs.id) THEN NULL
    ELSE coalesce((
        SELECT CASE verdict WHEN 'stuck' THEN 0 WHEN 'failed' THEN 1 WHEN 'late' THEN 2 WHEN 'check' THEN 3 WHEN 'stale' THEN 4
            WHEN 'new' THEN 5 WHEN 'paused' THEN 6 WHEN 'ok' THEN 7 END
        FROM job_states WHERE job_states.job_id = jobs.id
    ), 5) END"
    };
}
use rank;

/// What `schedule_source` is.
macro_rules! schedule_source {
    () => {
        "coalesce((SELECT source FROM job_states WHERE job_states.job_id = jobs.id), 'none')"
    };
}
use schedule_source;

/// Puts a job where it belongs in lists: its verdict changed, its schedule comes from somewhere else, or its first report came.
///
/// # Errors
/// Database errors.
pub(in crate::db) fn place(conn: &mut Connection, job: JobId) -> Result<(), StoreError> {
    PreparedWith(
        concat!(
            "UPDATE jobs SET unreported = last_report_at IS NULL, schedule_source = ",
            schedule_source!(),
            ", rank = ",
            rank!(),
            " WHERE id = ?"
        ),
        [job.0],
    )
    .execute(conn)?;
    Ok(())
}

/// The same for a job that may have no run, of which something else was told: it is in no list unless its first backup runs.
///
/// # Errors
/// Database errors.
pub(in crate::db) fn place_without_runs(conn: &mut Connection, job: JobId) -> Result<(), StoreError> {
    let sql = concat!("UPDATE jobs SET rank = ", rank!(), " WHERE id = ? AND run_count = 0");
    PreparedWith(sql, [job.0]).execute(conn)?;
    Ok(())
}
