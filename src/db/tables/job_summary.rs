//! The summary of a job for lists: computed from its latest runs, or updated incrementally from run to run.

use diesel::prelude::*;

use super::{jobs::time, outcomes::SummaryRun, runs::RunRecord};
use crate::{
    checks::{self, Check},
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::jobs,
    },
    ids::{JobRef, RunId},
    outcome::{RecentRun, RunOutcome},
    status::Status,
    time::Timestamp,
};

/// Number of latest runs in a summary.
pub const RECENT: i64 = 31;

/// The summary of a job, stored in its row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = jobs, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct Summary {
    pub run_count: i64,
    pub uploaded_total: i64,
    pub last_run_id: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_status: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_start: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_report_at: Option<String>,
    pub last_duration: Option<i64>,
    pub last_uploaded: Option<i64>,
    pub last_warnings: Option<i64>,
    pub failures: i64,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub failing_since: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_success_at: Option<String>,
    pub files_count: Option<i64>,
    pub files_size: Option<i64>,
    pub storage_size: Option<i64>,
    pub versions: Option<i64>,
    pub quota_total: Option<i64>,
    pub quota_free: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub recent: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_headline: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_outcome: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_checks: Option<String>,
}

/// A run that was just stored.
pub struct NewRun {
    outcome: SummaryRun,
    headline: Option<String>,
    /// Contradictions found from the run alone.
    checks: Vec<Check>,
}

impl NewRun {
    /// Creates it from a stored run.
    pub fn of(id: RunId, run: &RunRecord) -> Self {
        Self {
            outcome: SummaryRun::of(id, run),
            headline: run.headline.clone(),
            checks: run.figures().checks(),
        }
    }
}

/// The runs that a summary is computed from.
pub(in crate::db) struct History {
    /// The latest runs by begin, newest first.
    pub latest: Vec<SummaryRun>,
    /// The last good run before `latest`, if none of `latest` is good.
    pub older_good: Option<SummaryRun>,
    /// The last complete run before `latest`, if none of `latest` is complete.
    pub older_complete: Option<SummaryRun>,
}

impl History {
    /// Reads the runs of a job that its summary needs.
    pub(in crate::db) fn of(conn: &mut Connection, job: JobRef) -> Result<Self, StoreError> {
        let latest = SummaryRun::latest(conn, job, RECENT)?;
        let mut older = |outcomes: &[RunOutcome]| match latest.last() {
            Some(oldest) if !latest.iter().any(|run| outcomes.contains(&run.outcome())) => {
                SummaryRun::last_before(conn, job, oldest.start(), outcomes)
            }
            _ => Ok(None),
        };
        let (older_good, older_complete) = (older(&[RunOutcome::Good])?, older(&RunOutcome::COMPLETE)?);
        Ok(Self { latest, older_good, older_complete })
    }

    /// Returns whether the job may have started to fail before the runs that were read.
    pub(in crate::db) fn may_have_failed_before(&self) -> bool {
        self.latest.iter().all(|run| run.outcome().is_failure() || run.outcome().is_incomplete())
            && i64::try_from(self.latest.len()) == Ok(RECENT)
    }

    /// Returns the newest good run.
    pub(in crate::db) fn good(&self) -> Option<&SummaryRun> {
        self.latest.iter().find(|run| run.outcome().is_good()).or(self.older_good.as_ref())
    }

    /// Returns the runs that figures may be taken from, newest first.
    pub(in crate::db) fn known(&self) -> impl Iterator<Item = &SummaryRun> {
        self.latest.iter().chain(&self.older_complete)
    }
}

impl Summary {
    /// Returns the status of the latest run.
    pub fn last_status(&self) -> Option<Status> {
        self.last_status.as_deref().map(|word| word.parse().unwrap_or(Status::Unknown))
    }

    /// Returns the outcome of the latest run.
    pub fn last_outcome(&self) -> Option<RunOutcome> {
        self.last_outcome.as_deref().and_then(|word| word.parse().ok())
    }

    /// Returns the checks of the latest run.
    pub fn checks(&self) -> Vec<Check> {
        checks::from_stored(self.last_checks.as_deref())
    }

    /// Returns the recent runs, oldest first.
    pub fn recent_runs(&self) -> Vec<(Timestamp, RecentRun)> {
        self.recent
            .split_ascii_whitespace()
            .filter_map(|cell| {
                let letter = cell.chars().last()?;
                let seconds = cell.strip_suffix(letter)?.parse().ok()?;
                Some((Timestamp::from_unix(seconds), RecentRun::from_letter(letter)))
            })
            .collect()
    }

