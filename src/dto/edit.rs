//! What people change of a server and of its jobs.

use serde::{Deserialize, Serialize};

use super::{Moment, database::Retention};
use crate::ids::{JobId, ServerId};

/// Everything that the page for editing a server shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerEditPage {
    /// When it was asked for.
    pub now: Moment,
    /// The server.
    pub id: ServerId,
    /// Its name, by which reports that say no machine id find it.
    pub name: String,
    /// What people call it.
    pub alias: Option<String>,
    /// What people have to know of it.
    pub notes: Option<String>,
    /// The page of its Duplicati.
    pub duplicati_url: Option<String>,
    /// Since when it is archived.
    pub archived: Option<Moment>,
    /// Its own rule of how long runs are kept.
    pub retention: Option<Retention>,
    /// The rule of the site, which holds where there is no other.
    pub site_retention: Retention,
    /// Its jobs, by name.
    pub jobs: Vec<EditedJob>,
    /// What it has.
    pub contents: Contents,
    /// Names of other servers, to choose from.
    pub others: Vec<String>,
    /// The server into which it is to be merged, and what comes of it.
    pub merge: Option<MergeQuestion>,
}

/// A job on that page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditedJob {
    /// The job.
    pub id: JobId,
    /// Its name, as Duplicati says it.
    pub name: String,
    /// What people call it.
    pub alias: Option<String>,
    /// What people have to know of it.
    pub notes: Option<String>,
    /// Since when it is archived.
    pub archived: Option<Moment>,
    /// Its runs.
    pub runs: i64,
    /// Its other operations (restore, test …).
    pub operations: i64,
}

/// What a server has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Jobs.
    pub jobs: i64,
    /// Runs.
    pub runs: i64,
    /// Other operations (restore, test …).
    pub operations: i64,
    /// Ingest keys that work only for it.
    pub keys: i64,
    /// Machines that reported as it.
    pub machines: i64,
}

/// Whether to merge a server into another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MergeQuestion {
    /// There is no server of this name.
    Missing(String),
    /// It is the server itself.
    Itself,
    /// There is.
    Preview(MergePreview),
}

/// What a merge comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergePreview {
    /// The server that stays.
    pub into: ServerId,
    /// Its name.
    pub into_name: String,
    /// Its alias, or its name.
    pub into_shown: String,
    /// What moves.
    pub moves: Contents,
    /// Jobs that both servers have: each two become one.
    pub joined: Vec<String>,
    /// Jobs that only the server that goes has.
    pub added: Vec<String>,
}

/// What is to change of a job: what is not said stays as it is, an empty text takes a value away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct JobChange {
    /// Its name, which no other job of the server has.
    pub name: Option<String>,
    /// What people call it.
    pub alias: Option<String>,
    /// What people have to know of it.
    pub notes: Option<String>,
    /// Whether it is archived.
    pub archived: Option<bool>,
}

/// What went with a job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobDeleted {
    /// Runs.
    pub runs: i64,
    /// Other operations (restore, test …).
    pub operations: i64,
}
