//! A job, as the dashboard and the page of its server list it.

use serde::{Deserialize, Serialize};

use crate::{
    checks::Check,
    dto::Moment,
    ids::{JobId, RunId},
    outcome::RunOutcome,
    status::Status,
    verdict::Verdict,
};

/// One job as lists show it; sizes in bytes, of the last complete run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// Its name.
    pub name: String,
    /// What we conclude.
    pub verdict: Verdict,
    /// Failed runs in a row.
    pub failures: i64,
    /// What Duplicati said last.
    pub last_status: Option<Status>,
    /// What became of that run.
    pub last_outcome: Option<RunOutcome>,
    /// What contradicts that run, and what else is open about the job.
    pub checks: Vec<Check>,
    /// The last verification of the destination.
    #[serde(default)]
    pub verification: Option<Verification>,
    /// The run that began last.
    pub last_run: Option<RunId>,
    /// When that run's report arrived.
    pub last_report: Option<Moment>,
    /// Start of the last good run.
    pub last_success: Option<Moment>,
    /// Seconds the last run took.
    pub duration: Option<i64>,
    /// Bytes of source data.
    pub source_size: Option<i64>,
    /// Bytes at the destination.
    pub storage_size: Option<i64>,
    /// Bytes the last run uploaded.
    pub uploaded_size: Option<i64>,
    /// Restorable versions.
    pub versions: Option<i64>,
    /// Warnings in the last run.
    pub warnings: Option<i64>,
    /// Runs ever recorded.
    pub runs: i64,
    /// When the next run is expected.
    pub next_expected: Option<Moment>,
    /// When it is late.
    pub due: Option<Moment>,
    /// The usual distance between runs: seconds.
    pub interval: Option<i64>,
    /// The last slots, oldest first, at most 30: a letter for each ([`crate::dto::strip`]).
    pub strip: String,
    /// Progress of a run that is under way.
    pub live: Option<Live>,
    /// What was done about its problem.
    #[serde(default)]
    pub handling: Option<Handling>,
}

/// The incident of a problem, and what users did about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handling {
    /// When the incident began.
    pub since: Moment,
    /// Who acknowledged it, and when.
    pub acknowledged: Option<(String, Option<Moment>)>,
    /// Until when no message about it is sent.
    pub snoozed_until: Option<Moment>,
    /// When a user closed it, although the problem is still there.
    pub closed: Option<Moment>,
}

/// A verification of a destination that came to a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// When it began.
    pub at: Moment,
    /// Whether it failed, or found damaged files.
    pub failed: bool,
    /// Damaged files, where that is known.
    pub damaged: Option<i64>,
}

/// A run under way, from Duplicati's live status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    /// When it started.
    pub started: Moment,
    /// When it last told us.
    pub reported: Moment,
    /// Duplicati's word for what it is doing.
    pub phase: Option<String>,
    /// Progress in thousandths.
    pub permille: Option<i64>,
}
