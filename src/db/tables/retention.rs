//! Finds old runs that may be deleted, and deletes them in short steps, so that other writes do not wait long.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, btree_map::Entry},
    time::Instant,
};

use diesel::{
    connection::SimpleConnection as _,
    dsl::{count_star, exists, max, min},
    prelude::*,
};

use super::{
    days,
    jobs::{self, JobRecord},
    protected_runs::{ProtectedRuns, first_shown},
    runs::of_job,
};
use crate::{
    db::{
        Connection, StoreError, StoreErrorKind, Tx,
        engine::{connection::pragma, lossy_text::LossyText},
        schema::{backups, job_days, jobs as job_rows, site_days},
    },
    ids::{JobId, JobRef},
    outcome::RunOutcome,
    time::Timestamp,
    zone::Zone,
};

/// The runs of a job that began before a time.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Extent {
    /// Their number.
    pub runs: i64,
    /// When the first of them began; `None` if there are none.
    pub oldest: Option<String>,
    /// When the last of them began.
    pub newest: Option<String>,
}

/// Returns the runs of each job from before a time, using the index by time.
///
/// # Errors
///
/// Database errors.
pub fn extents(conn: &mut Connection, before: Timestamp) -> Result<HashMap<i64, Extent>, StoreError> {
    let rows: Vec<(i64, Extent)> = backups::table
        .filter(backups::start_time.lt(before.to_string()))
        .group_by(backups::job_id)
        .select((backups::job_id, (count_star(), min(backups::start_time), max(backups::start_time))))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// Returns the runs of one job from before a time, without those in `stay`.
///
/// # Errors
///
/// Database errors.
pub fn extent(
    conn: &mut Connection,
    job: JobRef,
    before: &str,
    stay: &BTreeSet<i64>,
) -> Result<Extent, StoreError> {
    Ok(of_job(job)
        .filter(backups::start_time.lt(before.to_owned()))
        .filter(backups::id.ne_all(stay.iter().copied()))
        .select((count_star(), min(backups::start_time), max(backups::start_time)))
        .first(conn)?)
}

/// Returns when the first of a job's last `keep` runs began; `None` if it has fewer.
///
/// # Errors
///
/// Database errors.
pub fn first_of_last(conn: &mut Connection, job: JobRef, keep: i64) -> Result<Option<String>, StoreError> {
    Ok(of_job(job)
        .order(backups::start_time.desc())
        .offset(keep - 1)
        .limit(1)
        .select(backups::start_time)
        .first(conn)
        .optional()?)
}

/// A run, with the columns that clean-up needs.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct RunAge {
    /// Its id.
    pub id: i64,
    /// When it began.
    pub start: String,
    /// Its job.
    pub job: i64,
}

/// Returns up to `limit` runs of all jobs that began before a time, oldest first, starting after `after`.
///
/// # Errors
///
/// Database errors.
pub fn oldest(
    conn: &mut Connection,
    after: Option<&RunAge>,
    before: &str,
    limit: i64,
) -> Result<Vec<RunAge>, StoreError> {
    let (start, job) = after.map_or((String::new(), 0), |run| (run.start.clone(), run.job));
    Ok(backups::table
        .filter(backups::start_time.ge(start.clone()).and(backups::start_time.lt(before.to_owned())))
        .filter(backups::start_time.gt(start).or(backups::job_id.gt(job)))
        .order((backups::start_time, backups::job_id))
        .limit(limit)
        .select((backups::id, backups::start_time, backups::job_id))
        .load(conn)?)
}

/// The result of [`delete_aged`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeletedByAge {
    /// Number of runs processed, at least one.
    pub looked_at: usize,
    /// Number of runs deleted.
    pub runs: i64,
}

/// Deletes runs in the given order, oldest first, until the time limit is reached, and updates all totals and summaries. A run
/// is kept if it now belongs to another job, or is protected ([`ProtectedRuns`]). Runs of the same day are stored next to each
/// other in the file, which is why they are deleted together.
///
/// # Errors
///
/// Database errors.
pub fn delete_aged(
    tx: &mut Tx<'_>,
    zone: &Zone,
    runs: &[RunAge],
    until: Instant,
) -> Result<DeletedByAge, StoreError> {
    let mut days_of: BTreeMap<(i64, String), (JobRef, Timestamp)> = BTreeMap::new();
    let mut jobs_of: BTreeMap<i64, Option<DeletedRuns>> = BTreeMap::new();
    let mut done = DeletedByAge::default();
    for run in runs {
        done.looked_at += 1;
        let gone = match jobs_of.entry(run.job) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(DeletedRuns::of(tx.conn, run.job)?),
        };
        let at = run.start.parse().unwrap_or_default();
        if let Some(gone) = gone
            && gone.take(tx.conn, run, at)?
        {
            days_of.entry((run.job, zone.day(at).to_string())).or_insert((gone.known.job_ref(), at));
            done.runs += 1;
        }
        if Instant::now() >= until {
            break;
        }
    }
    for (job, at) in days_of.into_values() {
        days::refresh_job_day(tx, zone, job, at)?;
    }
    for gone in jobs_of.into_values().flatten() {
        gone.leave(tx.conn)?;
    }
    Ok(done)
}

/// What was deleted of a job.
struct DeletedRuns {
    /// The job before the deletion.
    known: JobRecord,
    protected_runs: ProtectedRuns,
    /// When the last of the deleted runs began.
    newest: Timestamp,
    runs: i64,
    uploaded: i64,
}

