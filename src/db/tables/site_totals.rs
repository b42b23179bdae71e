//! Daily totals over all jobs. A report marks its day as stale; stale days are summed up again from their jobs.

use diesel::{dsl::exists, prelude::*, sql_types::Text};

use crate::{
    db::{Connection, StoreError, schema::site_days},
    time::Day,
};

/// The columns of `site_days`, computed from the rows of `job_days` of a day. SQLite's `sum` fails beyond 64 bits,
/// which two absurd reports can reach; `total` does not, and the cast saturates.
pub(in crate::db) const SITE_SUMS: &str =
    "day, sum(runs) AS runs, sum(successes) AS successes, sum(warnings) AS warnings,
    sum(failures) AS failures, sum(incomplete) AS incomplete, CAST(total(uploaded_size) AS BIGINT) AS uploaded_size";

/// Marks the totals of a day as stale. Usually they already are, and the query is cheaper than a write.
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

/// Recomputes and stores the totals of one day.
///
/// # Errors
///
/// Database errors.
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

/// Returns the days whose totals are stale.
///
/// # Errors
///
/// Database errors.
pub fn stale_site_days(conn: &mut Connection) -> Result<Vec<String>, StoreError> {
    Ok(site_days::table.filter(site_days::stale).select(site_days::day).load(conn)?)
}

/// Recomputes and stores the totals of all stale days.
///
/// # Errors
///
/// Database errors.
pub fn settle_site_days(conn: &mut Connection) -> Result<(), StoreError> {
    let stale = stale_site_days(conn)?;
    settle(conn, &stale)
}

/// Recomputes and stores the totals of these days.
///
/// # Errors
///
/// Database errors.
pub fn settle(conn: &mut Connection, days: &[String]) -> Result<(), StoreError> {
    days.iter().try_for_each(|day| refresh_site_day(conn, day))
}

/// The totals of a day over all jobs.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
#[diesel(table_name = site_days)]
pub struct SiteDayRow {
    /// The day on the site's calendar.
    pub day: String,
    /// Number of runs.
    pub runs: i64,
    /// Good runs without warnings.
    pub successes: i64,
    /// Good runs with warnings.
    pub warnings: i64,
    /// Failed runs.
    pub failures: i64,
    /// Stopped, skipped, partial and unknown runs.
    pub incomplete: i64,
    /// Bytes uploaded.
    pub uploaded_size: i64,
}

impl SiteDayRow {
    /// Returns the number of runs without dry runs.
    pub fn backups(&self) -> i64 {
        self.successes
            .saturating_add(self.warnings)
            .saturating_add(self.failures)
            .saturating_add(self.incomplete)
    }
}

/// Returns the days from `first` on, oldest first. Days without runs are left out.
///
/// # Errors
///
/// Database errors.
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

/// The same as they were stored last: at most a minute ago. Costs the same however many jobs there are.
///
/// # Errors
/// Database errors.
pub fn settled_since(conn: &mut Connection, first: Day) -> Result<Vec<SiteDayRow>, StoreError> {
    Ok(diesel::sql_query(
        "SELECT day, runs, successes, warnings, failures, incomplete, uploaded_size
         FROM site_days WHERE day >= ? ORDER BY day",
    )
    .bind::<Text, _>(first.to_string())
    .load(conn)?)
}
