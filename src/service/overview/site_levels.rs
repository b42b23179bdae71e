//! What all jobs had on each of the last days: the small lines beside the totals of the dashboard.
//!
//! Past days hardly change, and every open dashboard asks: they are read once a minute. Where there are many jobs they are read
//! seldom, and beside what is asked for: until they are known no line is shown.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use super::levels::LevelSum;
use crate::{
    chart::{Buckets, Series},
    db::{
        Connection, StoreError,
        tables::{days, jobs, totals::Totals},
    },
    time::{Day, Timestamp},
};

/// How long they hold: seconds.
const HOLDS: i64 = 60;
/// The same where there are many jobs.
const HOLDS_LONG: i64 = 1800;
/// So many jobs are many.
pub(in crate::service) const MANY_JOBS: i64 = 5000;
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

/// What was read last.
#[derive(Debug)]
struct Kept {
    at: Timestamp,
    day: Day,
    jobs: i64,
    levels: Levels,
}

/// What was read last, and whether it is being read.
#[derive(Debug, Default)]
pub struct SiteLevels {
    kept: Mutex<Option<Kept>>,
    is_reading: AtomicBool,
}

impl SiteLevels {
    /// The levels of the days up to `today`, and whether they have to be [read](Self::refresh) once more beside this.
    ///
    /// # Errors
    /// Database errors.
    pub(in crate::service) fn of(
        &self,
        conn: &mut Connection,
        jobs: i64,
        today: Day,
        now: Timestamp,
    ) -> Result<(Levels, bool), StoreError> {
        let is_large = jobs > MANY_JOBS;
        let kept = self.kept.lock().ok().and_then(|kept| {
            let kept = kept.as_ref().filter(|kept| kept.day == today)?;
            let age = now.since(kept.at);
            let holds = match is_large {
                true => (0..HOLDS_LONG).contains(&age),
                false => (0..HOLDS).contains(&age) && kept.jobs == jobs,
            };
            Some((kept.levels.clone(), holds))
        });
        match kept {
            Some((levels, true)) => Ok((levels, false)),
            _ if !is_large => {
                self.read(conn, jobs, today, now)?;
                self.of_kept().map(|levels| (levels, false))
            }
            stale => {
                let has_to_read = !self.is_reading.swap(true, Ordering::AcqRel);
                Ok((stale.map(|(levels, _)| levels).unwrap_or_default(), has_to_read))
            }
        }
    }

    fn of_kept(&self) -> Result<Levels, StoreError> {
        Ok(self.kept.lock().ok().and_then(|kept| Some(kept.as_ref()?.levels.clone())).unwrap_or_default())
    }

    /// Reads them: for who was told to do so.
    ///
    /// # Errors
    /// Database errors.
    pub(in crate::service) fn refresh(
        &self,
        conn: &mut Connection,
        jobs: i64,
        today: Day,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let result = self.read(conn, jobs, today, now);
        self.is_reading.store(false, Ordering::Release);
        result
    }

    fn read(&self, conn: &mut Connection, jobs: i64, today: Day, now: Timestamp) -> Result<(), StoreError> {
        let levels = read(conn, (today.plus(-29), today))?;
        if let Ok(mut kept) = self.kept.lock() {
            *kept = Some(Kept { at: now, day: today, jobs, levels });
        }
        Ok(())
    }
}

fn read(conn: &mut Connection, (first, today): (Day, Day)) -> Result<Levels, StoreError> {
    let lead = first.plus(-LEAD);
    let mut first_of: HashMap<i64, Day> = HashMap::new();
    days::each_level_since(conn, lead, |row| {
        first_of.entry(row.job_id).or_insert(row.day);
    })?;
    // Before its first row a job had something else, which has to be looked for; without a row it has what it had.
    let unknown: Vec<i64> = first_of.iter().filter(|(_, day)| **day > first).map(|(job, _)| *job).collect();
    let looked_for = days::levels_before(conn, &unknown, lead)?;
    let mut silent = jobs::sizes(conn)?;
    silent.retain(|(job, ..)| !first_of.contains_key(job));
    drop(first_of);
    let before = |known: fn(&Totals) -> Option<i64>, now: fn(&jobs::Sizes) -> Option<i64>| {
        let looked_for = looked_for.iter().map(|(job, totals)| (*job, known(totals)));
        looked_for.chain(silent.iter().map(|job| (job.0, now(job)))).collect::<Vec<_>>()
    };
    let source = before(|totals| totals.files_size, |job| job.1);
    let stored = before(|totals| totals.storage_size, |job| job.2);
    let start = |before: &[(i64, Option<i64>)]| {
        before.iter().filter_map(|(_, level)| *level).reduce(i64::saturating_add)
    };
    let (source_start, stored_start) = (start(&source), start(&stored));
    let buckets = Buckets::covering(first, today);
    let (mut source, mut stored) = (LevelSum::new(buckets, source), LevelSum::new(buckets, stored));
    days::each_level_since(conn, lead, |row| {
        source.add(row.day, row.job_id, row.files_size);
        stored.add(row.day, row.job_id, row.storage_size);
    })?;
    // A day on which no job ran ends as it began.
    let carried = |series: Series, mut known: Option<i64>| -> Series {
        let carry = |day: Option<i64>| {
            known = day.or(known);
            known
        };
        series.into_iter().map(carry).collect()
    };
    Ok(Levels { source: carried(source.end(), source_start), stored: carried(stored.end(), stored_start) })
}
