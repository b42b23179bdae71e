//! The whole site: totals, health, the database, and settings.

use std::collections::BTreeMap;

use app::{features::health::words, locale::use_locale};
use axum::{Extension, Json, extract::State, response::IntoResponse as _};
use duplistatus::{
    dto::{
        dashboard::DashboardQuery,
        database::{DatabaseStats, DatabaseStatus, TableSize},
        health::State as Health,
    },
    service::{database, health, overview::dashboard, settings},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    params::{Answer, Context},
    words::{Time, time},
};
use crate::{client::Client, http::page::page_context, state::AppState};

/// Totals of the site. Sizes are bytes, of the last complete runs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Summary {
    /// Number of servers.
    servers: i64,
    /// Number of jobs.
    jobs: i64,
    /// Number of jobs by verdict.
    verdicts: BTreeMap<&'static str, i64>,
    /// Number of jobs that run at this moment.
    running: i64,
    /// Number of servers without a job, and of jobs without a report.
    never_reported: i64,
    /// Number of runs.
    runs: i64,
    /// Number of runs in the last 30 days.
    runs_30_days: i64,
    /// Bytes of the sources.
    source_size: i64,
    /// Bytes at the destinations.
    storage_size: i64,
    /// Bytes that all runs uploaded.
    uploaded_size: i64,
    /// Number of versions that can be restored.
    versions: i64,
    /// When the last report arrived.
    last_report: Option<Time>,
    /// When the next run is expected.
    next_expected: Option<Time>,
}

/// Whether the program works.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthReport {
    /// The worst state: `failing`, `warning`, `note` or `ok`.
    state: &'static str,
    /// All checks, worst first.
    checks: Vec<HealthCheck>,
}

/// A check of the program.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthCheck {
    /// Its name, which is stable.
    name: String,
    /// `failing`, `warning`, `note` or `ok`.
    state: &'static str,
    /// What was found, as text.
    figure: String,
    /// What to do, as text; empty if nothing.
    advice: String,
}

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

/// The settings of the site.
#[derive(Debug, Serialize, ToSchema)]
pub struct Settings {
    /// The settings.
    data: Vec<Setting>,
}

/// A setting.
#[derive(Debug, Serialize, ToSchema)]
pub struct Setting {
    /// Its name.
    key: String,
    /// Its value, as text.
    value: String,
    /// The value that it has at first, as text.
    default: String,
    /// What values it takes.
    expects: String,
    /// What it is for.
    description: String,
}

/// Returns the totals of the site.
#[utoipa::path(get, path = "/api/v1/summary", tag = "site", responses((status = 200, body = Summary)))]
pub async fn summary(Context(services, actor): Context) -> Answer {
    let shown = dashboard::show(&services, &actor, DashboardQuery::default()).await?;
    let totals = &shown.totals;
    let summary = Summary {
        servers: shown.servers_total,
        jobs: shown.verdicts.iter().map(|(_, jobs)| jobs).sum(),
        verdicts: shown.verdicts.iter().map(|(verdict, jobs)| (verdict.as_str(), *jobs)).collect(),
        running: shown.running,
        never_reported: shown.never_reported,
        runs: totals.runs,
        runs_30_days: totals.runs_30_days,
        source_size: totals.source_size,
        storage_size: totals.storage_size,
        uploaded_size: totals.uploaded_size,
        versions: totals.versions,
        last_report: time(shown.last_report),
        next_expected: time(shown.next_expected),
    };
    Ok(Json(summary).into_response())
}

/// Returns every check of the program, worst first.
#[utoipa::path(get, path = "/api/v1/health", tag = "site", responses((status = 200, body = HealthReport)))]
pub async fn health(
    State(state): State<AppState>,
    Context(services, actor): Context,
    Extension(client): Extension<Client>,
) -> Answer {
    let around = page_context(&state, Some(&client));
    let found = health::list(&services, &actor, &around).await?;
    let checks = found.iter().map(|one| words::check(use_locale(), one)).map(|check| HealthCheck {
        name: check.name,
        state: check.state.as_str(),
        figure: check.figure,
        advice: check.advice,
    });
    let state = found.first().map_or(Health::Ok, |worst| worst.state).as_str();
    Ok(Json(HealthReport { state, checks: checks.collect() }).into_response())
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

/// Returns the settings.
#[utoipa::path(get, path = "/api/v1/settings", tag = "site", responses((status = 200, body = Settings)))]
pub async fn settings(Context(services, actor): Context) -> Answer {
    let rows = settings::list(&services, &actor).await?.into_iter().map(|row| Setting {
        key: row.key,
        value: row.value.to_string(),
        default: row.default.to_string(),
        expects: row.expects,
        description: row.what,
    });
    Ok(Json(Settings { data: rows.collect() }).into_response())
}
