//! Kinds of warnings that are expected, of a job or everywhere.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::accepted_warnings,
    },
    ids::JobId,
    time::Timestamp,
};

/// A kind that was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = accepted_warnings)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct AcceptedRow {
    pub id: i64,
    pub job_id: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub kind: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub until_at: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub created_by: String,
}

/// Accepts a kind, of a job or everywhere. What was said of it there before holds no more.
///
/// # Errors
/// Database errors.
pub fn accept(
    conn: &mut Connection,
    (job, kind): (Option<JobId>, &str),
    until: Option<Timestamp>,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    withdraw(conn, (job, kind))?;
    diesel::insert_into(accepted_warnings::table)
        .values((
            accepted_warnings::job_id.eq(job.map(|job| job.0)),
            accepted_warnings::kind.eq(kind),
            accepted_warnings::until_at.eq(until.map(|at| at.to_string())),
            accepted_warnings::created_by.eq(by),
            accepted_warnings::created_at.eq(now.to_string()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Accepts a kind no longer. Returns whether it was.
///
/// # Errors
/// Database errors.
pub fn withdraw(conn: &mut Connection, (job, kind): (Option<JobId>, &str)) -> Result<bool, StoreError> {
    let known = accepted_warnings::table
        .filter(accepted_warnings::job_id.is(job.map(|job| job.0)))
        .filter(accepted_warnings::kind.eq(kind));
    Ok(diesel::delete(known).execute(conn)? > 0)
}

/// What is accepted of a job: by itself, and everywhere.
///
/// # Errors
/// Database errors.
pub fn of_job(conn: &mut Connection, job: JobId) -> Result<Vec<AcceptedRow>, StoreError> {
    Ok(accepted_warnings::table
        .filter(accepted_warnings::job_id.eq(job.0).or(accepted_warnings::job_id.is_null()))
        .order(accepted_warnings::id)
        .select(AcceptedRow::as_select())
        .load(conn)?)
}
