//! Runs that no clean-up deletes, whatever the rule: all that is shown of a job besides its history comes from them. A job
//! that fails for longer than runs are kept still says when it last succeeded, how large it was and since when it fails.

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

/// What a summary shows of a run, where it knows it and it counts.
type Figure = fn(&SummaryRun) -> Option<i64>;

/// Figures of a summary that are taken from the newest run that knows them.
const FIGURES: [Figure; 6] = [
    |run| run.outcome().figure(run.counted.files_count),
    |run| run.outcome().figure(run.counted.files_size),
    |run| run.outcome().figure(run.counted.storage_size),
    |run| run.outcome().figure(run.quota_total),
    |run| run.outcome().figure(run.quota_free),
    SummaryRun::versions,
];

/// The runs of a job that must stay: the one that began last and the one that was reported last, the newest good one and the
/// newest complete one, those from which the figures come that these do not know, the first and the last of the failures in
/// a row and the run before them, and what a run that examined nothing is compared with. They are found as [`super::jobs::summarise`] finds what it
/// shows.
///
/// # Errors
/// When the database refuses.
pub fn protected_runs(conn: &mut Connection, job: JobRef) -> Result<BTreeSet<i64>, StoreError> {
    let history = History::of(conn, job)?;
    let latest = &history.latest;
    let Some(last) = latest.first() else { return Ok(BTreeSet::new()) };
    let complete = history.known().find(|run| run.outcome().is_complete());
    let mut stay: BTreeSet<i64> =
        [Some(last), history.good(), complete].into_iter().flatten().map(|run| run.id).collect();
    // The first of those that came at the same moment, as the newest of all begins.
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
        // Without the run before them older failures would be among them.
        let is_end = |run: &&SummaryRun| !run.outcome().is_incomplete() && !run.outcome().is_failure();
        stay.extend(latest.iter().find(is_end).map(|run| run.id));
    }
    Ok(stay)
}

/// The run with which a job began to fail.
fn first_failure(conn: &mut Connection, job: JobRef, since: &str) -> Result<Option<i64>, StoreError> {
    Ok(of_job(job)
        .filter(backups::start_time.eq(since.to_owned()))
        .filter(backups::outcome.eq_any(RunOutcome::FAILURES.map(RunOutcome::as_str)))
        .select(backups::id)
        .first(conn)
        .optional()?)
}

/// Since when runs began from which all comes that a summary shows, when that can be told without reading them: no run
/// before that must stay.
pub(in crate::db) fn first_shown(known: &Summary) -> Option<Timestamp> {
    let recent = known.recent_runs();
    let (first, _) = *recent.first()?;
    let length = i64::try_from(recent.len()).unwrap_or(i64::MAX);
    let last_success = time(known.last_success_at.as_deref());
    let is_all = length == known.run_count.min(RECENT)
        // The figures would come from an older run, or the failures would have begun with one.
        && last_success.is_none_or(|at| at >= first)
        && known.failures < length
        // As the rhythm would, which looks past what was stopped or skipped.
        && recent.iter().all(|(_, mark)| mark.outcome.came())
        && recent.iter().any(|(_, mark)| mark.outcome.is_complete())
        // It is compared with a run that may have begun before them.
        && known.last_checks.is_none();
    is_all.then_some(first)
}

/// The runs of one job that must stay, read when they are first needed.
#[derive(Debug)]
pub struct ProtectedRuns {
    job: JobRef,
    first_shown: Option<Timestamp>,
    runs: Option<BTreeSet<i64>>,
}

impl ProtectedRuns {
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

    /// Three runs, all of which are among the recent ones.
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
