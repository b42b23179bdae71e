//! Statistics and trends of a server or a job, from the per-day totals.

use super::{
    statistics::statistics,
    trends::{calendar, trends},
};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            days,
            jobs::{self, JobRecord},
            run_lists,
        },
    },
    dto::server::{Range, Statistics, Trends},
    ids::{JobId, ServerId},
    time::{Day, Timestamp},
    zone::Zone,
};

/// Days of the calendar: 53 whole weeks.
pub(super) const CALENDAR_DAYS: i64 = 371;

/// By which clock and calendars a page is made.
pub(super) struct View {
    /// The reader's.
    pub zone: Zone,
    /// The site's, by which days were summed up.
    pub site: Zone,
    /// The time.
    pub now: Timestamp,
    /// The site's day.
    pub today: Day,
}

/// The figures of some jobs of a server over a range. `job` is the one whose figures they are, if it is not all; `missed` is when expected
/// runs did not come.
pub(super) fn figures(
    conn: &mut Connection,
    view: &View,
    (server, job, range): (ServerId, Option<JobId>, Range),
    chosen: &[&JobRecord],
    missed: impl Iterator<Item = Timestamp>,
    name_of: impl Fn(i64) -> String,
) -> Result<(Statistics, Trends), StoreError> {
    let View { zone, site, today, .. } = view;
    let today = *today;
    let calendar_first = today.plus(1 - CALENDAR_DAYS);
    let first = range.days().map(|days| today.plus(1 - days));
    let all_days = days::server_days_since(conn, server, job, first.map(|day| day.min(calendar_first)))?;
    // Oldest first.
    let before = first.map_or(0, |first| all_days.partition_point(|row| row.day < first));
    let in_range = all_days.get(before..).unwrap_or_default();
    let ids: Vec<i64> = chosen.iter().map(|job| job.id).collect();
    let known = match first {
        Some(first) => days::levels_before(conn, &ids, first)?,
        None => Vec::new(),
    };
    let first = first.or_else(|| in_range.first().map(|row| row.day)).unwrap_or(today);
    let trends = Trends {
        calendar: calendar(calendar_first, today, &all_days, missed.map(|at| site.day(at))),
        first_run: jobs::time(run_lists::first_start(conn, server, job)?.as_deref()).map(|at| site.day(at)),
        ..trends(first, today, in_range, &known, name_of)
    };
    Ok((statistics(zone, chosen, in_range), trends))
}
