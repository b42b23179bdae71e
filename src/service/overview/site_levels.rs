//! What all jobs had on each of the last days: the small lines beside the totals of the dashboard.
//!
//! Past days hardly change, and every open dashboard asks: they are read once a minute.

use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
};

use super::levels::levels;
use crate::{
    chart::{Buckets, Series},
    db::{
        Connection, StoreError,
        tables::{
            days::{self, LevelDay},
            jobs::JobRecord,
            totals::Totals,
        },
    },
    time::{Day, Timestamp},
};

/// How long they hold: seconds.
const HOLDS: i64 = 60;
/// Days that are read before the first one that is shown: jobs that run once a week are found in them.
const LEAD: i64 = 7;

/// Levels of all jobs together at the end of each day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::service) struct Levels {
    /// Bytes of source data.
    pub(in crate::service) source: Series,
    /// Bytes at the destinations.
    pub(in crate::service) stored: Series,
}

/// What was read last, and when.
#[derive(Debug, Default)]
pub struct SiteLevels(Mutex<Option<(Timestamp, Day, usize, Levels)>>);

impl SiteLevels {
    /// The levels of the days from `first` to `today`.
    ///
    /// # Errors
    /// When the database refuses.
    pub(in crate::service) fn of<'j>(
        &self,
        conn: &mut Connection,
        jobs: impl Iterator<Item = &'j JobRecord> + Clone,
        (first, today): (Day, Day),
        now: Timestamp,
    ) -> Result<Levels, StoreError> {
        let count = jobs.clone().count();
        let holds = |(at, day, jobs, _): &&(Timestamp, Day, usize, Levels)| {
            *day == today && *jobs == count && (0..HOLDS).contains(&now.since(*at))
        };
        let kept = self.0.lock().ok().and_then(|kept| kept.as_ref().filter(holds).map(|kept| kept.3.clone()));
        if let Some(levels) = kept {
            return Ok(levels);
        }
        let levels = read(conn, jobs, (first, today))?;
        if let Ok(mut kept) = self.0.lock() {
            *kept = Some((now, today, count, levels.clone()));
        }
        Ok(levels)
    }
}

/// A job without a run in the range: its id, and the size of its source and of what it has stored.
type Silent = (i64, Option<i64>, Option<i64>);

fn read<'j>(
    conn: &mut Connection,
    jobs: impl Iterator<Item = &'j JobRecord> + Clone,
    (first, today): (Day, Day),
) -> Result<Levels, StoreError> {
    let lead = first.plus(-LEAD);
    let rows = days::levels_since(conn, lead)?;
    let mut first_of: HashMap<i64, Day> = HashMap::new();
    for row in &rows {
        first_of.entry(row.job_id).or_insert(row.day);
    }
    // Before its first row a job had something else, which has to be looked for; without a row it has what it had.
    let unknown: Vec<i64> = first_of.iter().filter(|(_, day)| **day > first).map(|(job, _)| *job).collect();
    let looked_for = days::levels_before(conn, &unknown, lead)?;
    let found: HashSet<i64> = first_of.keys().copied().collect();
    let silent = jobs.filter(|job| !found.contains(&job.id));
    let silent: Vec<Silent> =
        silent.map(|job| (job.id, job.summary.files_size, job.summary.storage_size)).collect();
    let series = |level: fn(&LevelDay) -> Option<i64>, before: Vec<(i64, Option<i64>)>| {
        let mut known = before.iter().filter_map(|(_, level)| *level).reduce(i64::saturating_add);
        let rows = rows.iter().map(|row| (row.day, row.job_id, level(row)));
        let days = levels(Buckets::covering(first, today), rows, before);
        // A day on which no job ran ends as it began.
        let carried = days.into_iter().map(|day| {
            known = day.or(known);
            known
        });
        carried.collect()
    };
    let before = |known: fn(&Totals) -> Option<i64>, now: fn(&Silent) -> Option<i64>| {
        let looked_for = looked_for.iter().map(|(job, totals)| (*job, known(totals)));
        looked_for.chain(silent.iter().map(|job| (job.0, now(job)))).collect::<Vec<_>>()
    };
    Ok(Levels {
        source: series(|row| row.files_size, before(|totals| totals.files_size, |job| job.1)),
        stored: series(|row| row.storage_size, before(|totals| totals.storage_size, |job| job.2)),
    })
}
