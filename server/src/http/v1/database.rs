//! The database.

use std::collections::BTreeMap;

use axum::{Json, response::IntoResponse as _};
use duplistatus::{
    dto::database::{DatabaseStats, DatabaseStatus, TableSize},
    service::database,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    params::{Answer, Context},
    words::{Time, time},
};

/// The database of the running program.
#[derive(Debug, Serialize, ToSchema)]
pub struct Database {
    /// Path of the file.
    path: String,
    /// Bytes of the file.
    file_size: u64,
    /// Bytes of the write-ahead log.
    wal_size: u64,
    /// Bytes that are free on the disk.
    disk_free: Option<u64>,
    /// Bytes of a page.
    page_size: i64,
    /// Number of pages.
    pages: i64,
    /// Number of free pages.
    free_pages: i64,
    /// Version of the schema.
    schema_version: String,
    /// Version of SQLite.
    sqlite_version: String,
    /// Start of the oldest run.
    oldest_run: Option<Time>,
    /// Start of the newest run.
    newest_run: Option<Time>,
    /// The last clean-up.
    last_cleanup: Option<Time>,
    /// The last database backup.
    last_backup: Option<Time>,
    /// Connections.
    pool: Pool,
    /// Kinds of queries that were slow.
    slow_queries: Vec<SlowQuery>,
}

/// Connections to the database.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pool {
    /// Connections for reading.
    readers: u32,
    /// Those that are in use.
    in_use: u32,
    /// Those that are idle.
    idle: u32,
    /// Queries that wait for one.
    waiting: u64,
    /// Writes that wait.
    writes_waiting: u64,
}

/// A kind of query that was slow.
#[derive(Debug, Serialize, ToSchema)]
pub struct SlowQuery {
    /// Its SQL, without values.
    sql: String,
    /// How SQLite finds its rows.
    plan: Option<String>,
    /// How often it was slow.
    times: u64,
    /// Milliseconds of the slowest one.
    longest: u64,
    /// When it was last slow.
    last_at: Time,
}

/// The tables of the database.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tables {
    /// The tables, by size.
    data: Vec<Table>,
}

/// A table.
#[derive(Debug, Serialize, ToSchema)]
pub struct Table {
    /// Its name.
    name: String,
    /// Number of its rows.
    rows: i64,
    /// Its bytes, without indexes.
    bytes: i64,
    /// Bytes of its indexes, by name.
    indexes: BTreeMap<String, i64>,
}

/// What is stored. Sizes are bytes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statistics {
    /// Servers.
    servers: i64,
    /// Jobs.
    jobs: i64,
    /// Runs.
    runs: i64,
    /// Runs by status.
    by_status: BTreeMap<&'static str, i64>,
    /// Start of the oldest run.
    oldest_run: Option<Time>,
    /// Start of the newest run.
    newest_run: Option<Time>,
    /// Size of the sources.
    source_size: i64,
    /// Size at the destinations.
    storage_size: i64,
    /// Bytes that were uploaded.
    uploaded_size: i64,
    /// Other operations.
    operations: i64,
    /// Raw reports.
    raw_reports: i64,
    /// Entries of the audit log.
    audit_entries: i64,
    /// Users.
    users: i64,
    /// Runs of the last days.
    periods: Vec<Period>,
}

/// Runs of the last days.
#[derive(Debug, Serialize, ToSchema)]
pub struct Period {
    /// Number of days; null: all.
    days: Option<i64>,
    /// Runs.
    runs: i64,
    /// Runs that succeeded.
    successes: i64,
    /// Runs with warnings.
    warnings: i64,
    /// Runs that failed.
    failures: i64,
    /// Runs that left an incomplete version.
    incomplete: i64,
    /// Bytes that were uploaded.
    uploaded_size: i64,
}

/// Returns sizes, versions, connections and slow queries of the database.
#[utoipa::path(get, path = "/api/v1/database", tag = "database", responses((status = 200, body = Database)))]
pub async fn database(Context(services, actor): Context) -> Answer {
    let DatabaseStatus {
        path,
        file_size,
        wal_size,
        disk_free,
        page_size,
        pages,
        free_pages,
        schema_version,
        sqlite_version,
        oldest_run,
        newest_run,
        last_cleanup,
        last_backup,
        pool,
        slow_queries,
        ..
    } = database::status(&services, &actor).await?;
    let slow = slow_queries.into_iter().map(|query| SlowQuery {
        sql: query.sql,
        plan: query.plan,
        times: query.times,
        longest: query.longest,
        last_at: query.last_at.into(),
    });
    let database = Database {
        path,
        file_size,
        wal_size,
        disk_free,
        page_size,
        pages,
        free_pages,
        schema_version,
        sqlite_version,
        oldest_run: time(oldest_run),
        newest_run: time(newest_run),
        last_cleanup: time(last_cleanup),
        last_backup: time(last_backup),
        pool: Pool {
            readers: pool.readers,
            in_use: pool.in_use,
            idle: pool.idle,
            waiting: pool.waiting,
            writes_waiting: pool.writes_waiting,
        },
        slow_queries: slow.collect(),
    };
    Ok(Json(database).into_response())
}

/// Returns rows and bytes of the tables and indexes. Reads the whole file.
#[utoipa::path(get, path = "/api/v1/database/tables", tag = "database",
    responses((status = 200, body = Tables)))]
pub async fn tables(Context(services, actor): Context) -> Answer {
    let tables = database::tables(&services, &actor).await?.into_iter().map(|table| {
        let TableSize { name, rows, bytes, indexes } = table;
        let indexes = indexes.into_iter().map(|index| (index.name, index.bytes)).collect();
        Table { name, rows, bytes, indexes }
    });
    Ok(Json(Tables { data: tables.collect() }).into_response())
}

/// Returns counts and totals of everything that is stored.
#[utoipa::path(get, path = "/api/v1/database/stats", tag = "database",
    responses((status = 200, body = Statistics)))]
pub async fn statistics(Context(services, actor): Context) -> Answer {
    let DatabaseStats {
        servers,
        jobs,
        runs,
        by_status,
        oldest_run,
        newest_run,
        source_size,
        storage_size,
        uploaded_size,
        operations,
        raw_reports,
        audit_entries,
        users,
        periods,
    } = database::stats(&services, &actor).await?;
    let periods = periods.into_iter().map(|period| Period {
        days: period.days,
        runs: period.runs,
        successes: period.successes,
        warnings: period.warnings,
        failures: period.failures,
        incomplete: period.incomplete,
        uploaded_size: period.uploaded_size,
    });
    let statistics = Statistics {
        servers,
        jobs,
        runs,
        by_status: by_status.into_iter().map(|(status, runs)| (status.as_str(), runs)).collect(),
        oldest_run: time(oldest_run),
        newest_run: time(newest_run),
        source_size,
        storage_size,
        uploaded_size,
        operations,
        raw_reports,
        audit_entries,
        users,
        periods: periods.collect(),
    };
    Ok(Json(statistics).into_response())
}
