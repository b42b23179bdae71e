//! The page of the database.

use serde::{Deserialize, Serialize};

use super::{DatabaseStatus, Retention, RetentionRule, TaskState};
use crate::dto::{Moment, work::WorkState};

/// The page of the database, but for what takes long to find out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseOverview {
    /// When it was asked for.
    pub now: Moment,
    /// Sizes, connections and queries.
    pub status: DatabaseStatus,
    /// Runs that are stored.
    pub runs: i64,
    /// When the first run began.
    pub oldest_run: Option<Moment>,
    /// When the last run began.
    pub newest_run: Option<Moment>,
    /// When old runs were last cleaned up.
    pub last_cleanup: Option<Moment>,
    /// When the database was last backed up by this program.
    pub last_backup: Option<Moment>,
    /// How long runs are kept where no rule says otherwise.
    pub site: Retention,
    /// Servers and jobs that differ.
    pub rules: Vec<RetentionRule>,
    /// What deletes old runs by itself.
    pub task: TaskState,
    /// What is being done, and what came of the last.
    pub work: WorkState,
}
