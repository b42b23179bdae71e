//! Per-day totals. Always recomputed from the rows they sum up, never added to: a correction of a run, a duplicate or
//! a deletion cannot leave them wrong.

use diesel::{dsl::exists, prelude::*, sql_types::Text};

use super::{
    Connection, StoreError, Tx,
    lossy::Lossy,
    outcomes::Outcome,
    schema::{job_days, jobs, site_days},
};
use crate::{
    ids::{JobId, JobRef, ServerId},
    status::Status,
    time::{Day, Timestamp},
    zone::Zone,
};

/// The columns of `site_days` from the rows of `job_days` of a day. SQLite's own `sum` fails beyond 64 bits, which two
/// absurd reports can reach: `total` does not, and the cast stops at the largest integer.
pub(super) const SITE_SUMS: &str =
    "day, sum(runs) AS runs, sum(successes) AS successes, sum(warnings) AS warnings,
    sum(failures) AS failures, CAST(total(uploaded_size) AS BIGINT) AS uploaded_size";

/// Totals of one job on one day.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = job_days)]
pub struct JobDay {
    /// The day on the site's calendar.
    #[diesel(deserialize_as = Lossy)]
    pub day: String,
    /// The job.
    pub job_id: i64,
    /// Runs that began on that day.
    pub runs: i64,
    /// Of those, successes.
    pub successes: i64,
    /// Of those, with warnings.
    pub warnings: i64,
    /// Of those, failed.
    pub failures: i64,
    /// Seconds of all runs whose duration is known.
    pub duration_sum: i64,
    /// Runs whose duration is known.
    pub duration_runs: i64,
    /// Bytes uploaded.
    pub uploaded_size: i64,
    /// Files examined by the last good run.
    pub files_count: Option<i64>,
    /// Bytes of source data in the last good run.
    pub files_size: Option<i64>,
    /// Bytes at the destination after the last good run.
    pub storage_size: Option<i64>,
    /// Versions after the last good run.
    pub versions: Option<i64>,
}

impl JobDay {
    /// Sums up runs in the order in which they began.
    pub fn of(job: JobId, day: Day, outcomes: &[Outcome]) -> Self {
        let mut total = Self {
            day: day.to_string(),
            job_id: job.0,
            runs: 0,
            successes: 0,
            warnings: 0,
            failures: 0,
            duration_sum: 0,
            duration_runs: 0,
            uploaded_size: 0,
            files_count: None,
            files_size: None,
            storage_size: None,
            versions: None,
        };
        for run in outcomes {
            total.runs += 1;
            match run.status() {
                Status::Success => total.successes += 1,
                Status::Warning => total.warnings += 1,
                Status::Error | Status::Fatal => total.failures += 1,
                Status::Unknown => {}
            }
            if let Some(seconds) = run.duration {
                total.duration_sum = total.duration_sum.saturating_add(seconds);
                total.duration_runs += 1;
            }
            total.uploaded_size = total.uploaded_size.saturating_add(run.uploaded_size.unwrap_or(0));
            // Failed runs carry zeros.
            if run.counts_as_good() {
                total.files_count = run.files_count.or(total.files_count);
                total.files_size = run.files_size.or(total.files_size);
                total.storage_size = run.storage_size.or(total.storage_size);
                total.versions = run.versions.or(total.versions);
            }
        }
        total
    }

    /// The days of a job from all of its runs, in the order in which they began.
    pub(super) fn all_of(job: JobId, zone: &Zone, runs: &[Outcome]) -> Vec<Self> {
        runs.chunk_by(|a, b| zone.day(a.start()) == zone.day(b.start()))
            .filter_map(|group| Some(Self::of(job, zone.day(group.first()?.start()), group)))
            .collect()
    }
}

/// Recomputes a job's totals for the day to which a time belongs.
///
/// # Errors
/// When the database refuses.
pub fn refresh_job_day(tx: &mut Tx<'_>, zone: &Zone, job: JobRef, at: Timestamp) -> Result<(), StoreError> {
    let day = zone.day(at);
    let (start, end) = (zone.start(day), zone.start(day.plus(1)));
    let outcomes = Outcome::between(tx.conn, job, start, end)?;
    diesel::delete(job_days::table.find((day.to_string(), job.id.0))).execute(tx.conn)?;
    if !outcomes.is_empty() {
        diesel::insert_into(job_days::table).values(JobDay::of(job.id, day, &outcomes)).execute(tx.conn)?;
    }
    mark_stale(tx.conn, &day.to_string())
}

/// Notes that the totals over all jobs of a day changed. Mostly that is known, and asking is cheaper than writing.
pub(super) fn mark_stale(conn: &mut Connection, day: &str) -> Result<(), StoreError> {
    let is_known: bool =
        diesel::select(exists(site_days::table.filter(site_days::day.eq(day).and(site_days::stale))))
            .get_result(conn)?;
    if !is_known {
        diesel::sql_query(
            "INSERT INTO site_days (day, runs, successes, warnings, failures, uploaded_size, stale)
             VALUES (?, 0, 0, 0, 0, 0, TRUE) ON CONFLICT (day) DO UPDATE SET stale = TRUE",
        )
        .bind::<Text, _>(day)
        .execute(conn)?;
    }
    Ok(())
}

