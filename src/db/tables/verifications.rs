//! The last verification of the destination of each job.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_types::{BigInt, Nullable, Text},
    sqlite::Sqlite,
};

use super::noticing::{damaged_files, is_whole};
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
    },
    ids::ServerId,
    report::Status,
    time::Timestamp,
};

/// The last verification of a job that came to a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// When it began.
    pub at: Timestamp,
    /// Whether it failed, or found damaged files.
    pub failed: bool,
    /// Damaged files; unknown where the report has no list.
    pub damaged: Option<i64>,
}

/// The last verification of each job that came to a result: what was stopped says nothing, and no other operation closes it.
///
/// # Errors
/// When the database refuses.
pub fn latest(
    conn: &mut Connection,
    server: Option<ServerId>,
) -> Result<HashMap<i64, Verification>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        job: i64,
        #[diesel(sql_type = Text, deserialize_as = LossyText)]
        status: String,
        #[diesel(sql_type = Text, deserialize_as = LossyText)]
        start_time: String,
        #[diesel(sql_type = Nullable<Text>, deserialize_as = OptionalLossyText)]
        details: Option<String>,
    }
    let sql =
        "SELECT jobs.id AS job, status, start_time, details FROM jobs JOIN operations ON operations.id = (
                   SELECT id FROM operations AS test WHERE test.job_id = jobs.id AND test.operation = 'Test'
                       AND test.status <> 'unknown' AND NOT test.interrupted
                   ORDER BY test.start_time DESC LIMIT 1
               )";
    let rows: Vec<Row> = of_jobs(sql, server).load(conn)?;
    let tested = |row: Row| {
        let damaged = damaged_files(row.details.as_deref());
        let status: Status = row.status.parse().unwrap_or_default();
        let failed = !is_whole(status, row.details.as_deref());
        let at = row.start_time.parse().unwrap_or_default();
        (row.job, Verification { at, failed, damaged: damaged.filter(|files| *files > 0) })
    };
    Ok(rows.into_iter().map(tested).collect())
}

/// A query over all jobs, or over those of a server.
fn of_jobs<'q>(sql: &str, server: Option<ServerId>) -> BoxedSqlQuery<'q, Sqlite, SqlQuery> {
    let query = diesel::sql_query(sql).into_boxed();
    match server {
        Some(server) => query.sql(" WHERE jobs.server_id = ?").bind::<BigInt, _>(server.0),
        None => query,
    }
}
