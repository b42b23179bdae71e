//! Runs that no clean-up deletes, whatever the rule, because everything shown about a job besides its history comes from them. A job that
//! has been failing for longer than the retention still shows when it last succeeded, its size, and since when it has been failing.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{
    job_summary::{self, History, RECENT},
    jobs::{Summary, time},
    outcomes::{self, SummaryRun},
    run_checks,
    runs::of_job,
};
use crate::{
    db::{Connection, StoreError, schema::backups},
    ids::JobRef,
    outcome::RunOutcome,
    time::Timestamp,
};

/// A figure of a summary, if the run has it and it counts.
type Figure = fn(&SummaryRun) -> Option<i64>;

/// Figures of a summary that are taken from the newest run that has them.
const FIGURES: [Figure; 6] = [
    |run| run.outcome().figure(run.counted.files_count),
    |run| run.outcome().figure(run.counted.files_size),
    |run| run.outcome().figure(run.counted.storage_size),
    |run| run.outcome().figure(run.quota_total),
    |run| run.outcome().figure(run.quota_free),
    SummaryRun::versions,
];

/// Returns the runs of a job that must be kept: the latest by begin and the latest by arrival; the newest good and the newest complete one;
/// those that provide figures the newest ones lack; the first and the last of the current failures and the run before them; and the run
/// that an empty run is compared with. They are found in the same way as [`super::jobs::summarise`] does.
///
/// # Errors
///
/// Database errors.
pub fn protected_runs(conn: &mut Connection, job: JobRef) -> Result<BTreeSet<i64>, StoreError> {
    let history = History::of(conn, job)?;
    let latest = &history.latest;
    let Some(last) = latest.first() else { return Ok(BTreeSet::new()) };
    let complete = history.known().find(|run| run.outcome().is_complete());
    let mut stay: BTreeSet<i64> =
        [Some(last), history.good(), complete].into_iter().flatten().map(|run| run.id).collect();
    // The first of those that arrived at the same time, as in the list of newest runs.
    let last_told = latest.iter().map(|run| run.created_at.as_str()).max();
    stay.extend(latest.iter().find(|run| Some(run.created_at.as_str()) == last_told).map(|run| run.id));
    stay.extend(
        FIGURES.iter().filter_map(|known| history.known().find(|run| known(run).is_some())).map(|run| run.id),
    );
    if last.counted.files_count == Some(0) {
        stay.extend(run_checks::compared_with(conn, job, last.start())?);
    }
    if history.may_have_failed_before() {
        let (_, since, newest) = outcomes::failing_streak(conn, job, Timestamp::MAX)?;
        stay.extend(newest);
        let mut began = latest.last().map(SummaryRun::start);
        if let Some(since) = since {
            stay.extend(first_failure(conn, job, &since)?);
            began = time(Some(&since));
        }
        let ends = [RunOutcome::Good, RunOutcome::Unknown];
        stay.extend(SummaryRun::last_before(conn, job, began.unwrap_or_default(), &ends)?.map(|run| run.id));
    } else {
        let failing: Vec<&SummaryRun> = job_summary::failing(latest).collect();
        stay.extend(failing.first().into_iter().chain(failing.last()).map(|run| run.id));
        // Keeps the run before the streak; without it, older failures would seem to be a part of it.
        let is_end = |run: &&SummaryRun| !run.outcome().is_incomplete() && !run.outcome().is_failure();
        stay.extend(latest.iter().find(is_end).map(|run| run.id));
    }
    Ok(stay)
}

/// Returns the run with which a job started to fail.
fn first_failure(conn: &mut Connection, job: JobRef, since: &str) -> Result<Option<i64>, StoreError> {
    Ok(of_job(job)
        .filter(backups::start_time.eq(since.to_owned()))
        .filter(backups::outcome.eq_any(RunOutcome::FAILURES.map(RunOutcome::as_str)))
        .select(backups::id)
        .first(conn)
        .optional()?)
}

