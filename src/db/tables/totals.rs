//! What runs sum up to on a day.

use diesel::prelude::*;

use super::outcomes::Counted;
use crate::{db::schema::job_days, outcome::RunOutcome, status::Status};

/// Totals of runs: those of a job on a day, or of several jobs and days together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = job_days, treat_none_as_default_value = false)]
pub struct Totals {
    /// Runs that began then.
    pub runs: i64,
    /// Of those, good ones without warnings.
    pub successes: i64,
    /// Of those, good ones with warnings.
    pub warnings: i64,
    /// Of those, failed.
    pub failures: i64,
    /// Seconds of all complete runs whose duration is known.
    pub duration_sum: i64,
    /// Complete runs whose duration is known.
    pub duration_runs: i64,
    /// Bytes uploaded.
    pub uploaded_size: i64,
    /// Files examined by the last complete run.
    pub files_count: Option<i64>,
    /// Bytes of source data in the last complete run.
    pub files_size: Option<i64>,
    /// Bytes at the destination after the last complete run.
    pub storage_size: Option<i64>,
    /// Versions after the last run that left one.
    pub versions: Option<i64>,
    /// Of the runs, those that were stopped, skipped or partial, or whose result is unknown. What is left over are rehearsals.
    pub incomplete: i64,
}

impl Totals {
    /// Sums up runs of one job in the order in which they began.
    pub fn of(runs: &[Counted]) -> Self {
        let mut total = Self::default();
        for run in runs {
            total.runs += 1;
            let outcome = run.outcome();
            match outcome {
                RunOutcome::Good if run.status() == Status::Success => total.successes += 1,
                RunOutcome::Good => total.warnings += 1,
                RunOutcome::Errors | RunOutcome::Failed => total.failures += 1,
                RunOutcome::Partial | RunOutcome::Stopped | RunOutcome::Skipped | RunOutcome::Unknown => {
                    total.incomplete += 1;
                }
                RunOutcome::Rehearsal => {}
            }
            if let Some(seconds) = outcome.figure(run.duration) {
                total.duration_sum = total.duration_sum.saturating_add(seconds);
                total.duration_runs += 1;
            }
            total.uploaded_size = total.uploaded_size.saturating_add(run.uploaded());
            // Others carry zeros.
            total.files_count = outcome.figure(run.files_count).or(total.files_count);
            total.files_size = outcome.figure(run.files_size).or(total.files_size);
            total.storage_size = outcome.figure(run.storage_size).or(total.storage_size);
            total.versions = outcome.versions(run.versions).or(total.versions);
        }
        total
    }

    /// Adds those of other jobs at the same time. Two absurd reports can reach the end of the numbers, where sums stay.
    pub fn with_job(mut self, other: &Self) -> Self {
        let both = |a: Option<i64>, b: Option<i64>| match (a, b) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            (one, other) => one.or(other),
        };
        self.files_count = both(self.files_count, other.files_count);
        self.files_size = both(self.files_size, other.files_size);
        self.storage_size = both(self.storage_size, other.storage_size);
        self.versions = both(self.versions, other.versions);
        self.with_runs(other)
    }

    /// Adds those of other days: their runs, and not what was there after them.
    pub fn with_runs(mut self, other: &Self) -> Self {
        self.runs = self.runs.saturating_add(other.runs);
        self.successes = self.successes.saturating_add(other.successes);
        self.warnings = self.warnings.saturating_add(other.warnings);
        self.failures = self.failures.saturating_add(other.failures);
        self.incomplete = self.incomplete.saturating_add(other.incomplete);
        self.duration_sum = self.duration_sum.saturating_add(other.duration_sum);
        self.duration_runs = self.duration_runs.saturating_add(other.duration_runs);
        self.uploaded_size = self.uploaded_size.saturating_add(other.uploaded_size);
        self
    }

    /// Takes over what other days knew last: their sizes and counts, where this one has none of its own.
    pub fn followed_by(mut self, later: &Self) -> Self {
        self.files_count = later.files_count.or(self.files_count);
        self.files_size = later.files_size.or(self.files_size);
        self.storage_size = later.storage_size.or(self.storage_size);
        self.versions = later.versions.or(self.versions);
        self
    }

    /// Runs, without rehearsals.
    pub fn backups(&self) -> i64 {
        self.successes
            .saturating_add(self.warnings)
            .saturating_add(self.failures)
            .saturating_add(self.incomplete)
    }

    /// Mean duration of the runs whose duration is known: whole seconds.
    pub fn average_duration(&self) -> Option<i64> {
        (self.duration_runs > 0).then(|| self.duration_sum / self.duration_runs.max(1))
    }
}
