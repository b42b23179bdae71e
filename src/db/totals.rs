//! What runs sum up to on a day.

use diesel::prelude::*;

use super::{outcomes::Counted, schema::job_days};
use crate::status::Status;

/// Totals of runs: those of a job on a day, or of several jobs and days together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = job_days, treat_none_as_default_value = false)]
pub struct Totals {
    /// Runs that began then.
    pub runs: i64,
    /// Of those, successes.
    pub successes: i64,
    /// Of those, with warnings.
    pub warnings: i64,
    /// Of those, failed.
    pub failures: i64,
    /// Seconds of all runs whose duration is known.
    pub duration_sum: i64,
    /// Runs whose duration is known.
    pub duration_runs: i64,
    /// Bytes uploaded.
    pub uploaded_size: i64,
    /// Files examined by the last good run.
    pub files_count: Option<i64>,
    /// Bytes of source data in the last good run.
    pub files_size: Option<i64>,
    /// Bytes at the destination after the last good run.
    pub storage_size: Option<i64>,
    /// Versions after the last good run.
    pub versions: Option<i64>,
}

impl Totals {
    /// Sums up runs of one job in the order in which they began.
    pub fn of(runs: &[Counted]) -> Self {
        let mut total = Self::default();
        for run in runs {
            total.runs += 1;
            match run.status() {
                Status::Success => total.successes += 1,
                Status::Warning => total.warnings += 1,
                Status::Error | Status::Fatal => total.failures += 1,
                Status::Unknown => {}
            }
            if let Some(seconds) = run.duration {
                total.duration_sum = total.duration_sum.saturating_add(seconds);
                total.duration_runs += 1;
            }
            total.uploaded_size = total.uploaded_size.saturating_add(run.uploaded_size.unwrap_or(0));
            // Failed runs carry zeros.
            if run.counts_as_good() {
                total.files_count = run.files_count.or(total.files_count);
                total.files_size = run.files_size.or(total.files_size);
                total.storage_size = run.storage_size.or(total.storage_size);
                total.versions = run.versions.or(total.versions);
            }
        }
        total
    }

    /// Adds those of other jobs on the same day. Two absurd reports can reach the end of the numbers, where sums stay.
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
        self.duration_sum = self.duration_sum.saturating_add(other.duration_sum);
        self.duration_runs = self.duration_runs.saturating_add(other.duration_runs);
        self.uploaded_size = self.uploaded_size.saturating_add(other.uploaded_size);
        self
    }

    /// Mean duration of the runs whose duration is known: whole seconds.
    pub fn average_duration(&self) -> Option<i64> {
        (self.duration_runs > 0).then(|| self.duration_sum / self.duration_runs.max(1))
    }
}