/// Returns the begin of the oldest run that a summary depends on, if the summary alone tells; no earlier run must be kept then.
pub(in crate::db) fn first_shown(known: &Summary) -> Option<Timestamp> {
    let recent = known.recent_runs();
    let (first, _) = *recent.first()?;
    let length = i64::try_from(recent.len()).unwrap_or(i64::MAX);
    let last_success = time(known.last_success_at.as_deref());
    let is_all = length == known.run_count.min(RECENT)
        // Otherwise figures or the streak of failures would come from an older run.
        && last_success.is_none_or(|at| at >= first)
        && known.failures < length
        // The schedule ignores stopped and skipped runs, so it would depend on older ones.
        && recent.iter().all(|(_, mark)| mark.outcome.came())
        && recent.iter().any(|(_, mark)| mark.outcome.is_complete())
        // Checks compare with a run that may be older.
        && known.last_checks.is_none();
    is_all.then_some(first)
}

/// The runs of one job that must be kept, read when they are first needed.
#[derive(Debug)]
pub struct ProtectedRuns {
    job: JobRef,
    first_shown: Option<Timestamp>,
    runs: Option<BTreeSet<i64>>,
}

impl ProtectedRuns {
    /// Creates it for a job with this summary.
    pub fn of(job: JobRef, known: &Summary) -> Self {
        Self { job, first_shown: first_shown(known), runs: None }
    }

    /// Returns whether a run that began at this time must be kept.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn has(&mut self, conn: &mut Connection, run: i64, at: Timestamp) -> Result<bool, StoreError> {
        Ok(self.before(conn, at.plus(1))?.contains(&run))
    }

    /// Returns the runs that must be kept, if some of them may have begun before a time; otherwise an empty set.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn before(&mut self, conn: &mut Connection, at: Timestamp) -> Result<&BTreeSet<i64>, StoreError> {
        static NONE: BTreeSet<i64> = BTreeSet::new();
        if self.first_shown.is_some_and(|first| at <= first) {
            return Ok(&NONE);
        }
        let runs = match self.runs.take() {
            Some(known) => known,
            None => protected_runs(conn, self.job)?,
        };
        Ok(self.runs.insert(runs))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    /// Returns a summary of three runs, all among the recent ones.
    fn known(recent: &str) -> Summary {
        let last_success_at = Some(at(100).to_string());
        Summary { run_count: 3, recent: recent.into(), last_success_at, ..Summary::default() }
    }

    #[rstest]
    #[case::good("100s 200s 300s")]
    #[case::failing("100s 200f 300f")]
    #[case::errors("100c 200f 300f")]
    fn all_that_is_shown_comes_from_the_recent_runs(#[case] recent: &str) {
        assert_eq!(first_shown(&known(recent)), Some(at(100)));
        let never = Summary { last_success_at: None, ..known(recent) };
        assert_eq!(first_shown(&never), Some(at(100)));
        let failing = Summary { failures: 2, ..known(recent) };
        assert_eq!(first_shown(&failing), Some(at(100)));
    }

    #[test]
    fn it_may_come_from_older_ones_and_then_nothing_is_said() {
        let good = || known("100s 200s 300s");
        let older = [
            ("nothing", known("")),
            ("not all recent ones are listed", Summary { run_count: 4, ..good() }),
            ("the last success", Summary { last_success_at: Some(at(99).to_string()), ..good() }),
            ("the first failure", Summary { failures: 3, ..known("100c 200f 300f") }),
            ("the rhythm", known("100s 200k 300s")),
            ("the figures", known("100f 200f 300f")),
            ("what it is compared with", Summary { last_checks: Some("[]".into()), ..good() }),
        ];
        for (why, summary) in older {
            assert_eq!(first_shown(&summary), None, "{why}");
        }
    }

    #[test]
    fn a_long_history_is_shown_by_as_many_runs_as_are_looked_at() {
        let recent: Vec<String> = (0..RECENT).map(|number| format!("{}s", 1000 + number)).collect();
        let last_success_at = Some(at(1030).to_string());
        let long =
            Summary { run_count: 400, recent: recent.join(" "), last_success_at, ..Summary::default() };
        assert_eq!(first_shown(&long), Some(at(1000)));
    }
}
