//! How much the product knows.

use serde::{Deserialize, Serialize};

use crate::{status::Status, time::Timestamp};

/// Counts and totals of everything that is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseStats {
    /// Servers.
    pub servers: i64,
    /// Jobs.
    pub jobs: i64,
    /// Runs.
    pub runs: i64,
    /// Runs by what Duplicati said, the best first.
    pub by_status: Vec<(Status, i64)>,
    /// When the first run began.
    pub oldest_run: Option<Timestamp>,
    /// When the last run began.
    pub newest_run: Option<Timestamp>,
    /// Bytes of source data, after the last complete run of each job.
    pub source_size: i64,
    /// Bytes at the destinations, after the last complete run of each job.
    pub storage_size: i64,
    /// Bytes that all runs uploaded.
    pub uploaded_size: i64,
    /// Other operations: restores, tests, repairs.
    pub operations: i64,
    /// Raw reports that are kept.
    pub raw_reports: i64,
    /// Entries of the audit trail.
    pub audit_entries: i64,
    /// People.
    pub users: i64,
    /// What ran in the last days, today included, the shortest period first.
    pub periods: Vec<PeriodStats>,
}

/// What ran in some days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodStats {
    /// How many days up to today; none is all.
    pub days: Option<i64>,
    /// Runs.
    pub runs: i64,
    /// Of these, good ones without warnings.
    pub successes: i64,
    /// Of these, good ones with warnings.
    pub warnings: i64,
    /// Of these, failed.
    pub failures: i64,
    /// Of these, stopped, skipped or partial, or with an unknown result.
    pub incomplete: i64,
    /// Bytes uploaded.
    pub uploaded_size: i64,
}

/// What a command that looks after the file did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maintenance {
    /// The file and its log before: bytes.
    pub before: u64,
    /// The file and its log after: bytes.
    pub after: u64,
    /// How long it took: milliseconds.
    pub took: u64,
    /// Whether it was done; a checkpoint waits for nobody who still reads what it would move.
    pub is_complete: bool,
}
