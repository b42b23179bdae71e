//! The last verification of the destination of each job.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
    },
    ids::JobId,
    report::Status,
    time::Timestamp,
};

/// The last conclusive verification of a job's destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// When it began.
    pub at: Timestamp,
    /// When its report arrived.
    pub received: Timestamp,
    /// Whether it failed, or found damaged files.
    pub failed: bool,
    /// Number of damaged files; `None` if the report does not list them.
    pub damaged: Option<i64>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    job: i64,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    status: String,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    start_time: String,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    received: String,
    #[diesel(sql_type = Nullable<Text>, deserialize_as = OptionalLossyText)]
    details: Option<String>,
}

impl Row {
    fn verification(self) -> Verification {
        let status: Status = self.status.parse().unwrap_or_default();
        Verification {
            at: self.start_time.parse().unwrap_or_default(),
            received: self.received.parse().unwrap_or_default(),
            failed: !is_whole(status, self.details.as_deref()),
            damaged: damaged_files(self.details.as_deref()).filter(|files| *files > 0),
        }
    }
}

/// The latest conclusive `Test` of each job. Interrupted ones say nothing, and no other operation
/// clears the findings of a verification.
const LATEST: &str = "SELECT jobs.id AS job, status, start_time, operations.created_at AS received, details
    FROM jobs JOIN operations ON operations.id = (
        SELECT id FROM operations AS test WHERE test.job_id = jobs.id AND test.operation = 'Test'
            AND test.status <> 'unknown' AND NOT test.interrupted
        ORDER BY test.start_time DESC LIMIT 1
    )";

/// The last verification of each of these jobs that came to a result.
///
/// # Errors
/// Database errors.
pub fn latest(conn: &mut Connection, jobs: &[i64]) -> Result<HashMap<i64, Verification>, StoreError> {
    let ids: Vec<String> = jobs.iter().map(i64::to_string).collect();
    let query = diesel::sql_query(format!("{LATEST} WHERE jobs.id IN ({})", ids.join(", ")));
    let rows: Vec<Row> = query.load(conn)?;
    Ok(rows.into_iter().map(|row| (row.job, row.verification())).collect())
}

/// Returns the last conclusive verification of one job.
///
/// # Errors
///
/// Database errors.
pub fn of_job(conn: &mut Connection, job: JobId) -> Result<Option<Verification>, StoreError> {
    let query = diesel::sql_query(LATEST).sql(" WHERE jobs.id = ?").bind::<BigInt, _>(job.0);
    Ok(query.get_result::<Row>(conn).optional()?.map(Row::verification))
}

/// Returns whether a verification found the destination intact.
#[must_use]
pub fn is_whole(status: Status, details: Option<&str>) -> bool {
    !status.is_failed() && damaged_files(details).is_none_or(|files| files == 0)
}

/// Returns the number of damaged files, if the report lists them.
fn damaged_files(details: Option<&str>) -> Option<i64> {
    let figures: serde_json::Map<String, serde_json::Value> = serde_json::from_str(details?).ok()?;
    figures.get("VerificationProblems").and_then(serde_json::Value::as_i64)
}
