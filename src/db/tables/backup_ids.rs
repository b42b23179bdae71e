//! Under which ids Duplicati knows jobs. An id can have been that of several jobs, and a job can have several.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{backup_ids, jobs},
    },
    ids::{JobId, JobRef, ServerId},
};

/// Ids of one job that are kept; the oldest go.
const OF_JOB: i64 = 20;
/// Jobs that had the same id: no more are looked at.
const OF_ID: i64 = 20;

/// A job, as far as it is needed to tell whether a report is about it.
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

/// The jobs of a server that had this id, the one that has it now first, each with the machine that said so.
///
/// # Errors
/// When the database refuses.
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

/// The job of this name.
///
/// # Errors
/// When the database refuses.
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

/// The ids of a job.
///
/// # Errors
/// When the database refuses.
pub fn of_job(conn: &mut Connection, job: JobId) -> Result<Vec<String>, StoreError> {
    let ids: Vec<LossyText> =
        backup_ids::table.filter(backup_ids::job_id.eq(job.0)).select(backup_ids::backup_id).load(conn)?;
    Ok(ids.into_iter().map(Into::into).collect())
}

/// Notes an id of a job. Of many, the oldest are forgotten.
///
/// # Errors
/// When the database refuses.
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
    // For those who ask for one id only.
    diesel::update(jobs::table.find(job.id.0)).set(jobs::backup_id.eq(backup_id)).execute(conn)?;
    Ok(())
}

/// Gives the ids of a job to another job, of the same or another server.
///
/// # Errors
/// When the database refuses.
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
