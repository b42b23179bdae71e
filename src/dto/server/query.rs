//! Which view of a server is asked for.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{JobId, ServerId},
    time::Day,
};

/// What a person chose to see on a server's page; every part is in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ServerQuery {
    /// Which server.
    pub server: ServerId,
    /// Only this job; `None` is all.
    #[serde(default)]
    pub job: Option<JobId>,
    /// In the history only runs that began on this day of the site's calendar.
    #[serde(default)]
    pub day: Option<Day>,
    /// How far back the trends go.
    #[serde(default)]
    pub range: Range,
    /// Column of the history.
    #[serde(default)]
    pub sort: RunSort,
    /// Smallest or oldest first.
    #[serde(default)]
    pub ascending: bool,
    /// Page of the history, counting from 1; 0 is read as 1.
    #[serde(default)]
    pub page: i64,
}

/// Time range of the trends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Range {
    /// 7 days.
    Week,
    /// 30 days.
    #[default]
    Month,
    /// 90 days.
    Quarter,
    /// 365 days.
    Year,
    /// Everything.
    All,
}

impl Range {
    /// Every range, shortest first.
    pub const ALL: [Self; 5] = [Self::Week, Self::Month, Self::Quarter, Self::Year, Self::All];

    /// Length in days; `None` is everything.
    pub fn days(self) -> Option<i64> {
        match self {
            Self::Week => Some(7),
            Self::Month => Some(30),
            Self::Quarter => Some(90),
            Self::Year => Some(365),
            Self::All => None,
        }
    }
}

/// Column by which the history is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunSort {
    /// Start of the run.
    #[default]
    Started,
    /// Name of the job.
    Job,
    /// Status.
    Status,
    /// Duration.
    Duration,
    /// Files examined.
    Files,
    /// Source size.
    Source,
    /// Size at the destination.
    Stored,
    /// Bytes uploaded.
    Uploaded,
    /// Restorable versions.
    Versions,
    /// Warnings.
    Warnings,
}