/// Stores the totals over all jobs of one day.
///
/// # Errors
/// When the database refuses.
fn refresh_site_day(conn: &mut Connection, day: &str) -> Result<(), StoreError> {
    diesel::delete(site_days::table.find(day)).execute(conn)?;
    diesel::sql_query(format!(
        "INSERT INTO site_days (day, runs, successes, warnings, failures, uploaded_size)
         SELECT {SITE_SUMS} FROM job_days WHERE day = ? GROUP BY day"
    ))
    .bind::<Text, _>(day)
    .execute(conn)?;
    Ok(())
}

/// Days whose totals over all jobs changed since they were stored.
///
/// # Errors
/// When the database refuses.
pub fn stale_site_days(conn: &mut Connection) -> Result<Vec<String>, StoreError> {
    Ok(site_days::table.filter(site_days::stale).select(site_days::day).load(conn)?)
}

/// Stores the totals over all jobs of stale days, so that readers need not sum them up.
///
/// # Errors
/// When the database refuses.
pub fn settle_site_days(conn: &mut Connection) -> Result<(), StoreError> {
    let stale = stale_site_days(conn)?;
    settle(conn, &stale)
}

/// The same for some days.
///
/// # Errors
/// When the database refuses.
pub fn settle(conn: &mut Connection, days: &[String]) -> Result<(), StoreError> {
    days.iter().try_for_each(|day| refresh_site_day(conn, day))
}

/// A day over all jobs.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
#[diesel(table_name = site_days)]
pub struct SiteDayRow {
    /// The day on the site's calendar.
    pub day: String,
    /// Runs.
    pub runs: i64,
    /// Successes.
    pub successes: i64,
    /// With warnings.
    pub warnings: i64,
    /// Failed.
    pub failures: i64,
    /// Bytes uploaded.
    pub uploaded_size: i64,
}

/// The days from `first` on, oldest first; days without runs are absent.
///
/// # Errors
/// When the database refuses.
pub fn site_days_since(conn: &mut Connection, first: Day) -> Result<Vec<SiteDayRow>, StoreError> {
    let first = first.to_string();
    Ok(diesel::sql_query(format!(
        "SELECT day, runs, successes, warnings, failures, uploaded_size
         FROM site_days WHERE day >= ? AND NOT stale
         UNION ALL
         SELECT {SITE_SUMS} FROM job_days
         WHERE day IN (SELECT day FROM site_days WHERE day >= ? AND stale) GROUP BY day
         ORDER BY day"
    ))
    .bind::<Text, _>(&first)
    .bind::<Text, _>(&first)
    .load(conn)?)
}

/// A server's days from `first` on, of one job or of all, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn server_days_since(
    conn: &mut Connection,
    server: ServerId,
    job: Option<JobId>,
    first: Option<Day>,
) -> Result<Vec<JobDay>, StoreError> {
    let wanted: Vec<i64> = match job {
        Some(job) => vec![job.0],
        None => jobs::table.filter(jobs::server_id.eq(server.0)).select(jobs::id).load(conn)?,
    };
    let first = first.map_or_else(String::new, |day| day.to_string());
    let days = site_days::table.filter(site_days::day.ge(first)).select(site_days::day);
    Ok(job_days::table
        .filter(job_days::day.eq_any(days).and(job_days::job_id.eq_any(wanted)))
        .order((job_days::day, job_days::job_id))
        .select(JobDay::as_select())
        .load(conn)?)
}

/// Recomputes every per-day total from the runs: after a change of the site's time zone.
///
/// # Errors
/// When the database refuses.
pub fn rebuild(conn: &mut Connection, zone: &Zone) -> Result<(), StoreError> {
    diesel::delete(job_days::table).execute(conn)?;
    diesel::delete(site_days::table).execute(conn)?;
    let jobs: Vec<(i64, i64)> = jobs::table.select((jobs::server_id, jobs::id)).load(conn)?;
    for (server, job) in jobs {
        let job = JobRef { server: ServerId(server), id: JobId(job) };
        let runs = Outcome::between(conn, job, Timestamp::MIN, Timestamp::MAX)?;
        store_job_days(conn, &JobDay::all_of(job.id, zone, &runs))?;
    }
    settle_site_days(conn)
}

/// Stores days of a job that are not stored, and marks them as changed.
pub(super) fn store_job_days(conn: &mut Connection, days: &[JobDay]) -> Result<(), StoreError> {
    for day in days {
        diesel::insert_into(job_days::table).values(day).execute(conn)?;
        mark_stale(conn, &day.day)?;
    }
    Ok(())
}

/// The stored days of a job, oldest first.
///
/// # Errors
/// When the database refuses.
pub(super) fn of_job(conn: &mut Connection, job: JobId) -> Result<Vec<JobDay>, StoreError> {
    Ok(job_days::table
        .filter(job_days::day.eq_any(site_days::table.select(site_days::day)).and(job_days::job_id.eq(job.0)))
        .order(job_days::day)
        .select(JobDay::as_select())
        .load(conn)?)
}

/// What a job's days sum up to: runs and bytes uploaded.
///
/// # Errors
/// When the database refuses.
pub fn job_totals(conn: &mut Connection, job: JobId) -> Result<(i64, i64), StoreError> {
    let rows: Vec<(i64, i64)> = job_days::table
        .filter(job_days::day.eq_any(site_days::table.select(site_days::day)).and(job_days::job_id.eq(job.0)))
        .select((job_days::runs, job_days::uploaded_size))
        .load(conn)?;
    Ok(rows.iter().fold((0, 0), |total: (i64, i64), row| (total.0 + row.0, total.1.saturating_add(row.1))))
}
