//! Other operations than backups (restore, test, compact …), and nothing that counts.

use diesel::prelude::*;

use super::{
    Connection, StoreError,
    schema::{jobs, operations},
};
use crate::{
    ids::{JobId, ServerId},
    time::Timestamp,
};

/// An operation as it is stored.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = operations, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct OperationRecord {
    pub server_id: i64,
    pub job_id: i64,
    pub operation: String,
    pub status: String,
    pub start_time: String,
    pub duration: Option<i64>,
    pub created_at: String,
    pub details: Option<String>,
    pub messages: Option<String>,
}

impl OperationRecord {
    /// Stores it, in place of another copy of the same one.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn save(&self, conn: &mut Connection) -> Result<i64, StoreError> {
        Ok(diesel::insert_into(operations::table)
            .values(self)
            .on_conflict((operations::job_id, operations::operation, operations::start_time))
            .do_update()
            .set(self)
            .returning(operations::id)
            .get_result(conn)?)
    }
}

/// Start of an operation of this job, with this word and this end, that began within these bounds.
///
/// # Errors
/// When the database refuses.
pub fn find_near(
    conn: &mut Connection,
    job: JobId,
    operation: &str,
    status: &str,
    (first, last): (Timestamp, Timestamp),
) -> Result<Option<String>, StoreError> {
    Ok(operations::table
        .filter(operations::job_id.eq(job.0))
        .filter(operations::operation.eq(operation))
        .filter(operations::start_time.between(first.to_string(), last.to_string()))
        .filter(operations::status.eq(status))
        .select(operations::start_time)
        .first(conn)
        .optional()?)
}

/// An operation as lists show it.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct OperationRow {
    pub operation: String,
    pub job_name: String,
    pub status: String,
    pub start_time: String,
    pub duration: Option<i64>,
    pub details: Option<String>,
}

/// The last operations of a server, newest first.
///
/// # Errors
/// When the database refuses.
pub fn latest(conn: &mut Connection, server: ServerId, limit: i64) -> Result<Vec<OperationRow>, StoreError> {
    Ok(operations::table
        .inner_join(jobs::table)
        .filter(operations::server_id.eq(server.0))
        .order(operations::start_time.desc())
        .limit(limit)
        .select((
            operations::operation,
            jobs::name,
            operations::status,
            operations::start_time,
            operations::duration,
            operations::details,
        ))
        .load(conn)?)
}
