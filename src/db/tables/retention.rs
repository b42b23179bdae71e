//! Old runs: which ones may go, and their deletion in steps for which nobody waits long.

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

/// Runs that began before a time.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Extent {
    /// How many.
    pub runs: i64,
    /// When the first of them began; none when there are none.
    pub oldest: Option<String>,
    /// When the last of them began.
    pub newest: Option<String>,
}

/// What each job has from before a time, read from the index by time.
///
/// # Errors
/// When the database refuses.
pub fn extents(conn: &mut Connection, before: Timestamp) -> Result<HashMap<i64, Extent>, StoreError> {
    let rows: Vec<(i64, Extent)> = backups::table
        .filter(backups::start_time.lt(before.to_string()))
        .group_by(backups::job_id)
        .select((backups::job_id, (count_star(), min(backups::start_time), max(backups::start_time))))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The same of one job, without the runs that stay.
///
/// # Errors
/// When the database refuses.
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

/// When the first of a job's last `keep` runs began; none when it does not have so many.
///
/// # Errors
/// When the database refuses.
pub fn first_of_last(conn: &mut Connection, job: JobRef, keep: i64) -> Result<Option<String>, StoreError> {
    Ok(of_job(job)
        .order(backups::start_time.desc())
        .offset(keep - 1)
        .limit(1)
        .select(backups::start_time)
        .first(conn)
        .optional()?)
}

/// A run as far as its age matters.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct RunAge {
    /// Its id.
    pub id: i64,
    /// When it began.
    pub start: String,
    /// Its job.
    pub job: i64,
}

/// Up to `limit` runs of all jobs that began before a time, oldest first, after the one that was read last.
///
/// # Errors
/// When the database refuses.
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

/// What [`delete_aged`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeletedByAge {
    /// How many of the runs were looked at: one at least.
    pub looked_at: usize,
    /// How many of these were deleted.
    pub runs: i64,
}

/// Deletes runs in the order in which they are given, oldest first, until the time is up, and brings all totals and
/// summaries up to date. A run stays when it belongs to another job by now, or must stay whatever the rule ([`ProtectedRuns`]).
/// Runs that began on the same day lie beside each other in the file, which is why they go together.
///
/// # Errors
/// When the database refuses.
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
    /// The job before anything was deleted.
    known: JobRecord,
    protected_runs: ProtectedRuns,
    /// When the last of them began.
    newest: Timestamp,
    runs: i64,
    uploaded: i64,
}

impl DeletedRuns {
    /// Nothing so far; none when the job is gone.
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

    /// Deletes a run, unless it must stay, or is not this job's any more. Whether it did.
    fn take(&mut self, conn: &mut Connection, run: &RunAge, at: Timestamp) -> Result<bool, StoreError> {
        if self.protected_runs.has(conn, run.id, at)? {
            return Ok(false);
        }
        // By the rule for this job, and no other: another file may be in the place of this one, too.
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

    /// Brings the job's summary up to date: two of its numbers, when all others come from younger runs.
    fn leave(&self, conn: &mut Connection) -> Result<(), StoreError> {
        if self.runs == 0 {
            return Ok(());
        }
        let (job, known) = (self.known.job_ref(), &self.known.summary);
        // A sum that reached the largest number says nothing about its parts.
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

/// Deletes up to `limit` of a job's oldest runs that began before a time, or fewer when the time is up, and brings its
/// totals, its summary and the site's days up to date. Their raw reports and notifications go with them, and no run must
/// stay: this is for jobs that go as a whole.
///
/// # Errors
/// When the database refuses.
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
    // A time that cannot be read belongs to the first of all days, as it did when the totals were made.
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

/// After a job's oldest runs went, from the first to the last of them: its days before that of the last one have no runs
/// left, that day may have.
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

/// Gives up to `pages` free pages back to the file system; says how many are still free. A file without incremental
/// vacuum keeps them for what comes.
///
/// # Errors
/// When the database refuses.
pub fn return_pages(tx: &mut Tx<'_>, pages: i64) -> Result<i64, StoreError> {
    tx.conn.batch_execute(&format!("PRAGMA incremental_vacuum({pages})"))?;
    free_pages(tx.conn)
}

/// Pages that nothing uses.
///
/// # Errors
/// When the file cannot be read.
pub fn free_pages(conn: &mut Connection) -> Result<i64, StoreError> {
    pragma(conn, "freelist_count")
}
