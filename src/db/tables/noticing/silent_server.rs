//! Whether all jobs of a server are overdue.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        schema::{incidents, job_states, jobs},
        tables::noticing::incidents::IncidentRow,
    },
    verdict::Verdict,
};

/// Of a server with more jobs, the jobs are told one by one: each of them reads the others.
const MOST: i64 = 100;

/// How many jobs of the server of an overdue job are overdue, if all of which runs are expected are, and there are at least two.
///
/// # Errors
/// Database errors.
pub fn overdue_jobs(conn: &mut Connection, row: &IncidentRow) -> Result<Option<usize>, StoreError> {
    let (Some(server), Some(job)) = (row.server_id, row.job_id) else { return Ok(None) };
    // The state of the job itself may not be stored yet.
    let others: Vec<(String, Option<bool>)> = jobs::table
        .inner_join(job_states::table)
        .left_join(incidents::table.on(job_states::incident_id.eq(incidents::id.nullable())))
        .filter(jobs::server_id.eq(server))
        .filter(jobs::id.ne(job))
        .filter(job_states::interval.is_not_null())
        .filter(job_states::verdict.ne_all([Verdict::Paused, Verdict::New].map(Verdict::as_str)))
        .limit(MOST)
        .select((job_states::verdict, incidents::silence_told.nullable()))
        .load(conn)?;
    let is_overdue = |(verdict, silence): &(String, Option<bool>)| {
        [Verdict::Late, Verdict::Stale].iter().any(|late| late.as_str() == verdict) || *silence == Some(true)
    };
    let is_silent = !others.is_empty()
        && i64::try_from(others.len()).is_ok_and(|count| count < MOST)
        && others.iter().all(is_overdue);
    Ok(is_silent.then_some(others.len() + 1))
}
