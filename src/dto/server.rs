//! The page of one server: its jobs, statistics, trends and history.

use serde::{Deserialize, Serialize};

use super::{Moment, Paging, dashboard::JobRow, shown::Shown};
use crate::{
    chart::Series,
    ids::{JobId, RunId, ServerId},
    outcome::RunOutcome,
    status::Status,
    time::{Day, Timestamp},
    verdict::Verdict,
};

/// What a person chose to see on a server's page; every part is in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ServerQuery {
    /// Which server.
    pub server: ServerId,
    /// Only this job; `None` is all.
    #[serde(default)]
    pub job: Option<JobId>,
    /// In the history only runs that began on this day of the site's calendar.
    #[serde(default)]
    pub day: Option<Day>,
    /// How far back the trends go.
    #[serde(default)]
    pub range: Range,
    /// Column of the history.
    #[serde(default)]
    pub sort: RunSort,
    /// Smallest or oldest first.
    #[serde(default)]
    pub ascending: bool,
    /// Page of the history, counting from 1; 0 is read as 1.
    #[serde(default)]
    pub page: i64,
}

/// Time range of the trends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Range {
    /// 7 days.
    Week,
    /// 30 days.
    #[default]
    Month,
    /// 90 days.
    Quarter,
    /// 365 days.
    Year,
    /// Everything.
    All,
}

impl Range {
    /// Every range, shortest first.
    pub const ALL: [Self; 5] = [Self::Week, Self::Month, Self::Quarter, Self::Year, Self::All];

    /// Length in days; `None` is everything.
    pub fn days(self) -> Option<i64> {
        match self {
            Self::Week => Some(7),
            Self::Month => Some(30),
            Self::Quarter => Some(90),
            Self::Year => Some(365),
            Self::All => None,
        }
    }
}

/// Column by which the history is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunSort {
    /// Start of the run.
    #[default]
    Started,
    /// Name of the job.
    Job,
    /// Status.
    Status,
    /// Duration.
    Duration,
    /// Files examined.
    Files,
    /// Source size.
    Source,
    /// Size at the destination.
    Stored,
    /// Bytes uploaded.
    Uploaded,
    /// Restorable versions.
    Versions,
    /// Warnings.
    Warnings,
}

/// Everything a server's page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServerPage {
    /// When this was asked for.
    pub now: Moment,
    /// Its id.
    pub id: ServerId,
    /// Its unique name.
    pub name: String,
    /// A friendlier name.
    pub alias: Option<String>,
    /// A person's notes.
    pub notes: Option<String>,
    /// When it last reported anything.
    pub last_seen: Option<Moment>,
    /// Duplicati's version, as it last said.
    pub duplicati_version: Option<String>,
    /// Operating system, as it last said.
    pub operating_system: Option<String>,
    /// Machine ids that reported as this server, newest first.
    pub machine_ids: Vec<MachineId>,
    /// Another server with the same name, which this one may be: offer to merge.
    pub same_name_as: Option<(ServerId, String)>,
    /// Reports came with this server's key but from a machine known as another server.
    pub key_mismatch: Option<KeyMismatch>,
    /// Whether the command line reports a job of it without a name.
    pub has_unnamed_jobs: bool,
    /// All its jobs, whatever is chosen.
    pub jobs: Vec<JobRow>,
    /// Figures over the chosen range and job.
    pub statistics: Statistics,
    /// Trends over the chosen range and job.
    pub trends: Trends,
    /// One page of runs.
    pub runs: Vec<RunRow>,
    /// Which page that is.
    pub paging: Paging,
    /// The last other operations (restore, test, compact …), newest first, at most 20.
    pub operations: Vec<OperationRow>,
    /// When this changes although nothing arrives.
    pub changes_at: Option<Timestamp>,
}

impl Shown for ServerPage {
    fn now(&self) -> Moment {
        self.now
    }

    fn changes_at(&self) -> Option<Timestamp> {
        self.changes_at
    }
}

/// One machine id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineId {
    /// The id, as Duplicati sends it; hostile text.
    pub machine_id: String,
    /// The machine's own name.
    pub machine_name: Option<String>,
    /// When it last reported.
    pub last_seen: Moment,
}

/// A key was used from a machine that is known as another server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyMismatch {
    /// The machine's id or name; hostile text.
    pub machine: String,
    /// The server it is otherwise known as.
    pub other: Option<(ServerId, String)>,
    /// When that last happened.
    pub at: Moment,
}

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

/// One run as lists show it; sizes in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRow {
    /// Its id.
    pub id: RunId,
    /// Its job.
    pub job_id: JobId,
    /// The job's name.
    pub job_name: String,
    /// What Duplicati said.
    pub status: Status,
    /// What became of it.
    pub outcome: RunOutcome,
    /// Start.
    pub started: Moment,
    /// Whether the start is ours, because the report had none that can be true.
    #[serde(default)]
    pub start_assumed: bool,
    /// Seconds it took.
    pub duration: Option<i64>,
    /// Files examined; this and the sizes are those of complete runs, since others count only a part, or nothing.
    pub files: Option<i64>,
    /// Bytes of source data.
    pub source_size: Option<i64>,
    /// Bytes at the destination.
    pub storage_size: Option<i64>,
    /// Bytes uploaded.
    pub uploaded_size: Option<i64>,
    /// Restorable versions.
    pub versions: Option<i64>,
    /// Warnings.
    pub warnings: Option<i64>,
    /// Errors.
    pub errors: Option<i64>,
}

/// Another operation than a backup: shown, never counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationRow {
    /// Duplicati's word (`Restore`, `Test`, …); hostile text.
    pub operation: String,
    /// The job's name.
    pub job_name: String,
    /// What Duplicati said.
    pub status: Status,
    /// Start, or arrival when it had none.
    pub started: Moment,
    /// Whether the start is ours, because the report had none that can be true.
    #[serde(default)]
    pub start_assumed: bool,
    /// Seconds it took.
    pub duration: Option<i64>,
    /// Whether it was stopped.
    #[serde(default)]
    pub stopped: bool,
    /// Warnings.
    #[serde(default)]
    pub warnings: Option<i64>,
    /// Errors.
    #[serde(default)]
    pub errors: Option<i64>,
    /// Why it did not go well; hostile text.
    #[serde(default)]
    pub message: Option<String>,
    /// Its own figures, those that say something.
    pub details: Vec<OperationFigure>,
}

/// One figure of another operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationFigure {
    /// Duplicati's name of it; hostile text.
    pub name: String,
    /// What it says.
    pub value: OperationValue,
}

/// What a figure of another operation says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OperationValue {
    /// A size.
    Bytes(i64),
    /// A number.
    Count(i64),
    /// Anything else; hostile text.
    Text(String),
}

/// The state in which a server's heading speaks.
pub fn worst(jobs: &[JobRow]) -> Option<Verdict> {
    jobs.iter().map(|j| j.verdict).min()
}
