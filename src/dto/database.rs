//! The database file, as its commands, its page and its API show it.

mod backup;
mod check;
mod cleanup;
mod migration;
mod overview;
pub mod salvage;
mod stats;
mod status;
mod tasks;

pub use backup::{
    BackupFile, BackupReport, BackupsPage, LostRuns, RestoreChoice, RestorePreview, RestoreReport,
    RevokedKind, RevokedSince,
};
pub use check::{Discrepancy, Integrity};
pub use cleanup::{CleanedJob, CleanupReport, CleanupRequest, Retention, RetentionRule, RulePreview};
pub use migration::{MigrationRow, Migrations};
pub use overview::DatabaseOverview;
use serde::{Deserialize, Serialize};
pub use stats::{DatabaseStats, Maintenance, PeriodStats};
pub use status::{DatabaseStatus, IndexSize, PoolState, SlowQuery, Statements, TableSize};
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
