//! Retention rules of servers and jobs that differ from the site's.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreError, schema::retention_rules},
    ids::{JobId, ServerId},
};

/// A stored rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = retention_rules)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct RuleRow {
    pub server_id: i64,
    pub job_id: Option<i64>,
    pub keep_days: Option<i64>,
    pub keep_last: i64,
}

/// Returns all rules, those of servers before those of jobs.
///
/// # Errors
///
/// Database errors.
pub fn rules(conn: &mut Connection) -> Result<Vec<RuleRow>, StoreError> {
    Ok(retention_rules::table
        .order((retention_rules::server_id, retention_rules::job_id))
        .select(RuleRow::as_select())
        .load(conn)?)
}

/// Deletes and returns the rule of a server or a job.
///
/// # Errors
///
/// Database errors.
pub fn remove_rule(
    conn: &mut Connection,
    server: ServerId,
    job: Option<JobId>,
) -> Result<Option<RuleRow>, StoreError> {
    let of_server = retention_rules::table.filter(retention_rules::server_id.eq(server.0));
    let taken = match job {
        Some(job) => diesel::delete(of_server.filter(retention_rules::job_id.eq(job.0)))
            .returning(RuleRow::as_select())
            .get_result(conn),
        None => diesel::delete(of_server.filter(retention_rules::job_id.is_null()))
            .returning(RuleRow::as_select())
            .get_result(conn),
    };
    Ok(taken.optional()?)
}

/// Stores a new rule.
///
/// # Errors
/// If there is one already.
pub fn add_rule(conn: &mut Connection, rule: RuleRow) -> Result<(), StoreError> {
    diesel::insert_into(retention_rules::table).values(rule).execute(conn)?;
    Ok(())
}
