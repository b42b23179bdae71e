//! The page of one server: its jobs, statistics, trends and history.

mod query;
mod trends;

pub use query::{Range, RunSort, ServerQuery};
use serde::{Deserialize, Serialize};

pub use trends::{CalendarDay, JobSeries, Statistics, Trends};

use super::{Moment, Paging, dashboard::JobRow, servers::ServerLabels, shown::Shown};
use crate::{
    ids::{JobId, RunId, ServerId},
    outcome::RunOutcome,
    status::Status,
    time::Timestamp,
    verdict::Verdict,
};

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
    /// The page of its Duplicati: http or https.
    #[serde(default)]
    pub duplicati_url: Option<String>,
    /// Since when it is archived.
    #[serde(default)]
    pub archived: Option<Moment>,
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
    /// The group that it is in, and its tags.
    pub labels: ServerLabels,
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
