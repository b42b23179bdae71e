//! What is set for a job, and what happened to it, when its runs go to another job.

use diesel::prelude::*;

use super::{
    facts, groups, incident_changes,
    settings::{self, Rule, Scope},
};
use crate::{
    db::{
        Connection, StoreError,
        engine::dynamic::{self, Value},
        schema::accepted_warnings,
    },
    ids::JobRef,
    time::Timestamp,
};

/// Gives everything to another job: the pauses and windows of the job, of its server and of the group of that, what is set for them where nothing is set
/// for the other one, the kinds of warnings that are accepted, and the history of incidents. What is open is closed: the other job is
/// judged by the runs of both.
///
/// # Errors
/// Database errors.
pub fn job(conn: &mut Connection, job: JobRef, to: JobRef, now: Timestamp) -> Result<(), StoreError> {
    incident_changes::close_gone(conn, Scope::Job(job.id), "merged", now)?;
    let ids = || vec![Value::Integer(to.id.0), Value::Integer(job.id.0)];
    let of_server = || vec![Value::Integer(to.id.0), Value::Integer(job.server.0)];
    for (sql, values) in [
        ("UPDATE incidents SET job_id = ? WHERE job_id = ?", ids()),
        ("UPDATE pauses SET job_id = ? WHERE job_id = ?", ids()),
        ("UPDATE maintenance_windows SET job_id = ? WHERE job_id = ?", ids()),
        ("UPDATE OR IGNORE accepted_warnings SET job_id = ? WHERE job_id = ?", ids()),
        (
            "INSERT INTO pauses (job_id, from_at, until_at, reason, created_by, created_at)
             SELECT ?, from_at, until_at, reason, created_by, created_at FROM pauses WHERE server_id = ?",
            of_server(),
        ),
        (
            "INSERT INTO maintenance_windows (job_id, name, spans, created_by, created_at)
             SELECT ?, name, spans, created_by, created_at FROM maintenance_windows WHERE server_id = ?",
            of_server(),
        ),
    ] {
        dynamic::execute(conn, sql, &values)?;
    }
    // What was told about the next run is known of the one that ran last.
    if let Some(gone) = facts::find(conn, job.id)? {
        let known = facts::find(conn, to.id)?.unwrap_or_default();
        let last = |record: &facts::Record| record.facts.last_run().map(|run| run.begin);
        if last(&gone) > last(&known) {
            facts::Record { facts: gone.facts, ..known }.save(conn, to.id)?;
        }
    }
    diesel::delete(accepted_warnings::table.filter(accepted_warnings::job_id.eq(job.id.0))).execute(conn)?;
    let of_group = groups::follow_job(conn, job, to, now)?;
    if settings::rule(conn, Scope::Job(to.id))? == Rule::default() {
        let own = settings::rule(conn, Scope::Job(job.id))?;
        let wider = settings::rule(conn, Scope::Server(job.server))?;
        settings::set_rule(conn, Scope::Job(to.id), &own.or(wider).or(of_group))?;
    }
    Ok(())
}
