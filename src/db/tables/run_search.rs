//! Runs over all servers that pass a filter.
//!
//! Which index leads depends on the filter: plain successes are most of a history, and a filter that leaves them out is answered by the
//! index that has only the others. Without a filter the newest are found by time. Everything else walks the covering index of each server.

mod filter;
mod found;

use std::ops::ControlFlow;

use diesel::{
    connection::DefaultLoadingMode,
    prelude::*,
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_types::{BigInt, Text},
    sqlite::Sqlite,
};

pub use self::{
    filter::{After, Order, RunFilter},
    found::Found,
};
use self::{
    filter::{Lead, is_tagged},
    found::Row,
};
use super::text_pattern::pattern;
use crate::db::{Connection, StoreError};

/// How many runs pass, and of how many servers they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, QueryableByName)]
pub struct Totals {
    /// Runs.
    #[diesel(sql_type = BigInt)]
    pub runs: i64,
    /// Servers.
    #[diesel(sql_type = BigInt)]
    pub servers: i64,
}

type Query = BoxedSqlQuery<'static, Sqlite, SqlQuery>;

fn bound(sql: String, values: Vec<String>) -> Query {
    let mut query = diesel::sql_query(sql).into_boxed::<Sqlite>();
    for value in values {
        query = query.bind::<Text, _>(value);
    }
    query
}

/// How many runs pass a filter. Without days, outcomes and text that is known of each job.
///
/// # Errors
/// Database errors.
pub fn totals(conn: &mut Connection, filter: &RunFilter) -> Result<Totals, StoreError> {
    let (sql, values) = if filter.says_little() && filter.from.is_none() && filter.until.is_none() {
        let mut conditions = vec!["jobs.run_count > 0".to_owned()];
        let mut values = Vec::new();
        for (table, words) in [("servers", &filter.server), ("jobs", &filter.job)] {
            if let Some(words) = words {
                conditions
                    .push(format!(r"({table}.name LIKE ? ESCAPE '\' OR {table}.alias LIKE ? ESCAPE '\')"));
                values.extend([pattern(words), pattern(words)]);
            }
        }
        conditions.extend(filter.group.map(|group| format!("servers.group_id = {}", group.0)));
        conditions.extend(filter.tag.map(|tag| is_tagged(tag, "jobs.server_id", "jobs.id")));
        let sql = format!(
            "SELECT coalesce(sum(jobs.run_count), 0) AS runs, count(DISTINCT jobs.server_id) AS servers
             FROM jobs CROSS JOIN servers ON servers.id = jobs.server_id WHERE {}",
            conditions.join(" AND ")
        );
        (sql, values)
    } else {
        let lead = if filter.is_problem().is_some() { Lead::Problems } else { Lead::Servers };
        let (wanted, values) = filter.wanted(lead);
        (format!("SELECT count(*) AS runs, count(DISTINCT backups.server_id) AS servers {wanted}"), values)
    };
    Ok(bound(sql, values).get_result(conn)?)
}

/// Hands over the runs that pass a filter one by one, in their order, until `take` has enough.
///
/// # Errors
/// Database errors.
pub fn each(
    conn: &mut Connection,
    filter: &RunFilter,
    order: Order,
    limit: i64,
    offset: i64,
    mut take: impl FnMut(Found) -> ControlFlow<()>,
) -> Result<(), StoreError> {
    // First which runs, by an index; only then what is shown of them, which stands beside the logs.
    let (wanted, values) = filter.wanted(filter.lead(order));
    let sql = format!(
        "SELECT backups.id, backups.job_id, backups.status, backups.start_time, backups.start_assumed, backups.duration,
             backups.files_count, backups.files_size, backups.storage_size, backups.uploaded_size, backups.versions,
             backups.warnings_count, backups.errors_count, backups.outcome, backups.headline, backups.server_id,
             servers.name AS server, servers.alias AS server_alias, jobs.name AS job, jobs.alias AS job_alias
         FROM (SELECT backups.id AS run {wanted} ORDER BY {} LIMIT ? OFFSET ?) AS wanted
         CROSS JOIN backups ON backups.id = wanted.run
         CROSS JOIN jobs ON jobs.id = backups.job_id CROSS JOIN servers ON servers.id = backups.server_id",
        order.sql()
    );
    let query = bound(sql, values).bind::<BigInt, _>(limit).bind::<BigInt, _>(offset);
    for row in query.load_iter::<Row, DefaultLoadingMode>(conn)? {
        if take(row?.into()).is_break() {
            break;
        }
    }
    Ok(())
}

/// One page of the runs that pass a filter.
///
/// # Errors
/// Database errors.
pub fn list(
    conn: &mut Connection,
    filter: &RunFilter,
    order: Order,
    limit: i64,
    offset: i64,
) -> Result<Vec<Found>, StoreError> {
    let mut found = Vec::new();
    each(conn, filter, order, limit, offset, |run| {
        found.push(run);
        ControlFlow::Continue(())
    })?;
    Ok(found)
}
