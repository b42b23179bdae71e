//! Reports that were refused.

use serde::{Deserialize, Serialize};

use super::{Moment, Paging};

/// One page of refused reports, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedPage {
    /// When this was asked for.
    pub now: Moment,
    /// The rows.
    pub rows: Vec<RejectedRow>,
    /// Which page that is.
    pub paging: Paging,
}

impl super::shown::Shown for RejectedPage {
    fn now(&self) -> Moment {
        self.now
    }
}

/// The same refusal from the same address, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRow {
    /// Row id.
    pub id: i64,
    /// First time.
    pub first: Moment,
    /// Last time.
    pub last: Moment,
    /// How often.
    pub count: i64,
    /// HTTP status it was answered with.
    pub http_status: i64,
    /// What was wrong.
    pub reason: String,
    /// Which field was wrong.
    pub field: Option<String>,
    /// What to do.
    pub hint: String,
    /// The machine that it named itself; hostile text.
    #[serde(default)]
    pub machine: Option<String>,
    /// The job that it named; hostile text.
    #[serde(default)]
    pub job: Option<String>,
    /// Address it came from.
    pub source: String,
    /// Size of the last one: bytes.
    pub size: i64,
    /// First 2 KiB of the last one, secrets masked; hostile text.
    pub sample: String,
}
