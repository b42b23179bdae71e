//! Totals of runs per day.

use diesel::prelude::*;

use super::outcomes::Counted;
use crate::{db::schema::job_days, outcome::RunOutcome, status::Status};

/// Totals of runs: of one job on one day, or summed over several jobs and days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = job_days, treat_none_as_default_value = false)]
pub struct Totals {
    /// Number of runs.
    pub runs: i64,
    /// Good runs without warnings.
    pub successes: i64,
    /// Good runs with warnings.
    pub warnings: i64,
    /// Failed runs.
    pub failures: i64,
    /// Total duration of the complete runs with a known duration, in seconds.
    pub duration_sum: i64,
    /// Number of complete runs with a known duration.
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
    /// Stopped, skipped and partial runs, and those with an unknown outcome. The remaining runs are dry runs.
    pub incomplete: i64,
}

impl Totals {
    /// Sums up runs of one job, which must be in the order in which they began.
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
            // Other runs report zeros.
            total.files_count = outcome.figure(run.files_count).or(total.files_count);
            total.files_size = outcome.figure(run.files_size).or(total.files_size);
            total.storage_size = outcome.figure(run.storage_size).or(total.storage_size);
            total.versions = outcome.versions(run.versions).or(total.versions);
        }
        total
    }

    /// Adds the runs of other days, without sizes and counts at the end of the day.
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

    /// Updates sizes and counts with those of a later day, as far as it has them.
    pub fn followed_by(mut self, later: &Self) -> Self {
        self.files_count = later.files_count.or(self.files_count);
        self.files_size = later.files_size.or(self.files_size);
        self.storage_size = later.storage_size.or(self.storage_size);
        self.versions = later.versions.or(self.versions);
        self
    }

    /// Returns the number of runs without dry runs.
    pub fn backups(&self) -> i64 {
        self.successes
            .saturating_add(self.warnings)
            .saturating_add(self.failures)
            .saturating_add(self.incomplete)
    }

    /// Returns the mean duration in whole seconds; `None` if no duration is known.
    pub fn average_duration(&self) -> Option<i64> {
        (self.duration_runs > 0).then(|| self.duration_sum / self.duration_runs.max(1))
    }
}
