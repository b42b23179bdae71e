//! Decides whether two reports are about the same run: how a duplicate of a known run is found, and which differences rule
//! that out.

use diesel::prelude::*;

use super::runs::{RunRecord, of_job};
use crate::{
    db::{Connection, StoreError, schema::backups},
    ids::{JobId, JobRef},
    time::Timestamp,
};

/// Maximum number of runs compared to find a duplicate, so that the cost of a report is constant.
const CANDIDATES: i64 = 20;
/// Number of seconds after a begin that are tried one by one to find a free one.
const NEAR: i64 = 8;
/// Range around a begin, in seconds, in which a free second is searched.
const HOUR: i64 = 3600;

/// Returns whether both are known and differ.
fn differ<T: PartialEq>(a: &Option<T>, b: &Option<T>) -> bool {
    matches!((a, b), (Some(a), Some(b)) if a != b)
}

macro_rules! any_differ {
    ($a:expr, $b:expr; $($field:ident)*) => { false $(|| differ(&$a.$field, &$b.$field))* };
}

impl RunRecord {
    /// Returns whether two reports with the same begin are of different runs: both have ended, and their source figures
    /// differ. Figures of the destination, result and warnings may differ, because a report can be sent before the last
    /// step of a run.
    pub fn contradicts(&self, other: &Self) -> bool {
        self.end_time.is_some()
            && other.end_time.is_some()
            && any_differ!(self, other; files_count files_size opened_files opened_size added_files added_size modified_files
                modified_size deleted_files)
    }

    /// Returns whether two reports without a begin are of different runs: any figure that both have differs.
    pub fn is_unlike(&self, other: &Self) -> bool {
        self.status != other.status
            || self.begin_text != other.begin_text
            || cause(self.exception.as_deref()) != cause(other.exception.as_deref())
            || any_differ!(self, other; duration files_count files_size storage_size uploaded_size versions warnings_count
                errors_count messages_count opened_files opened_size added_files added_size modified_files
                modified_size deleted_files added_folders modified_folders deleted_folders not_processed_files
                too_large_files files_with_error downloaded_size files_uploaded files_downloaded files_deleted
                retry_attempts storage_files unknown_files quota_total quota_free quota_assigned duplicati_version)
            || (self.interrupted, self.partial, self.dry_run)
                != (other.interrupted, other.partial, other.dry_run)
    }

    /// Returns whether both are the same run, one of which was stored at another time than its begin says. An export loses
    /// that information.
    fn is_same_placed(&self, other: &Self) -> bool {
        self.end_time == other.end_time
            && cause(self.exception.as_deref()) == cause(other.exception.as_deref())
            && !self.contradicts(other)
    }

    /// Finds the known run that this one duplicates, by a plausible begin.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn find_copy(&self, conn: &mut Connection) -> Result<Option<(i64, Self)>, StoreError> {
        let (job, begin) = (self.job_ref(), &self.start_time);
        if let Some((id, known)) = Self::find_by_start(conn, job.id, begin)? {
            let is_placed = known.start_assumed || known.claimed_start.is_some();
            let is_copy = if is_placed { self.is_same_placed(&known) } else { !self.contradicts(&known) };
            if is_copy {
                return Ok(Some((id, known)));
            }
        }
        // A begin that was implausible when the first report arrived may be plausible by now. A run may also have been
        // stored some seconds later because another one had the same begin.
        let ever = (Timestamp::MIN, Timestamp::MAX);
        self.find_claim(conn, begin.parse().unwrap_or_default(), ever)
    }

    /// Finds a known run of this job that this one may duplicate: its reported begin was `claim` but implausible, and it is
    /// stored as begun within these bounds.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn find_claim(
        &self,
        conn: &mut Connection,
        claim: Timestamp,
        (first, last): (Timestamp, Timestamp),
    ) -> Result<Option<(i64, Self)>, StoreError> {
        let known: Vec<(i64, Self)> = backups::table
            .filter(backups::job_id.eq(self.job_id))
            .filter(backups::claimed_start.eq(claim.to_string()))
            .filter(backups::start_time.between(first.to_string(), last.to_string()))
            .order(backups::start_time.desc())
            .limit(CANDIDATES)
            .select((backups::id, Self::as_select()))
            .load(conn)?;
        Ok(known.into_iter().find(|(_, known)| !self.contradicts(known)))
    }

    /// Finds a known run of this job without a begin of its own, stored as begun within these bounds, of which this one is
    /// a repeated delivery.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn find_delivery(
        &self,
        conn: &mut Connection,
        (first, last): (Timestamp, Timestamp),
    ) -> Result<Option<(i64, Self)>, StoreError> {
        let (first, last) = (first.to_string(), last.to_string());
        // The body is identical.
        if let Some(delivery) = self.delivery {
            let known = backups::table
                .filter(backups::job_id.eq(self.job_id))
                .filter(backups::delivery.eq(delivery))
                .filter(backups::start_time.between(&first, &last))
                .select((backups::id, Self::as_select()))
                .first(conn)
                .optional()?;
            if known.is_some() {
                return Ok(known);
            }
        }
        let known: Vec<(i64, Self)> = of_job(self.job_ref())
            .filter(backups::start_time.between(&first, &last))
            .filter(backups::start_assumed.eq(true))
            .filter(backups::claimed_start.is_null())
            .order(backups::start_time.desc())
            .limit(CANDIDATES)
            .select((backups::id, Self::as_select()))
            .load(conn)?;
        Ok(known.into_iter().find(|(_, known)| !self.is_unlike(known)))
    }
}

