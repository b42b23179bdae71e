//! Finds rows that must never exist.

use diesel::{prelude::*, sql_types::Text};

use super::invariants::Findings;
use crate::db::{Connection, StoreError, engine::lossy_text::LossyText};

/// Checks for such rows.
pub(super) fn check(conn: &mut Connection, found: &mut Findings) -> Result<(), StoreError> {
    for (table, expected, sql) in ROWS {
        let rows: Vec<Row> = diesel::sql_query(sql).load(conn)?;
        for row in rows {
            found.add(
                table,
                row.key,
                None,
                Some(row.stored.escape_debug().to_string()),
                expected.map(str::to_owned),
            );
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    key: String,
    #[diesel(sql_type = Text, deserialize_as = LossyText)]
    stored: String,
}

/// The rows that must not exist: their table, the expected value, and the query that finds them.
const ROWS: [(&str, Option<&str>, &str); 6] = [
    (
        "job_days",
        None,
        "SELECT day || ', job ' || job_id AS key, 'a day of a job that does not exist' AS stored
         FROM job_days WHERE job_id NOT IN (SELECT id FROM jobs)",
    ),
    (
        "site_days",
        Some("a row for this day"),
        "SELECT DISTINCT day AS key, 'no row, though jobs have totals for this day' AS stored
         FROM job_days WHERE day NOT IN (SELECT day FROM site_days)",
    ),
    (
        "operations",
        Some("the server of its job"),
        "SELECT 'operation ' || operations.id AS key, 'server ' || operations.server_id AS stored
         FROM operations JOIN jobs ON jobs.id = operations.job_id WHERE jobs.server_id <> operations.server_id",
    ),
    (
        "backups",
        Some("a time like 2026-11-23T22:06:37Z"),
        "SELECT 'run ' || id AS key, quote(start_time) AS stored FROM backups
         WHERE strftime('%Y-%m-%dT%H:%M:%SZ', start_time) IS NOT start_time",
    ),
    (
        "backups",
        Some("a JSON array of log lines"),
        "SELECT 'run ' || id AS key, 'a log that is not JSON' AS stored FROM backups
         WHERE messages IS NOT NULL AND NOT json_valid(messages)",
    ),
    (
        "operations",
        Some("JSON"),
        "SELECT 'operation ' || id AS key, 'details or a log that are not JSON' AS stored FROM operations
         WHERE (messages IS NOT NULL AND NOT json_valid(messages)) OR (details IS NOT NULL AND NOT json_valid(details))",
    ),
];
