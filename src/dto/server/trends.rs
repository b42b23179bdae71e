//! Statistics and charts of a server.

use serde::{Deserialize, Serialize};

use crate::{chart::Series, dto::Moment, status::Status, time::Day};

/// Figures over a range.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// Runs, without rehearsals.
    pub runs: i64,
    /// Of those, good ones without warnings.
    pub successful: i64,
    /// Of those, good ones with warnings.
    pub warnings: i64,
    /// Of those, failed.
    pub failed: i64,
    /// Of those, stopped, skipped or partial, or with an unknown result.
    pub incomplete: i64,
    /// Mean duration of the complete runs: seconds.
    pub average_duration: Option<i64>,
    /// Bytes uploaded.
    pub uploaded_size: i64,
    /// Bytes of source data now.
    pub source_size: Option<i64>,
    /// Bytes at the destination now.
    pub storage_size: Option<i64>,
    /// Restorable versions now.
    pub versions: Option<i64>,
    /// Space of the destinations now: `(used, total)` bytes; nothing unless all of them tell.
    pub quota: Option<(i64, i64)>,
    /// Last good run, of the job for which that is longest ago; `None` when that job has no such run.
    pub last_success: Option<Moment>,
    /// That job; `None` without jobs.
    pub last_success_job: Option<String>,
    /// Start of the run that began last, whatever the range.
    pub last_run: Option<Moment>,
}

/// The trend charts; every series has the same buckets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trends {
    /// First day of each bucket.
    pub buckets: Vec<Day>,
    /// Days in a bucket.
    pub bucket_days: i64,
    /// Bytes of source data at the end of each bucket.
    pub source_size: Series,
    /// Bytes at the destination at the end of each bucket.
    pub storage_size: Series,
    /// Bytes uploaded in each bucket.
    pub uploaded_size: Series,
    /// The same of each job, the one that uploaded most first; empty where there is only one.
    pub uploaded_by_job: Vec<JobSeries>,
    /// Mean seconds a run took in each bucket.
    pub duration: Series,
    /// Files examined at the end of each bucket.
    pub files: Series,
    /// Restorable versions at the end of each bucket.
    pub versions: Series,
    /// Worst verdict-like state of each of the last 371 days, oldest first: the calendar.
    pub calendar: Vec<CalendarDay>,
    /// The day of the first run that is known, whatever the range; before it, nothing can have been missed.
    pub first_run: Option<Day>,
}

/// A series of one job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobSeries {
    /// The job's name; `None` are all that have no series of their own.
    pub job: Option<String>,
    /// One value per bucket.
    pub values: Series,
}

/// One day of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CalendarDay {
    /// The day.
    pub day: Day,
    /// Worst status of the runs that began on it; `None` when there was none.
    pub worst: Option<Status>,
    /// Runs that began on it, without rehearsals.
    pub runs: i64,
    /// Expected runs that did not come on it, as far back as strips go.
    pub missed: i64,
    /// Expected runs that did not come while this program did not run.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub excused: i64,
    /// Slots in a pause or in maintenance.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub paused: i64,
    /// Of the runs, failed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: i64,
    /// Of the runs, those with warnings, and those that were stopped, skipped or partial, or whose result is unknown.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub warned: i64,
    /// Seconds that the complete ones took.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub seconds: i64,
    /// Bytes uploaded.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub uploaded_size: i64,
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}