/// Returns a second at which no run of the job begins: `at`, or one close to it. If there is none soon after `at`, the
/// result is before it, so never in the future.
///
/// # Errors
///
/// Database errors.
pub fn free_start(conn: &mut Connection, job: JobRef, at: Timestamp) -> Result<Timestamp, StoreError> {
    for second in 0..NEAR {
        if !is_begin(conn, job.id, at.plus(second))? {
            return Ok(at.plus(second));
        }
    }
    let mut at = at;
    loop {
        let first: Option<String> = of_job(job)
            .filter(backups::start_time.between(at.plus(-HOUR).to_string(), at.to_string()))
            .order(backups::start_time)
            .select(backups::start_time)
            .first(conn)
            .optional()?;
        at = first.and_then(|first| first.parse().ok()).unwrap_or(at).plus(-1);
        if at <= Timestamp::MIN || !is_begin(conn, job.id, at)? {
            return Ok(at);
        }
    }
}

fn is_begin(conn: &mut Connection, job: JobId, at: Timestamp) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(
        backups::table.filter(backups::job_id.eq(job.0)).filter(backups::start_time.eq(at.to_string())),
    ))
    .get_result(conn)?)
}

/// Returns the runs of a job that report the same begin as this one but different figures.
///
/// # Errors
///
/// Database errors.
pub fn contradicting(conn: &mut Connection, id: i64, run: &RunRecord) -> Result<Vec<i64>, StoreError> {
    if run.start_assumed {
        return Ok(Vec::new());
    }
    let begin = run.claimed_start.as_ref().unwrap_or(&run.start_time);
    let at_begin: Vec<i64> = backups::table
        .filter(backups::job_id.eq(run.job_id))
        .filter(backups::start_time.eq(begin))
        .filter(backups::start_assumed.eq(false))
        .filter(backups::claimed_start.is_null())
        .select(backups::id)
        .load(conn)?;
    let beside: Vec<i64> = backups::table
        .filter(backups::job_id.eq(run.job_id))
        .filter(backups::claimed_start.eq(begin))
        .filter(backups::start_assumed.eq(false))
        .order(backups::start_time)
        .limit(CANDIDATES)
        .select(backups::id)
        .load(conn)?;
    Ok(at_begin.into_iter().chain(beside).filter(|other| *other != id).collect())
}

/// Returns the first line of an exception without its type. The text and JSON formats write the rest differently.
fn cause(exception: Option<&str>) -> Option<&str> {
    let line = exception?.lines().map(str::trim).find(|line| !line.is_empty())?;
    match line.split_once(": ") {
        Some((name, message)) if name.ends_with("Exception") && !name.contains(' ') => Some(message),
        _ => Some(line),
    }
}
