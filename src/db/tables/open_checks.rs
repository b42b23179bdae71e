//! What is open about jobs beside their last run: a verification that failed, a run that ended without a report, two jobs under one
//! name. Read when a list is made; nothing of it is derived from one run alone.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_types::{BigInt, Nullable, Text},
    sqlite::Sqlite,
};

use super::jobs::JobRecord;
use crate::{
    checks::Check,
    db::{
        Connection, StoreError,
        engine::lossy_text::{Lossy, MaybeLossy},
        schema::{jobs, live_runs, servers},
    },
    duplicati_version::DuplicatiVersion,
    ids::ServerId,
    noticing::checks::two_jobs::{LOOKED_AT, Source, alternating},
    outcome::RunOutcome,
    report::Status,
    time::Timestamp,
    verdict::Evidence,
};

/// A run whose end was told is given so long for its report: seconds. Duplicati sends it right after.
pub const REPORT_COMES_WITHIN: i64 = 600;

/// The last verification of a job that came to a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// When it began.
    pub at: Timestamp,
    /// Whether it failed, or found damaged files.
    pub failed: bool,
    /// Damaged files; unknown where the report has no list.
    pub damaged: Option<i64>,
}

/// What is open about jobs, by their ids.
#[derive(Debug, Default)]
pub struct OpenChecks {
    checks: HashMap<i64, Vec<Check>>,
    tested: HashMap<i64, Tested>,
    /// When the next run counts as one without a report.
    changes_at: Vec<Timestamp>,
}

impl OpenChecks {
    /// Reads what is open about the jobs of a server, or about all jobs.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn of(conn: &mut Connection, server: Option<ServerId>, now: Timestamp) -> Result<Self, StoreError> {
        let mut open = Self { tested: tested(conn, server)?, ..Self::default() };
        for (job, tested) in open.tested.iter().filter(|(_, tested)| tested.failed) {
            open.checks.entry(*job).or_default().push(Check::VerificationFailed { files: tested.damaged });
        }
        for (job, ended) in ended(conn, server)? {
            let counts_at = ended.plus(REPORT_COMES_WITHIN + 1);
            if counts_at <= now {
                open.checks.entry(job).or_default().push(Check::NoReport);
            } else {
                open.changes_at.push(counts_at);
            }
        }
        for (job, sources) in sources_of_mixing_servers(conn, server)? {
            open.checks.entry(job).or_default().extend(alternating(&sources).map(|_| Check::TwoJobs));
        }
        Ok(open)
    }

    /// What contradicts the last run of a job, and what else is open.
    pub fn checks(&self, job: &JobRecord) -> Vec<Check> {
        let mut checks = job.summary.checks();
        checks.extend(self.checks.get(&job.id).into_iter().flatten());
        checks
    }

    /// What a job is judged by.
    pub fn evidence(&self, job: &JobRecord) -> Evidence {
        let known = job.summary.evidence();
        let is_open = self.checks.get(&job.id).is_some_and(|checks| !checks.is_empty());
        Evidence { is_contradicted: known.is_contradicted || is_open, ..known }
    }

    /// The last verification of a job.
    pub fn tested(&self, job: &JobRecord) -> Option<&Tested> {
        self.tested.get(&job.id)
    }

    /// When any of it changes although nothing arrives.
    pub fn changes_at(&self) -> impl Iterator<Item = Timestamp> {
        self.changes_at.iter().copied()
    }
}

/// The last verification of each job that came to a result: what was stopped says nothing, and no other operation closes it.
fn tested(conn: &mut Connection, server: Option<ServerId>) -> Result<HashMap<i64, Tested>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        job: i64,
        #[diesel(sql_type = Text, deserialize_as = Lossy)]
        status: String,
        #[diesel(sql_type = Text, deserialize_as = Lossy)]
        start_time: String,
        #[diesel(sql_type = Nullable<Text>, deserialize_as = MaybeLossy)]
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
        let figures: serde_json::Map<String, serde_json::Value> =
            row.details.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let damaged = figures.get("VerificationProblems").and_then(serde_json::Value::as_i64);
        let status: Status = row.status.parse().unwrap_or_default();
        let failed = status.is_failed() || damaged.is_some_and(|files| files > 0);
        let at = row.start_time.parse().unwrap_or_default();
        (row.job, Tested { at, failed, damaged: damaged.filter(|files| *files > 0) })
    };
    Ok(rows.into_iter().map(tested).collect())
}

