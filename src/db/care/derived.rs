//! Rebuilds everything derived from the runs for fast reading: totals per job and day, totals per day, summaries of jobs.
//! [`super::invariants`] finds out whether that is needed.

use diesel::prelude::*;

use super::reread;
use crate::{
    clock::Clock,
    db::{
        Connection, StoreError,
        engine::dynamic,
        schema::{job_days, jobs as job_rows},
        tables::{
            days::{self, JobDay},
            jobs::{self, Summary},
            lists,
            noticing::Judge,
            outcomes::{self, Counted},
            settings,
        },
    },
    ids::{JobId, JobRef, ServerId},
    time::Timestamp,
    zone::Zone,
};

/// The derived rows of a job as its runs require them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::db) struct Expected {
    /// Its days, oldest first.
    pub days: Vec<JobDay>,
    /// Its summary.
    pub summary: Summary,
}

impl Expected {
    /// Computes them from all runs of a job, without reading derived rows.
    pub(in crate::db) fn of(conn: &mut Connection, zone: &Zone, job: JobRef) -> Result<Self, StoreError> {
        let runs = Counted::between(conn, job, Timestamp::MIN, Timestamp::MAX)?;
        let count = i64::try_from(runs.len()).unwrap_or(i64::MAX);
        let uploaded = runs.iter().map(Counted::uploaded).fold(0, i64::saturating_add);
        let summary = jobs::summarise_with(conn, job, (count, uploaded))?;
        Ok(Self { days: JobDay::all_of(job.id, zone, &runs), summary })
    }
}

/// Rebuilds everything after a migration that changes the meaning of runs, in the time zone used before. If none is stored, the next start
/// rebuilds the days in the site's zone.
///
/// # Errors
///
/// Database errors.
pub fn after_migration(conn: &mut Connection) -> Result<(), StoreError> {
    if dynamic::number(conn, "SELECT count(*) FROM jobs")?.unwrap_or(0) == 0 {
        return Ok(());
    }
    let zone = settings::site_zone(conn, &Zone::utc())?;
    if settings::get(conn, settings::SITE_TIME_ZONE)?.is_none() {
        settings::set(conn, settings::SITE_TIME_ZONE, zone.name(), Clock::system().now())?;
    }
    reread::runs(conn)?;
    rebuild(conn, &zone, Clock::system().now()).map(drop)
}

/// The first step of a rebuild: corrects the outcomes of runs, adds missing days to `site_days` (by which the days of a job are found), and
/// deletes days of deleted jobs. Marks all site totals as stale until [`days::settle_site_days`].
///
/// # Errors
///
/// Database errors.
pub fn prepare(conn: &mut Connection) -> Result<(), StoreError> {
    outcomes::settle(conn)?;
    diesel::delete(job_days::table.filter(job_days::job_id.ne_all(job_rows::table.select(job_rows::id))))
        .execute(conn)?;
    diesel::sql_query(
        "INSERT INTO site_days (day, runs, successes, warnings, failures, uploaded_size, stale)
         SELECT DISTINCT day, 0, 0, 0, 0, 0, TRUE FROM job_days WHERE TRUE
         ON CONFLICT (day) DO UPDATE SET stale = TRUE",
    )
    .execute(conn)?;
    // Days without any job are deleted when the totals are recomputed.
    diesel::sql_query("UPDATE site_days SET stale = TRUE WHERE NOT stale").execute(conn)?;
    lists::rebuild(conn)
}

/// Rebuilds everything derived from the runs of one job, after [`prepare`].
///
/// # Errors
///
/// Database errors.
pub fn rebuild_job(
    conn: &mut Connection,
    zone: &Zone,
    job: JobRef,
    now: Timestamp,
) -> Result<(), StoreError> {
    let known: i64 = job_rows::table.find(job.id.0).count().get_result(conn)?;
    // The job was deleted meanwhile.
    if known == 0 {
        return Ok(());
    }
    let Expected { days, summary } = Expected::of(conn, zone, job)?;
    for day in days::of_job(conn, job.id)? {
        diesel::delete(job_days::table.find((&day.day, day.job_id))).execute(conn)?;
        days::mark_stale(conn, &day.day)?;
    }
    days::store_job_days(conn, &days)?;
    jobs::replace(conn, job, &summary)?;
    Judge::at(conn, zone, now)?.again(conn, job)
}

/// Returns all jobs, in the order of a rebuild.
///
/// # Errors
///
/// Database errors.
pub fn jobs_to_rebuild(conn: &mut Connection) -> Result<Vec<JobRef>, StoreError> {
    let rows: Vec<(i64, i64)> =
        job_rows::table.order(job_rows::id).select((job_rows::server_id, job_rows::id)).load(conn)?;
    Ok(rows.into_iter().map(|(server, id)| JobRef { server: ServerId(server), id: JobId(id) }).collect())
}

/// Rebuilds all derived rows at once, and returns the number of jobs. `service::database::rebuild` does the same in steps, while reports
/// may arrive.
///
/// # Errors
///
/// Database errors.
pub fn rebuild(conn: &mut Connection, zone: &Zone, now: Timestamp) -> Result<usize, StoreError> {
    prepare(conn)?;
    let jobs = jobs_to_rebuild(conn)?;
    for job in &jobs {
        rebuild_job(conn, zone, *job, now)?;
    }
    days::settle_site_days(conn)?;
    Ok(jobs.len())
}
