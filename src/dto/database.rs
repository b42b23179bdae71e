//! The database file, as its commands, its page and its API show it.

mod cleanup;
mod tasks;

pub use cleanup::{CleanedJob, CleanupReport, CleanupRequest, Retention, RetentionRule};
use serde::{Deserialize, Serialize};
pub use tasks::{TaskChange, TaskResult, TaskRun, TaskState};

/// A row that refers to a row which does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    /// Its table.
    pub table: String,
    /// Its number; none in tables without one.
    pub row: Option<i64>,
    /// The table in which its counterpart is missing.
    pub parent: String,
}