impl DeletedRuns {
    /// Starts with no deleted runs; `None` if the job no longer exists.
    fn of(conn: &mut Connection, job: i64) -> Result<Option<Self>, StoreError> {
        let known = match jobs::find(conn, JobId(job)) {
            Err(error) if error.kind == StoreErrorKind::NotFound => None,
            known => Some(known?),
        };
        Ok(known.map(|known| {
            let protected_runs = ProtectedRuns::of(known.job_ref(), &known.summary);
            Self { known, protected_runs, newest: Timestamp::MIN, runs: 0, uploaded: 0 }
        }))
    }

    /// Deletes a run unless it is protected or no longer belongs to this job. Returns whether it was deleted.
    fn take(&mut self, conn: &mut Connection, run: &RunAge, at: Timestamp) -> Result<bool, StoreError> {
        if self.protected_runs.has(conn, run.id, at)? {
            return Ok(false);
        }
        // The run must be unchanged: it may have moved to another job, or the whole database may have been replaced.
        let same = backups::table
            .find(run.id)
            .filter(backups::job_id.eq(run.job))
            .filter(backups::start_time.eq(&run.start));
        let gone: Option<(Option<i64>, LossyText)> = diesel::delete(same)
            .returning((backups::uploaded_size, backups::outcome))
            .get_result(conn)
            .optional()?;
        let Some((uploaded, outcome)) = gone else { return Ok(false) };
        let outcome: RunOutcome = outcome.as_str().parse().unwrap_or_default();
        self.newest = self.newest.max(at);
        self.runs += 1;
        self.uploaded = self.uploaded.saturating_add(outcome.uploaded(uploaded));
        Ok(true)
    }

    /// Updates the job's summary. If all its other figures come from younger runs, only two numbers change.
    fn leave(&self, conn: &mut Connection) -> Result<(), StoreError> {
        if self.runs == 0 {
            return Ok(());
        }
        let (job, known) = (self.known.job_ref(), &self.known.summary);
        // From a saturated sum nothing can be subtracted.
        let is_out_of_sight =
            first_shown(known).is_some_and(|first| self.newest < first) && known.uploaded_total < i64::MAX;
        if is_out_of_sight {
            diesel::update(job_rows::table.find(job.id.0))
                .set((
                    job_rows::run_count.eq(known.run_count - self.runs),
                    job_rows::uploaded_total.eq(known.uploaded_total - self.uploaded),
                ))
                .execute(conn)?;
            return Ok(());
        }
        jobs::refresh(conn, job)
    }
}

/// Deletes up to `limit` of a job's oldest runs that began before a time, or fewer if the time limit is reached, and updates
/// totals, summary and the site's days. Raw reports and notifications of the runs are deleted as well. Does not respect
/// protected runs: for jobs that are deleted as a whole.
///
/// # Errors
///
/// Database errors.
pub fn delete_runs(
    tx: &mut Tx<'_>,
    zone: &Zone,
    job: JobRef,
    before: &str,
    limit: i64,
    until: Instant,
) -> Result<i64, StoreError> {
    let oldest: Vec<(i64, String)> = of_job(job)
        .filter(backups::start_time.lt(before.to_owned()))
        .order(backups::start_time)
        .limit(limit)
        .select((backups::id, backups::start_time))
        .load(tx.conn)?;
    let mut deleted = 0;
    // Unreadable times belong to the default day, as they did when the totals were computed.
    let at = |text: &str| text.parse::<Timestamp>().unwrap_or_default();
    let mut last = None;
    for (id, start) in &oldest {
        diesel::delete(backups::table.find(id)).execute(tx.conn)?;
        deleted += 1;
        last = Some(start);
        if Instant::now() >= until {
            break;
        }
    }
    if let (Some((_, first)), Some(last)) = (oldest.first(), last) {
        forget_days(tx, zone, job, at(first), at(last))?;
        jobs::refresh(tx.conn, job)?;
    }
    Ok(deleted)
}

/// Updates the days after a job's oldest runs were deleted, from `first` to the last deleted one: only the last of these days
/// may have runs left.
pub(in crate::db) fn forget_days(
    tx: &mut Tx<'_>,
    zone: &Zone,
    job: JobRef,
    first: Timestamp,
    last: Timestamp,
) -> Result<(), StoreError> {
    let (from, to) = (zone.day(first).to_string(), zone.day(last).to_string());
    let emptied = site_days::day.ge(from).and(site_days::day.lt(to));
    let of_job = job_days::table.filter(job_days::day.eq(site_days::day).and(job_days::job_id.eq(job.id.0)));
    diesel::update(site_days::table.filter(emptied.clone()).filter(exists(of_job)))
        .set(site_days::stale.eq(true))
        .execute(tx.conn)?;
    let days = site_days::table.filter(emptied).select(site_days::day);
    diesel::delete(job_days::table.filter(job_days::day.eq_any(days).and(job_days::job_id.eq(job.id.0))))
        .execute(tx.conn)?;
    days::refresh_job_day(tx, zone, job, last)
}

/// Returns up to `pages` free pages to the file system, and returns how many are still free. Without incremental vacuum the
/// file keeps them.
///
/// # Errors
///
/// Database errors.
pub fn return_pages(tx: &mut Tx<'_>, pages: i64) -> Result<i64, StoreError> {
    tx.conn.batch_execute(&format!("PRAGMA incremental_vacuum({pages})"))?;
    free_pages(tx.conn)
}

/// Returns the number of free pages.
///
/// # Errors
///
/// If the file cannot be read.
pub fn free_pages(conn: &mut Connection) -> Result<i64, StoreError> {
    pragma(conn, "freelist_count")
}
