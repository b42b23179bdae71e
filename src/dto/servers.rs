//! Servers as those who look after them see them.

use serde::{Deserialize, Serialize};

use super::Moment;
use crate::{
    ids::{JobId, RunId, ServerId},
    status::Status,
};

/// A server with its latest run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerDetails {
    /// Its id.
    pub id: ServerId,
    /// Its unique name.
    pub name: String,
    /// What people call it.
    pub alias: Option<String>,
    /// What people have to know of it.
    pub notes: Option<String>,
    /// When it last reported.
    pub last_seen: Option<Moment>,
    /// When it was made.
    pub created: Option<Moment>,
    /// When its name, alias or notes were last changed.
    pub updated: Option<Moment>,
    /// Its jobs.
    pub jobs: i64,
    /// Its runs.
    pub runs: i64,
    /// The run that began last.
    pub latest: Option<LatestRun>,
}

/// The run of a server that began last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestRun {
    /// Its id.
    pub id: RunId,
    /// Its job.
    pub job_id: JobId,
    /// The job's name.
    pub job: String,
    /// What Duplicati said.
    pub status: Status,
    /// When it began.
    pub started: Moment,
    /// How long it took: seconds.
    pub duration: Option<i64>,
}

/// A server that is to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewServer {
    /// Its name, which no other server has.
    pub name: String,
    /// What people call it.
    pub alias: Option<String>,
    /// What people have to know of it.
    pub notes: Option<String>,
}

/// What is to change of a server: what is not said stays as it is, an empty text takes a value away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerChange {
    /// Its name, which no other server has. Reports that say no machine id are found by it.
    pub name: Option<String>,
    /// What people call it.
    pub alias: Option<String>,
    /// What people have to know of it.
    pub notes: Option<String>,
    /// The page of its Duplicati: http or https.
    pub duplicati_url: Option<String>,
    /// Whether it is archived: nothing is expected of its jobs.
    pub archived: Option<bool>,
}

/// What went with a server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerDeleted {
    /// Jobs.
    pub jobs: i64,
    /// Runs.
    pub runs: i64,
    /// Other operations (restore, test …).
    pub operations: i64,
}

/// What went over from one server to another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServersMerged {
    /// Jobs.
    pub jobs: i64,
    /// Runs.
    pub runs: i64,
    /// Of those, runs that both servers had.
    pub duplicates: i64,
    /// Other operations (restore, test …).
    pub operations: i64,
}

/// The group and the tags of a server; hostile text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerLabels {
    /// The group that it is in.
    pub group: Option<String>,
    /// Its tags, by name.
    pub tags: Vec<String>,
}

/// What becomes of the group and the tags of servers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelChange {
    /// The servers.
    pub servers: Vec<ServerId>,
    /// The group into which they go; empty: into none. Left out: each stays in its own.
    #[serde(default)]
    pub group: Option<String>,
    /// Tags that they get besides those that they have.
    #[serde(default)]
    pub add: Vec<String>,
    /// Tags that they lose.
    #[serde(default)]
    pub remove: Vec<String>,
}

/// Names that exist, to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelChoices {
    /// Groups.
    pub groups: Vec<String>,
    /// Tags.
    pub tags: Vec<String>,
}

/// What is needed to change the group and the tags of a server and of its jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelsPage {
    /// The server's name, as it is shown.
    pub server: String,
    /// Its group and tags.
    pub labels: ServerLabels,
    /// Its jobs: id, name, and tags of their own.
    pub jobs: Vec<(JobId, String, Vec<String>)>,
    /// Names that exist.
    pub choices: LabelChoices,
}
