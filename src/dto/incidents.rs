//! Incidents: lists, timelines, and what is done about them.

use serde::{Deserialize, Serialize};

use super::{Moment, Paging};
use crate::{
    ids::{JobId, RunId, ServerId},
    verdict::Verdict,
};

/// Which incidents are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IncidentFilter {
    /// Open, and nobody has acknowledged them.
    #[default]
    Open,
    /// Open and acknowledged.
    Acknowledged,
    /// Closed.
    Closed,
}

impl IncidentFilter {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Open, Self::Acknowledged, Self::Closed];

    /// The word in URLs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::Closed => "closed",
        }
    }
}

/// What a person wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentQuery {
    /// Which ones.
    pub filter: IncidentFilter,
    /// Of one server.
    pub server: Option<ServerId>,
    /// Of one job.
    pub job: Option<JobId>,
    /// What they were about at their worst.
    pub problem: Option<Verdict>,
    /// The page, from 1.
    pub page: i64,
}

/// One page of incidents, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentPage {
    /// When this was asked for.
    pub now: Moment,
    /// How many there are of each kind.
    pub counts: Vec<(IncidentFilter, i64)>,
    /// The rows.
    pub rows: Vec<IncidentRow>,
    /// Which page that is.
    pub paging: Paging,
}

impl super::shown::Shown for IncidentPage {
    fn now(&self) -> Moment {
        self.now
    }
}

impl IncidentRow {
    /// Seconds within which the jobs of a silent server become overdue.
    const TOGETHER: i64 = 3600;

    /// Returns the names of the server and the job.
    pub fn full_name(&self) -> String {
        format!("{} / {}", self.server_name, self.job_name)
    }

    /// Returns whether two incidents have one cause: jobs of one server that became overdue within an hour.
    pub fn has_cause_of(&self, other: &Self) -> bool {
        let is_silent = |row: &Self| {
            row.closed.is_none()
                && matches!(row.problem, Verdict::Late | Verdict::Stale)
                && row.server_id.is_some()
        };
        is_silent(self)
            && is_silent(other)
            && self.server_id == other.server_id
            && self.since.at.since(other.since.at).abs() <= Self::TOGETHER
    }
}

impl IncidentPage {
    /// How many incidents of a kind there are.
    pub fn count(&self, filter: IncidentFilter) -> i64 {
        self.counts.iter().find(|(known, _)| *known == filter).map_or(0, |(_, count)| *count)
    }
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentRow {
    /// Row id.
    pub id: i64,
    /// Its job, unless that was deleted.
    pub job_id: Option<JobId>,
    /// The server, unless that was deleted.
    pub server_id: Option<ServerId>,
    /// The server's name when it was opened.
    pub server_name: String,
    /// The job's name when it was opened.
    pub job_name: String,
    /// What it is about now.
    pub problem: Verdict,
    /// What it was about at its worst.
    pub worst: Verdict,
    /// Since when something is wrong.
    pub since: Moment,
    /// When it was opened.
    pub opened: Moment,
    /// Who acknowledged it.
    pub acknowledged_by: Option<String>,
    /// Until when it is snoozed.
    pub snoozed_until: Option<Moment>,
    /// Failed runs in a row, while it is open and the job fails.
    pub failures: i64,
    /// The checks that failed while it was open: names as in [`TimelineEntry::check`].
    pub checks: Vec<String>,
    /// The first error or warning of the run that last opened or changed it; hostile text.
    pub message: Option<String>,
    /// When it was closed.
    pub closed: Option<Moment>,
    /// Why: `"good"`, `"paused"`, `"gone"`, `"person"`.
    pub closed_why: Option<String>,
    /// What happened, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// An entry of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// When.
    pub at: Moment,
    /// What: `"opened"`, `"changed"`, `"silent"`, `"found"`, `"acknowledged"`, `"noted"`, `"snoozed"`, `"woke"`, `"set"`, `"closed"`; and what was told
    /// of it: `"told"`, `"not_told"`, `"waits"`, `"told_nobody"`.
    pub event: String,
    /// What it is about from then on.
    pub problem: Option<Verdict>,
    /// What a person changed: `"rules"`, `"paused"`, `"resumed"`, `"maintenance"`, `"warnings"`, `"expected"`.
    #[serde(default)]
    pub setting: Option<String>,
    /// The check that found something.
    pub check: Option<String>,
    /// Who did it; the channel that was told.
    pub actor: Option<String>,
    /// A note or a reason, written by a person; the answer of a channel.
    pub note: Option<String>,
    /// Until when it is snoozed, or a message waits.
    pub until: Option<Moment>,
    /// The run whose report did it.
    pub run: Option<RunId>,
}