    /// Computes the summary from a history and the totals (runs, uploaded bytes).
    pub(in crate::db) fn of(history: &History, totals: (i64, i64)) -> Self {
        let History { latest, .. } = history;
        let Some(last) = latest.first() else {
            return Self { run_count: totals.0, uploaded_total: totals.1, ..Self::default() };
        };
        // If the newest run does not have a figure, or its figure does not count, that of the run before is used.
        let newest = |field: fn(&SummaryRun) -> Option<i64>| {
            history.known().find_map(|run| run.outcome().figure(field(run)))
        };
        let failing: Vec<&SummaryRun> = failing(latest).collect();
        let recent = latest.iter().rev().map(|run| (run.start(), run.mark())).collect();
        Self {
            run_count: totals.0,
            uploaded_total: totals.1,
            last_report_at: latest.iter().map(|run| run.created_at.clone()).max(),
            failures: i64::try_from(failing.len()).unwrap_or(i64::MAX),
            failing_since: failing.last().map(|run| run.start().to_string()),
            last_success_at: history.good().map(|run| run.start().to_string()),
            files_count: newest(|run| run.counted.files_count),
            files_size: newest(|run| run.counted.files_size),
            storage_size: newest(|run| run.counted.storage_size),
            versions: history.known().find_map(SummaryRun::versions),
            quota_total: newest(|run| run.quota_total),
            quota_free: newest(|run| run.quota_free),
            ..Self::of_last(last, recent)
        }
    }

    /// Returns the totals (runs, uploaded bytes) after `run` was added.
    pub(in crate::db) fn totals_with(&self, run: &NewRun) -> (i64, i64) {
        (self.run_count + 1, self.uploaded_total.saturating_add(run.outcome.counted.uploaded()))
    }

    /// Returns the summary after `new` was added, or `None` if the history must be read. It need not be if the run is not a dry run,
    /// began after all others, and the figures shown still come from the latest runs.
    pub(in crate::db) fn followed_by(&self, new: &NewRun) -> Option<Self> {
        let NewRun { outcome: run, headline, checks } = new;
        let outcome = run.outcome();
        let mut runs = self.recent_runs();
        let window = usize::try_from(RECENT).ok()?;
        let is_complete = usize::try_from(self.run_count.min(RECENT)).is_ok_and(|count| runs.len() == count);
        let is_newest = self.last_start.as_deref().is_none_or(|last| time(Some(last)) < Some(run.start()));
        let came_last = self.last_report_at.as_deref().is_none_or(|last| last <= run.created_at.as_str());
        if outcome == RunOutcome::Rehearsal || !(is_complete && is_newest && came_last) {
            return None;
        }
        // The number of files before it must be read from the history.
        if outcome.is_complete() && run.counted.files_count == Some(0) {
            return None;
        }
        let leaves = (runs.len() == window).then(|| runs.first()).flatten().map(|(_, mark)| mark.outcome);
        if !outcome.is_complete()
            && leaves.is_some_and(|leaves| leaves.is_complete() || leaves == RunOutcome::Partial)
        {
            return None;
        }
        // A figure that a complete run lacks comes from an earlier one, which may no longer be among the latest.
        let newest = |known: Option<i64>, told: Option<i64>| match (outcome.is_complete(), told) {
            (_, Some(told)) => Some(Some(told)),
            (true, None) if known.is_some() => None,
            (_, None) => Some(known),
        };
        let figure = |known: Option<i64>, told: Option<i64>| newest(known, outcome.figure(told));
        runs.push((run.start(), run.mark()));
        let runs = runs.split_off(runs.len().saturating_sub(window));
        let failures = match outcome.is_incomplete() {
            true => self.failures,
            false if outcome.is_failure() => self.failures + 1,
            false => 0,
        };
        let since = || self.failing_since.clone().unwrap_or_else(|| run.start().to_string());
        let keeps_headline = outcome.is_incomplete() && failures > 0;
        let (run_count, uploaded_total) = self.totals_with(new);
        Some(Self {
            run_count,
            uploaded_total,
            failures,
            failing_since: (failures > 0).then(since),
            last_success_at: if outcome.is_good() {
                Some(run.start().to_string())
            } else {
                self.last_success_at.clone()
            },
            files_count: figure(self.files_count, run.counted.files_count)?,
            files_size: figure(self.files_size, run.counted.files_size)?,
            storage_size: figure(self.storage_size, run.counted.storage_size)?,
            versions: newest(self.versions, run.versions())?,
            quota_total: figure(self.quota_total, run.quota_total)?,
            quota_free: figure(self.quota_free, run.quota_free)?,
            last_headline: if keeps_headline { self.last_headline.clone() } else { headline.clone() },
            last_checks: checks::to_stored(checks),
            ..Self::of_last(run, runs)
        })
    }

    /// Fills in what comes from the latest run. `recent` are the latest runs, oldest first.
    fn of_last(last: &SummaryRun, recent: Vec<(Timestamp, RecentRun)>) -> Self {
        let cells: Vec<String> =
            recent.iter().map(|(start, mark)| format!("{}{}", start.unix(), mark.letter())).collect();
        Self {
            last_run_id: Some(last.id),
            last_status: Some(last.status().as_str().into()),
            last_start: Some(last.start().to_string()),
            last_report_at: Some(last.created_at.clone()),
            last_duration: last.counted.duration,
            last_uploaded: last.counted.uploaded_size,
            last_warnings: last.warnings_count,
            recent: cells.join(" "),
            last_outcome: Some(last.outcome().as_str().into()),
            ..Self::default()
        }
    }
}

/// Returns the current streak of failures, newest first. Stopped and skipped runs are neither failures nor end the streak.
pub(in crate::db) fn failing(latest: &[SummaryRun]) -> impl Iterator<Item = &SummaryRun> {
    latest.iter().filter(|run| !run.outcome().is_incomplete()).take_while(|run| run.outcome().is_failure())
}

#[cfg(test)]
#[path = "job_summary_tests.rs"]
mod tests;
