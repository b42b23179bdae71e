//! A run of a backup, as far as noticing needs it.

use serde::{Deserialize, Serialize};

use crate::{outcome::RunOutcome, status::Status, time::Timestamp};

/// The figures of a run that are compared. `None` is unknown, and never 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// Files examined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<i64>,
    /// Bytes examined: the size of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<i64>,
    /// Files added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added: Option<i64>,
    /// Files modified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified: Option<i64>,
    /// Files deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<i64>,
    /// Files that could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_error: Option<i64>,
    /// Bytes uploaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uploaded: Option<i64>,
    /// Files uploaded to the destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files_uploaded: Option<i64>,
    /// Versions at the destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versions: Option<i64>,
    /// Bytes at the destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stored: Option<i64>,
    /// Bytes that the destination can hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_total: Option<i64>,
    /// Bytes that it can still take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota_free: Option<i64>,
    /// Calls to the destination that were repeated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<i64>,
}

/// A report of a backup, as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// When the run began, by the sender's clock.
    pub begin: Timestamp,
    /// When the report arrived, by ours.
    pub received: Timestamp,
    /// How long it took: seconds.
    pub duration: i64,
    /// What Duplicati said.
    pub status: Status,
    /// What became of it.
    pub outcome: RunOutcome,
    /// The next run, as it is told; by the sender's clock.
    pub next: Option<Timestamp>,
    /// Its figures.
    pub figures: Figures,
    /// The kinds of its warnings that are about the backup ([`super::warnings::kind`]).
    pub warnings: Vec<String>,
    /// Whether the sender is a version that reports several jobs under one name.
    pub mixes_jobs: bool,
}

/// A run that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// When it began, by the sender's clock.
    pub told: Timestamp,
    /// When it began, as far as that clock is believed.
    pub begin: Timestamp,
    /// When its report arrived.
    pub received: Timestamp,
    /// How long it took: seconds.
    pub duration: i64,
    /// What became of it.
    pub outcome: RunOutcome,
    /// Its figures.
    #[serde(default)]
    pub figures: Figures,
    /// Whether a collapse began with it, or lasted: no other run is compared with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_bad: bool,
}

impl Run {
    /// When it would have begun if its report arrived at its end.
    #[must_use]
    pub fn arrival(&self) -> Timestamp {
        self.received.plus(-self.duration)
    }
}
