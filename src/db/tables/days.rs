//! Per-day totals. Always recomputed from the rows they sum up, never added to: a correction of a run, a duplicate or
//! a deletion cannot leave them wrong.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    dsl::exists,
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
    sqlite::Sqlite,
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

/// The columns of `site_days` from the rows of `job_days` of a day. SQLite's own `sum` fails beyond 64 bits, which two
/// absurd reports can reach: `total` does not, and the cast stops at the largest integer.
pub(in crate::db) const SITE_SUMS: &str =
    "day, sum(runs) AS runs, sum(successes) AS successes, sum(warnings) AS warnings,
    sum(failures) AS failures, sum(incomplete) AS incomplete, CAST(total(uploaded_size) AS BIGINT) AS uploaded_size";

/// Totals of one job on one day, as they are stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = job_days)]
pub struct JobDay {
    /// The day on the site's calendar.
    #[diesel(deserialize_as = LossyText)]
    pub day: String,
    /// The job.
    pub job_id: i64,
    /// What its runs of that day sum up to.
    #[diesel(embed)]
    pub totals: Totals,
}

impl JobDay {
    /// Sums up runs in the order in which they began.
    pub fn of(job: JobId, day: Day, runs: &[Counted]) -> Self {
        Self { day: day.to_string(), job_id: job.0, totals: Totals::of(runs) }
    }

    /// Stores it in place of what is stored of the same job and day.
    ///
    /// # Errors
    /// When the database refuses.
    pub(in crate::db) fn save(&self, conn: &mut Connection) -> Result<(), StoreError> {
        // `REPLACE` would copy every page before it changes it.
        diesel::delete(job_days::table.find((&self.day, self.job_id))).execute(conn)?;
        diesel::insert_into(job_days::table).values(self).execute(conn)?;
        mark_stale(conn, &self.day)
    }

    /// The days of a job from all of its runs, in the order in which they began.
    pub(in crate::db) fn all_of(job: JobId, zone: &Zone, runs: &[Counted]) -> Vec<Self> {
        runs.chunk_by(|a, b| zone.day(a.start()) == zone.day(b.start()))
            .filter_map(|group| Some(Self::of(job, zone.day(group.first()?.start()), group)))
            .collect()
    }
}

/// Totals of one job on one day, as pages read them: thousands of rows, whose days are not kept as text.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = job_days)]
pub struct ServerDay {
    /// The day on the site's calendar.
    #[diesel(deserialize_as = DayText)]
    pub day: Day,
    /// The job.
    pub job_id: i64,
    /// What its runs of that day sum up to.
    #[diesel(embed)]
    pub totals: Totals,
}

/// The text of a day; what is damaged counts as the first of all days, which no page shows.
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

/// Recomputes a job's totals for the day to which a time belongs.
///
/// # Errors
/// When the database refuses.
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

/// Notes that the totals over all jobs of a day changed. Mostly that is known, and asking is cheaper than writing.
pub(in crate::db) fn mark_stale(conn: &mut Connection, day: &str) -> Result<(), StoreError> {
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
        "INSERT INTO site_days (day, runs, successes, warnings, failures, incomplete, uploaded_size)
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
    /// Stopped, skipped, partial or unknown.
    pub incomplete: i64,
    /// Bytes uploaded.
    pub uploaded_size: i64,
}

impl SiteDayRow {
    /// Runs, without rehearsals.
    pub fn backups(&self) -> i64 {
        self.successes
            .saturating_add(self.warnings)
            .saturating_add(self.failures)
            .saturating_add(self.incomplete)
    }
}

/// The days from `first` on, oldest first; days without runs are absent.
///
/// # Errors
/// When the database refuses.
pub fn site_days_since(conn: &mut Connection, first: Day) -> Result<Vec<SiteDayRow>, StoreError> {
    let first = first.to_string();
    Ok(diesel::sql_query(format!(
        "SELECT day, runs, successes, warnings, failures, incomplete, uploaded_size
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

/// Sizes that a job's runs of a day left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = job_days)]
pub struct LevelDay {
    /// The day on the site's calendar.
    #[diesel(deserialize_as = DayText)]
    pub day: Day,
    /// The job.
    pub job_id: i64,
    /// Bytes of source data.
    pub files_size: Option<i64>,
    /// Bytes at the destination.
    pub storage_size: Option<i64>,
}

/// The sizes of all jobs from a day on, oldest first; days of which no run says any are absent.
///
/// # Errors
/// When the database refuses.
pub fn levels_since(conn: &mut Connection, first: Day) -> Result<Vec<LevelDay>, StoreError> {
    let says = job_days::files_size.is_not_null().or(job_days::storage_size.is_not_null());
    Ok(job_days::table
        .filter(job_days::day.ge(first.to_string()).and(says))
        .order((job_days::day, job_days::job_id))
        .select(LevelDay::as_select())
        .load(conn)?)
}

/// What was known of jobs before a day: the last of each figure. A job that only runs once a month stands with it in sums over
/// several.
///
/// # Errors
/// When the database refuses.
pub fn levels_before(
    conn: &mut Connection,
    jobs: &[i64],
    day: Day,
) -> Result<Vec<(i64, Totals)>, StoreError> {
    #[derive(QueryableByName)]
    struct Levels {
        #[diesel(sql_type = Nullable<BigInt>)]
        files_count: Option<i64>,
        #[diesel(sql_type = Nullable<BigInt>)]
        files_size: Option<i64>,
        #[diesel(sql_type = Nullable<BigInt>)]
        storage_size: Option<i64>,
        #[diesel(sql_type = Nullable<BigInt>)]
        versions: Option<i64>,
    }
    // From day to day, backwards: mostly one step, or as many as lie between two runs.
    let fields = ["files_count", "files_size", "storage_size", "versions"].map(|field| {
        format!(
            "(SELECT known.{field} FROM site_days AS day
              CROSS JOIN job_days AS known ON known.day = day.day AND known.job_id = ?1
              WHERE day.day < ?2 AND known.{field} IS NOT NULL ORDER BY day.day DESC LIMIT 1) AS {field}"
        )
    });
    let sql = format!("SELECT {}", fields.join(", "));
    let mut all = Vec::with_capacity(jobs.len());
    for job in jobs {
        let levels: Levels = diesel::sql_query(&sql)
            .bind::<BigInt, _>(job)
            .bind::<Text, _>(day.to_string())
            .get_result(conn)?;
        let Levels { files_count, files_size, storage_size, versions } = levels;
        all.push((*job, Totals { files_count, files_size, storage_size, versions, ..Totals::default() }));
    }
    Ok(all)
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
        let runs = Counted::between(conn, job, Timestamp::MIN, Timestamp::MAX)?;
        store_job_days(conn, &JobDay::all_of(job.id, zone, &runs))?;
    }
    settle_site_days(conn)
}

/// Stores days of a job that are not stored, and marks them as changed.
pub(in crate::db) fn store_job_days(conn: &mut Connection, days: &[JobDay]) -> Result<(), StoreError> {
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
pub(in crate::db) fn of_job(conn: &mut Connection, job: JobId) -> Result<Vec<JobDay>, StoreError> {
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
