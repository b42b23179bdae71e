//! What is open about jobs beside their last run: a verification that failed, a run that ended without a report, two jobs under one
//! name. Read when a list is made; nothing of it is derived from one run alone.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};

use super::{jobs::JobRecord, runs::of_job};
use crate::{
    checks::Check,
    db::{
        Connection, StoreError,
        engine::lossy_text::{Lossy, MaybeLossy},
        schema::{backups, live_runs, servers},
    },
    outcome::RunOutcome,
    report::Status,
    time::Timestamp,
    two_jobs::{self, Source},
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
    /// Reads what is open about these jobs.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn of(conn: &mut Connection, jobs: &[JobRecord], now: Timestamp) -> Result<Self, StoreError> {
        let mut open = Self { tested: tested(conn)?, ..Self::default() };
        for (job, tested) in open.tested.iter().filter(|(_, tested)| tested.failed) {
            open.checks.entry(*job).or_default().push(Check::VerificationFailed { files: tested.damaged });
        }
        for (job, ended) in ended(conn)? {
            let counts_at = ended.plus(REPORT_COMES_WITHIN + 1);
            if counts_at <= now {
                open.checks.entry(job).or_default().push(Check::NoReport);
            } else {
                open.changes_at.push(counts_at);
            }
        }
        let mixing = mixing_servers(conn)?;
        for job in jobs.iter().filter(|job| mixing.contains(&job.server_id)) {
            let found = two_jobs::check(&sources(conn, job)?);
            open.checks.entry(job.id).or_default().extend(found);
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
fn tested(conn: &mut Connection) -> Result<HashMap<i64, Tested>, StoreError> {
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
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT jobs.id AS job, status, start_time, details FROM jobs JOIN operations ON operations.id = (
             SELECT id FROM operations AS test WHERE test.job_id = jobs.id AND test.operation = 'Test'
                 AND test.status <> 'unknown' AND NOT test.interrupted
             ORDER BY test.start_time DESC LIMIT 1
         )",
    )
    .load(conn)?;
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
fn ended(conn: &mut Connection) -> Result<Vec<(i64, Timestamp)>, StoreError> {
    let rows: Vec<(i64, Lossy)> = live_runs::table
        .filter(live_runs::ended_at.is_not_null())
        .select((live_runs::job_id, live_runs::ended_at.assume_not_null()))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(job, at)| Some((job, at.as_str().parse().ok()?))).collect())
}

/// Servers whose Duplicati mixes jobs up, or may: 2.2 does not.
fn mixing_servers(conn: &mut Connection) -> Result<Vec<i64>, StoreError> {
    Ok(servers::table
        .filter(servers::duplicati_version.is_null().or(servers::duplicati_version.lt("2.2")))
        .select(servers::id)
        .load(conn)?)
}

/// What the newest complete runs of a job counted, newest first.
fn sources(conn: &mut Connection, job: &JobRecord) -> Result<Vec<Source>, StoreError> {
    let rows: Vec<(Option<i64>, Option<i64>)> = of_job(job.job_ref())
        .filter(backups::outcome.eq_any(RunOutcome::COMPLETE.map(RunOutcome::as_str)))
        .order(backups::start_time.desc())
        .limit(i64::try_from(two_jobs::RUNS).unwrap_or(i64::MAX))
        .select((backups::files_count, backups::files_size))
        .load(conn)?;
    Ok(rows.into_iter().map(|(files, size)| Source { files, size }).collect())
}