/// Jobs whose run was told to have ended, and of which no report has come since.
fn ended(conn: &mut Connection, server: Option<ServerId>) -> Result<Vec<(i64, Timestamp)>, StoreError> {
    let mut ended = live_runs::table
        .inner_join(jobs::table)
        .filter(live_runs::ended_at.is_not_null())
        .select((live_runs::job_id, live_runs::ended_at.assume_not_null()))
        .into_boxed();
    if let Some(server) = server {
        ended = ended.filter(jobs::server_id.eq(server.0));
    }
    let rows: Vec<(i64, Lossy)> = ended.load(conn)?;
    Ok(rows.into_iter().filter_map(|(job, at)| Some((job, at.as_str().parse().ok()?))).collect())
}

/// What the newest complete runs of each job counted, newest first: of servers whose Duplicati mixes jobs up, or may. 2.2 does not.
fn sources_of_mixing_servers(
    conn: &mut Connection,
    server: Option<ServerId>,
) -> Result<HashMap<i64, Vec<Source>>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        job: i64,
        #[diesel(sql_type = Nullable<BigInt>)]
        files_count: Option<i64>,
        #[diesel(sql_type = Nullable<BigInt>)]
        files_size: Option<i64>,
    }
    let mixing = mixing_servers(conn, server)?;
    if mixing.is_empty() {
        return Ok(HashMap::new());
    }
    let complete = RunOutcome::COMPLETE.map(|outcome| format!("'{outcome}'")).join(", ");
    // In this order: the runs of each job are found by its index.
    let sql = format!(
        "SELECT jobs.id AS job, backups.files_count, backups.files_size FROM jobs
         CROSS JOIN backups ON backups.id IN (
             SELECT id FROM backups AS run WHERE run.server_id = jobs.server_id AND run.job_id = jobs.id
                 AND run.outcome IN ({complete}) ORDER BY run.start_time DESC LIMIT {LOOKED_AT}
         )
         WHERE jobs.server_id IN ({}) ORDER BY jobs.id, backups.start_time DESC",
        mixing.join(", ")
    );
    let rows: Vec<Row> = diesel::sql_query(sql).load(conn)?;
    let mut sources: HashMap<i64, Vec<Source>> = HashMap::new();
    for Row { job, files_count: files, files_size: size } in rows {
        sources.entry(job).or_default().extend(Source::of(files, size));
    }
    Ok(sources)
}

/// The servers whose Duplicati mixes jobs up, or may: those that never said their version are among them.
fn mixing_servers(conn: &mut Connection, server: Option<ServerId>) -> Result<Vec<String>, StoreError> {
    let mut versions = servers::table.select((servers::id, servers::duplicati_version)).into_boxed();
    if let Some(server) = server {
        versions = versions.filter(servers::id.eq(server.0));
    }
    let versions: Vec<(i64, Option<Lossy>)> = versions.load(conn)?;
    let may_mix = |version: &Option<Lossy>| {
        let version = version.as_ref().and_then(|text| text.as_str().parse::<DuplicatiVersion>().ok());
        version.is_none_or(DuplicatiVersion::mixes_jobs)
    };
    Ok(versions.iter().filter(|(_, version)| may_mix(version)).map(|(id, _)| id.to_string()).collect())
}

/// A query over all jobs, or over those of a server.
fn of_jobs<'q>(sql: &str, server: Option<ServerId>) -> BoxedSqlQuery<'q, Sqlite, SqlQuery> {
    let query = diesel::sql_query(sql).into_boxed();
    match server {
        Some(server) => query.sql(" WHERE jobs.server_id = ?").bind::<BigInt, _>(server.0),
        None => query,
    }
}
