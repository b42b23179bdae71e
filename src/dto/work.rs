//! Long work that somebody began, and that a page waits for.

use serde::{Deserialize, Serialize};

use super::{
    Moment,
    database::{CleanupReport, Integrity, Maintenance},
    import::{ImportProgress, ImportReport},
};

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// Everything is checked.
    Integrity,
    /// Statistics are collected where they are missing.
    Optimize,
    /// The write-ahead log is moved into the file.
    Checkpoint,
    /// The file is written anew without free pages.
    Vacuum,
    /// Old runs are deleted.
    Cleanup,
    /// A file is imported.
    Import,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrentWork {
    /// What.
    pub kind: WorkKind,
    /// Since when.
    pub since: Moment,
    /// How far it is, where that is known.
    pub progress: Option<ImportProgress>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// What was found.
    Integrity(Integrity),
    /// What became of the file.
    Maintenance(Maintenance),
    /// What was deleted.
    Cleanup(CleanupReport),
    /// What came.
    Import(Box<ImportReport>),
    /// Why it did not work, in a sentence.
    Failed(String),
}

/// Work that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkEnded {
    /// What it was.
    pub kind: WorkKind,
    /// When it ended.
    pub at: Moment,
    /// What came of it.
    pub outcome: Outcome,
}

/// How long work stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WorkState {
    /// What is being done now, by whomever.
    pub now: Option<CurrentWork>,
    /// What ended last, of the kinds that were asked for; none since the program started.
    pub last: Option<WorkEnded>,
}
