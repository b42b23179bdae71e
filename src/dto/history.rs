//! Runs as programs and commands ask for them: lists, statistics, trends day by day, and what was told about them.

use serde::{Deserialize, Serialize};

use super::Moment;
use crate::{
    ids::{JobId, RunId, ServerId},
    status::Status,
    time::{Day, Timestamp},
};

/// Whose runs are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The server.
    pub server: ServerId,
    /// One job on it; otherwise all.
    #[serde(default)]
    pub job: Option<JobId>,
}

/// A part of a list, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Part {
    /// Rows: at most 1,000.
    pub limit: i64,
    /// Rows before them.
    pub offset: i64,
}

impl Default for Part {
    fn default() -> Self {
        Self { limit: 100, offset: 0 }
    }
}

impl Part {
    /// The same within its bounds.
    pub fn bounded(self) -> Self {
        Self { limit: self.limit.clamp(1, 1000), offset: self.offset.max(0) }
    }
}

/// A day of the trends; sizes are what each job last said by then, also where none ran on that day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrendDay {
    /// The day on the site's calendar.
    pub day: Day,
    /// Runs that began on it.
    pub runs: i64,
    /// Of those, good ones without warnings.
    pub successful: i64,
    /// Of those, good ones with warnings.
    pub warnings: i64,
    /// Of those, failed.
    pub failed: i64,
    /// Of those, stopped, skipped or partial, or with an unknown result.
    pub incomplete: i64,
    /// Mean duration of the complete runs: seconds.
    pub average_duration: Option<i64>,
    /// Bytes uploaded.
    pub uploaded_size: i64,
    /// Bytes of source data of all jobs.
    pub source_size: Option<i64>,
    /// Bytes at the destination of all jobs.
    pub storage_size: Option<i64>,
}

/// A run that is entered by hand or by a program; stored as a report of it would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRun {
    /// Its server.
    pub server: ServerId,
    /// Name of its job, which is made if there is none.
    pub job: String,
    /// How it ended.
    pub status: Status,
    /// When it began.
    pub started: Timestamp,
    /// How long it took: seconds.
    #[serde(default)]
    pub duration: Option<i64>,
    /// Files examined.
    #[serde(default)]
    pub files: Option<i64>,
    /// Bytes of source data.
    #[serde(default)]
    pub source_size: Option<i64>,
    /// Bytes at the destination.
    #[serde(default)]
    pub storage_size: Option<i64>,
    /// Bytes uploaded.
    #[serde(default)]
    pub uploaded_size: Option<i64>,
    /// Restorable versions.
    #[serde(default)]
    pub versions: Option<i64>,
    /// Lines of its log.
    #[serde(default)]
    pub messages: Vec<String>,
}

/// Something that was told to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// Its number.
    pub id: i64,
    /// The server that it is about.
    pub server: Option<ServerId>,
    /// The run that it is about.
    pub run: Option<RunId>,
    /// What kind.
    pub kind: String,
    /// What became of it.
    pub status: String,
    /// What it says.
    pub message: Option<String>,
    /// When it was sent.
    pub sent: Option<Moment>,
    /// When it was made.
    pub created: Moment,
}
