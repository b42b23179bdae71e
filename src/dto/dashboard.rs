//! The dashboard: am I safe?

mod job;
mod labels;
mod query;

use std::marker::PhantomData;

pub use job::{Handling, JobRow, Live, Verification};
pub use labels::{Label, Labels, Narrowed};
pub use query::{DashboardQuery, Filter, Sort};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Moment, Paging, channel::Reach, key::KeyRow, rejected::RejectedRow, shown::Shown};
use crate::{
    checks::Check,
    ids::{JobId, RunId, ServerId},
    outcome::RunOutcome,
    time::Timestamp,
    verdict::Verdict,
};

/// Everything the dashboard shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// When this was asked for.
    pub now: Moment,
    /// Number of servers, with or without jobs.
    pub servers_total: i64,
    /// Jobs by verdict: `(verdict, jobs)`, every verdict present, worst first.
    pub verdicts: Vec<(Verdict, i64)>,
    /// Jobs that run at this moment (live status).
    pub running: i64,
    /// When the last report of any kind arrived.
    pub last_report: Option<Moment>,
    /// The earliest expected next run that is still to come.
    pub next_expected: Option<Moment>,
    /// Jobs that need attention, worst first, at most 12.
    pub problems: Vec<Problem>,
    /// Figures over all jobs.
    pub totals: Totals,
    /// Groups and tags, to choose from.
    pub labels: Labels,
    /// What the chosen group or tag sums up to; `None` while none is chosen.
    pub narrowed: Option<Narrowed>,
    /// One page of servers with their jobs, filtered and sorted.
    pub servers: Vec<ServerGroup>,
    /// Which page that is; counts servers.
    pub paging: Paging,
    /// Rejected reports seen in the last 24 hours.
    pub rejected_recently: i64,
    /// Whether anyone would be told of a problem; only for those who may add a channel.
    pub reach: Reach,
    /// Names of the channels that do not deliver; only for those who may change them.
    pub failing_channels: Vec<String>,
    /// Servers without a job, and jobs without a report: nothing says that their backups work.
    pub never_reported: i64,
    /// What is known while the first report is waited for; `None` once a server is known, or for those who may not know.
    pub waiting: Option<EncodedJson<Waiting>>,
    /// When this changes although nothing arrives.
    pub changes_at: Option<Timestamp>,
}

impl Shown for Dashboard {
    fn now(&self) -> Moment {
        self.now
    }

    fn changes_at(&self) -> Option<Timestamp> {
        self.changes_at
    }
}

/// A part that travels as text, and is read only by who needs it: the browser's first file, which has no use for it, needs no code
/// that reads it either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EncodedJson<T> {
    text: String,
    #[serde(skip)]
    of: PhantomData<fn() -> T>,
}

impl<T> EncodedJson<T> {
    /// Closes it.
    pub fn new(part: &T) -> Self
    where
        T: Serialize,
    {
        // What cannot be written is read as nothing.
        Self { text: serde_json::to_string(part).unwrap_or_default(), of: PhantomData }
    }

    /// Opens it; nothing when it is not what it was.
    pub fn open(&self) -> Option<T>
    where
        T: DeserializeOwned,
    {
        serde_json::from_str(&self.text).ok()
    }
}

/// What is known while the first report is waited for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Keys that work, newest first: their addresses exist.
    pub keys: Vec<KeyRow>,
    /// What was refused lately, newest first.
    pub refused: Vec<RejectedRow>,
    /// Whether anyone would be told of a problem; only for those who may add a channel.
    pub reach: Reach,
}

impl Dashboard {
    /// Jobs with this verdict.
    pub fn count(&self, verdict: Verdict) -> i64 {
        self.verdicts.iter().find(|(v, _)| *v == verdict).map_or(0, |(_, n)| *n)
    }

    /// All jobs.
    pub fn jobs_total(&self) -> i64 {
        self.verdicts.iter().map(|(_, n)| n).sum()
    }

    /// Jobs that need attention.
    pub fn attention(&self) -> i64 {
        self.verdicts.iter().filter(|(v, _)| v.needs_attention()).map(|(_, n)| n).sum()
    }
}

/// One job that needs attention.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Its server.
    pub server_id: ServerId,
    /// The server's alias, or its name.
    pub server_name: String,
    /// The job.
    pub job_id: JobId,
    /// The job's name.
    pub job_name: String,
    /// The first names of other jobs of the same server that are overdue or quiet as well: a silent server is one problem.
    pub other_jobs: Vec<String>,
    /// How many those jobs are.
    pub other_count: i64,
    /// Why it is here.
    pub verdict: Verdict,
    /// The run that says so.
    pub run_id: Option<RunId>,
    /// Since when: start of the first failed run in a row, or the time it was due.
    pub since: Option<Moment>,
    /// Failed runs in a row, for [`Verdict::Failed`].
    pub failures: i64,
    /// First error or warning line of that run, shortened; hostile text.
    pub message: Option<String>,
    /// What became of the run that began last.
    pub outcome: Option<RunOutcome>,
    /// What contradicts that run.
    pub checks: Vec<Check>,
    /// Last good run.
    pub last_success: Option<Moment>,
    /// The usual distance between runs, when there were enough of them to tell: seconds.
    pub interval: Option<i64>,
    /// What was done about it.
    #[serde(default)]
    pub handling: Option<Handling>,
}

/// Figures over all jobs; sizes in bytes, of the last complete run of each job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Runs ever recorded.
    pub runs: i64,
    /// Bytes of source data.
    pub source_size: i64,
    /// Bytes stored at the destinations.
    pub storage_size: i64,
    /// Bytes ever uploaded.
    pub uploaded_size: i64,
    /// Restorable versions.
    pub versions: i64,
    /// The last 30 days, oldest first, today last.
    pub days: Vec<SiteDay>,
    /// Runs in those 30 days, without rehearsals.
    pub runs_30_days: i64,
    /// Of those, good runs.
    pub kept_30_days: i64,
    /// Bytes uploaded in those 30 days.
    pub uploaded_30_days: i64,
    /// Bytes uploaded in the 30 days before.
    pub uploaded_previous_30_days: i64,
}

/// One day over all jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SiteDay {
    /// Runs that began on that day.
    pub runs: i64,
    /// Bytes uploaded.
    pub uploaded_size: i64,
    /// Bytes of source data of all jobs at its end; `None` before the first report.
    pub source_size: Option<i64>,
    /// Bytes at the destinations of all jobs at its end; `None` before the first report.
    pub storage_size: Option<i64>,
}

/// A server and those of its jobs that pass the filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServerGroup {
    /// Its id.
    pub id: ServerId,
    /// Its unique name.
    pub name: String,
    /// A friendlier name that a person gave it.
    pub alias: Option<String>,
    /// The names of its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Worst verdict of all its jobs; `None` without jobs.
    pub worst: Option<Verdict>,
    /// How many of its jobs have that verdict.
    pub worst_count: i64,
    /// How many jobs it has.
    pub jobs_total: i64,
    /// When it last reported anything.
    pub last_seen: Option<Moment>,
    /// The jobs.
    pub jobs: Vec<JobRow>,
}
