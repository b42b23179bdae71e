//! The ids that Duplicati uses for jobs. An id may have belonged to several jobs, and a job may have several
//! ids.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{backup_ids, jobs},
    },
    ids::{JobId, JobRef, ServerId},
};

/// Maximum number of ids per job; older ones are deleted.
const OF_JOB: i64 = 20;
/// Maximum number of jobs with the same id that are read.
const OF_ID: i64 = 20;

/// The columns of a job that identify it in a report.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = jobs)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct KnownJob {
    pub id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub name: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_start: Option<String>,
    pub run_count: i64,
}

/// Returns the jobs of a server that had this id, its current job first, each with the machine that reported
/// it.
///
/// # Errors
///
/// Database errors.
pub fn find(
    conn: &mut Connection,
    server: ServerId,
    backup_id: &str,
) -> Result<Vec<(String, KnownJob)>, StoreError> {
    let rows: Vec<(LossyText, KnownJob)> = backup_ids::table
        .inner_join(jobs::table)
        .filter(backup_ids::server_id.eq(server.0))
        .filter(backup_ids::backup_id.eq(backup_id))
        .order(backup_ids::id.desc())
        .limit(OF_ID)
        .select((backup_ids::machine_id, KnownJob::as_select()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(machine, job)| (machine.into(), job)).collect())
}

/// Returns the job with this name.
///
/// # Errors
///
/// Database errors.
pub fn find_by_name(
    conn: &mut Connection,
    server: ServerId,
    name: &str,
) -> Result<Option<KnownJob>, StoreError> {
    Ok(jobs::table
        .filter(jobs::server_id.eq(server.0))
        .filter(jobs::name.eq(name))
        .select(KnownJob::as_select())
        .first(conn)
        .optional()?)
}

/// Returns the ids of a job.
///
/// # Errors
///
/// Database errors.
pub fn of_job(conn: &mut Connection, job: JobId) -> Result<Vec<String>, StoreError> {
    let ids: Vec<LossyText> =
        backup_ids::table.filter(backup_ids::job_id.eq(job.0)).select(backup_ids::backup_id).load(conn)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Adds an id to a job and deletes its oldest ones beyond the limit.
///
/// # Errors
///
/// Database errors.
pub fn add(conn: &mut Connection, job: JobRef, backup_id: &str, machine: &str) -> Result<(), StoreError> {
    let row = (
        backup_ids::server_id.eq(job.server.0),
        backup_ids::job_id.eq(job.id.0),
        backup_ids::backup_id.eq(backup_id),
        backup_ids::machine_id.eq(machine),
    );
    if diesel::insert_or_ignore_into(backup_ids::table).values(row).execute(conn)? == 0 {
        return Ok(());
    }
    let surplus: Vec<i64> = backup_ids::table
        .filter(backup_ids::job_id.eq(job.id.0))
        .order(backup_ids::id.desc())
        .offset(OF_JOB)
        .limit(1000)
        .select(backup_ids::id)
        .load(conn)?;
    diesel::delete(backup_ids::table.filter(backup_ids::id.eq_any(surplus))).execute(conn)?;
    // `jobs.backup_id` has the newest id, for readers that need only one.
    diesel::update(jobs::table.find(job.id.0)).set(jobs::backup_id.eq(backup_id)).execute(conn)?;
    Ok(())
}

/// Moves the ids of a job to another job, of the same or another server.
///
/// # Errors
///
/// Database errors.
pub fn move_all(conn: &mut Connection, from: JobId, to: JobRef) -> Result<(), StoreError> {
    let rows: Vec<(i64, LossyText, LossyText)> = backup_ids::table
        .filter(backup_ids::job_id.eq(from.0))
        .order(backup_ids::id)
        .select((backup_ids::id, backup_ids::backup_id, backup_ids::machine_id))
        .load(conn)?;
    for (id, backup_id, machine) in rows {
        diesel::delete(backup_ids::table.find(id)).execute(conn)?;
        add(conn, to, &String::from(backup_id), &String::from(machine))?;
    }
    Ok(())
}
