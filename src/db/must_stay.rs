//! Runs that no clean-up deletes, whatever the rule: all that is shown of a job besides its history comes from them. A job
//! that fails for longer than runs are kept still says when it last succeeded, how large it was and since when it fails.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{
    Connection, StoreError,
    jobs::{self, Summary},
    outcomes::{self, Outcome},
    runs::of_job,
    schema::backups,
    summary::RECENT,
};
use crate::{ids::JobRef, time::Timestamp};

/// What a summary shows of a run.
type Figure = fn(&Outcome) -> Option<i64>;

/// Figures of a summary that are taken from the newest good run that knows them.
const FIGURES: [Figure; 6] = [
    |run| run.counted.files_count,
    |run| run.counted.files_size,
    |run| run.counted.storage_size,
    |run| run.counted.versions,
    |run| run.quota_total,
    |run| run.quota_free,
];

/// The runs of a job that must stay: the one that began last and the one that was reported last, the newest good one, those
/// from which the figures come that it does not know, and the one with which the job began to fail. They are found as
/// [`jobs::summarise`] finds what it shows.
///
/// # Errors
/// When the database refuses.
pub fn must_stay(conn: &mut Connection, job: JobRef) -> Result<BTreeSet<i64>, StoreError> {
    let latest = Outcome::latest(conn, job, RECENT)?;
    let Some(oldest) = latest.last() else { return Ok(BTreeSet::new()) };
    let older_good = if latest.iter().any(Outcome::counts_as_good) {
        None
    } else {
        Outcome::last_good_before(conn, job, oldest.start())?
    };
    let good: Vec<&Outcome> = latest.iter().filter(|run| run.counts_as_good()).chain(&older_good).collect();
    let failing = latest.iter().take_while(|run| run.status().is_failed()).count();
    let mut stay: BTreeSet<i64> =
        latest.first().into_iter().chain(good.first().copied()).map(|run| run.id).collect();
    // The first of those that came at the same moment, as the newest of all begins.
    let last_told = latest.iter().map(|run| run.created_at.as_str()).max();
    stay.extend(latest.iter().find(|run| Some(run.created_at.as_str()) == last_told).map(|run| run.id));
    stay.extend(
        FIGURES.iter().filter_map(|known| good.iter().find(|run| known(run).is_some())).map(|run| run.id),
    );
    if failing == latest.len() {
        // It may have begun to fail before the runs that were looked at.
        stay.extend(first_failure(conn, job)?);
    } else {
        stay.extend(failing.checked_sub(1).and_then(|last| latest.get(last)).map(|run| run.id));
    }
    Ok(stay)
}

/// The run with which a job began to fail.
fn first_failure(conn: &mut Connection, job: JobRef) -> Result<Option<i64>, StoreError> {
    let (_, Some(since)) = outcomes::failing_streak(conn, job)? else { return Ok(None) };
    Ok(of_job(job)
        .filter(backups::start_time.eq(since))
        .filter(backups::dry_run.eq(false))
        .select(backups::id)
        .first(conn)
        .optional()?)
}

/// Since when runs began from which all comes that a summary shows, when that can be told without reading them: no run
/// before that must stay.
pub(super) fn first_shown(known: &Summary) -> Option<Timestamp> {
    let recent = known.recent_runs();
    let (first, _) = *recent.first()?;
    let length = i64::try_from(recent.len()).unwrap_or(i64::MAX);
    let last_success = jobs::time(known.last_success_at.as_deref());
    let is_all = length == known.run_count.min(RECENT)
        // The figures would come from an older run, or the failures would have begun with one.
        && last_success.is_none_or(|at| at >= first)
        && known.failures < length;
    is_all.then_some(first)
}

/// The runs of one job that must stay, read when they are first needed.
#[derive(Debug)]
pub struct MustStay {
    job: JobRef,
    first_shown: Option<Timestamp>,
    runs: Option<BTreeSet<i64>>,
}

impl MustStay {
    /// Of a job with this summary.
    pub fn of(job: JobRef, known: &Summary) -> Self {
        Self { job, first_shown: first_shown(known), runs: None }
    }

    /// Whether a run that began at this time must stay.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn has(&mut self, conn: &mut Connection, run: i64, at: Timestamp) -> Result<bool, StoreError> {
        Ok(self.before(conn, at.plus(1))?.contains(&run))
    }

    /// Those that must stay, as far as some of them may have begun before a time; none when none has.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn before(&mut self, conn: &mut Connection, at: Timestamp) -> Result<&BTreeSet<i64>, StoreError> {
        static NONE: BTreeSet<i64> = BTreeSet::new();
        if self.first_shown.is_some_and(|first| at <= first) {
            return Ok(&NONE);
        }
        let runs = match self.runs.take() {
            Some(known) => known,
            None => must_stay(conn, self.job)?,
        };
        Ok(self.runs.insert(runs))
    }
}
