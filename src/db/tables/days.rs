//! Totals per job and day. They are always recomputed from the runs, never incremented, so a corrected, duplicate or deleted
//! run cannot leave them wrong.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    prelude::*,
    sql_types::Text,
    sqlite::Sqlite,
};

pub(in crate::db) use super::site_totals::{SITE_SUMS, mark_stale};
pub use super::{
    day_levels::{LevelDay, each_level_since, levels_before},
    site_totals::{SiteDayRow, settle, settle_site_days, settled_since, site_days_since, stale_site_days},
};
use super::{outcomes::Counted, totals::Totals};
use crate::{
    db::{
        Connection, StoreError, Tx,
        engine::lossy_text::LossyText,
        schema::{job_days, jobs, site_days},
    },
    ids::{JobId, JobRef, ServerId},
    time::{Day, Timestamp},
    zone::Zone,
};

/// The stored totals of one job on one day.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = job_days)]
pub struct JobDay {
    /// The day on the site's calendar.
    #[diesel(deserialize_as = LossyText)]
    pub day: String,
    /// The job.
    pub job_id: i64,
    /// The totals of the day's runs.
    #[diesel(embed)]
    pub totals: Totals,
}

impl JobDay {
    /// Sums up runs, which must be in the order in which they began.
    pub fn of(job: JobId, day: Day, runs: &[Counted]) -> Self {
        Self { day: day.to_string(), job_id: job.0, totals: Totals::of(runs) }
    }

    /// Stores the totals, replacing those of the same job and day.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub(in crate::db) fn save(&self, conn: &mut Connection) -> Result<(), StoreError> {
        // `REPLACE` would copy every page before it changes it.
        diesel::delete(job_days::table.find((&self.day, self.job_id))).execute(conn)?;
        diesel::insert_into(job_days::table).values(self).execute(conn)?;
        mark_stale(conn, &self.day)
    }

    /// Computes all days of a job from its runs, in the order in which they began.
    pub(in crate::db) fn all_of(job: JobId, zone: &Zone, runs: &[Counted]) -> Vec<Self> {
        runs.chunk_by(|a, b| zone.day(a.start()) == zone.day(b.start()))
            .filter_map(|group| Some(Self::of(job, zone.day(group.first()?.start()), group)))
            .collect()
    }
}

/// The totals of one job on one day for pages, which read thousands of them: the day is not kept as text.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = job_days)]
pub struct ServerDay {
    /// The day on the site's calendar.
    #[diesel(deserialize_as = DayText)]
    pub day: Day,
    /// The job.
    pub job_id: i64,
    /// The totals of the day's runs.
    #[diesel(embed)]
    pub totals: Totals,
}

/// Parses the text of a day. Damaged text becomes the default day, which no page shows.
#[derive(Debug, FromSqlRow)]
pub struct DayText(Day);

impl FromSql<Text, Sqlite> for DayText {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(value.read_text().parse().unwrap_or_default()))
    }
}

impl From<DayText> for Day {
    fn from(text: DayText) -> Self {
        text.0
    }
}

/// Recomputes a job's totals for the day that a time belongs to.
///
/// # Errors
///
/// Database errors.
pub fn refresh_job_day(tx: &mut Tx<'_>, zone: &Zone, job: JobRef, at: Timestamp) -> Result<(), StoreError> {
    let day = zone.day(at);
    let (start, end) = (zone.start(day), zone.start(day.plus(1)));
    let runs = Counted::between(tx.conn, job, start, end)?;
    if runs.is_empty() {
        diesel::delete(job_days::table.find((day.to_string(), job.id.0))).execute(tx.conn)?;
        mark_stale(tx.conn, &day.to_string())
    } else {
        JobDay::of(job.id, day, &runs).save(tx.conn)
    }
}

/// Returns a server's days from `first` on, of one job or of all, oldest first.
///
/// # Errors
///
/// Database errors.
pub fn server_days_since(
    conn: &mut Connection,
    server: ServerId,
    job: Option<JobId>,
    first: Option<Day>,
) -> Result<Vec<ServerDay>, StoreError> {
    let wanted: Vec<i64> = match job {
        Some(job) => vec![job.0],
        None => jobs::table.filter(jobs::server_id.eq(server.0)).select(jobs::id).load(conn)?,
    };
    let first = first.map_or_else(String::new, |day| day.to_string());
    let days = site_days::table.filter(site_days::day.ge(first)).select(site_days::day);
    Ok(job_days::table
        .filter(job_days::day.eq_any(days).and(job_days::job_id.eq_any(wanted)))
        .order((job_days::day, job_days::job_id))
        .select(ServerDay::as_select())
        .load(conn)?)
}

/// Recomputes the totals of all days from the runs, after a change of the site's time zone.
///
/// # Errors
///
/// Database errors.
pub fn rebuild(conn: &mut Connection, zone: &Zone) -> Result<(), StoreError> {
    diesel::delete(job_days::table).execute(conn)?;
    diesel::delete(site_days::table).execute(conn)?;
    let jobs: Vec<(i64, i64)> = jobs::table.select((jobs::server_id, jobs::id)).load(conn)?;
    for (server, job) in jobs {
        let job = JobRef { server: ServerId(server), id: JobId(job) };
        let runs = Counted::between(conn, job, Timestamp::MIN, Timestamp::MAX)?;
        store_job_days(conn, &JobDay::all_of(job.id, zone, &runs))?;
    }
    settle_site_days(conn)
}

/// Stores new days of a job and marks their site totals as stale.
pub(in crate::db) fn store_job_days(conn: &mut Connection, days: &[JobDay]) -> Result<(), StoreError> {
    for day in days {
        diesel::insert_into(job_days::table).values(day).execute(conn)?;
        mark_stale(conn, &day.day)?;
    }
    Ok(())
}

/// Returns the stored days of a job, oldest first.
///
/// # Errors
///
/// Database errors.
pub(in crate::db) fn of_job(conn: &mut Connection, job: JobId) -> Result<Vec<JobDay>, StoreError> {
    Ok(job_days::table
        .filter(job_days::day.eq_any(site_days::table.select(site_days::day)).and(job_days::job_id.eq(job.0)))
        .order(job_days::day)
        .select(JobDay::as_select())
        .load(conn)?)
}

/// Returns a job's number of runs and its uploaded bytes, summed over its days.
///
/// # Errors
///
/// Database errors.
pub fn job_totals(conn: &mut Connection, job: JobId) -> Result<(i64, i64), StoreError> {
    let rows: Vec<(i64, i64)> = job_days::table
        .filter(job_days::day.eq_any(site_days::table.select(site_days::day)).and(job_days::job_id.eq(job.0)))
        .select((job_days::runs, job_days::uploaded_size))
        .load(conn)?;
    Ok(rows.iter().fold((0, 0), |total: (i64, i64), row| (total.0 + row.0, total.1.saturating_add(row.1))))
}
