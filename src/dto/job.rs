//! The page of one job.

mod schedule;

use serde::{Deserialize, Serialize};

pub use self::schedule::{
    Origin, PauseView, Profile, Rhythm, Schedule, ScheduleSource, ToleranceView, WindowTimes, WindowView,
};
use super::{
    Moment, Paging,
    dashboard::JobRow,
    incidents::IncidentRow,
    monitoring::RuleForm,
    server::{Range, RunRow, RunSort, Statistics, Trends},
    shown::Shown,
};
use crate::{
    checks::Check,
    ids::{GroupId, JobId, RunId, ServerId},
    outcome::RunOutcome,
    time::{Day, Timestamp},
    verdict::Verdict,
};

/// What a person chose to see on a job's page; every part is in the URL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JobQuery {
    /// Which job.
    pub job: JobId,
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
    /// Whether the form of the schedule is open.
    #[serde(default)]
    pub edit: bool,
    /// What is tried before it is set.
    #[serde(default)]
    pub form: Option<RuleForm>,
}

/// Everything a job's page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobPage {
    /// When this was asked for.
    pub now: Moment,
    /// When this changes although nothing arrives.
    pub changes_at: Option<Timestamp>,
    /// The job, as lists show it.
    pub job: JobRow,
    /// Its server.
    pub server: ServerId,
    /// The server's name, as people see it.
    pub server_name: String,
    /// The group of the server.
    pub group: Option<(GroupId, String)>,
    /// Why it is as it is.
    pub state: JobState,
    /// When it should run, and how that is known.
    pub schedule: Schedule,
    /// How long after that a good run may be unknown.
    pub tolerance: ToleranceView,
    /// Pauses in force, of it, its server, the group of that, or everything.
    pub pauses: Vec<PauseView>,
    /// Maintenance windows that are ahead.
    pub windows: Vec<WindowView>,
    /// The incident that is open.
    pub incident: Option<IncidentRow>,
    /// The last incidents that are closed.
    pub closed: Vec<IncidentRow>,
    /// How many incidents there are in all.
    pub incidents: i64,
    /// The last slots, oldest first, at most 60.
    pub slots: Vec<JobSlot>,
    /// What each check says.
    pub checks: Vec<CheckView>,
    /// Kinds of warnings of the last 30 days, the most frequent first, and those that are accepted.
    pub warnings: Vec<WarningView>,
    /// Figures over the range.
    pub statistics: Statistics,
    /// Trends over the range.
    pub trends: Trends,
    /// One page of runs.
    pub runs: Vec<RunRow>,
    /// Which page that is.
    pub paging: Paging,
    /// What is set now, as the form has it.
    pub form: RuleForm,
    /// What was tried.
    pub preview: Option<Preview>,
}

impl Shown for JobPage {
    fn now(&self) -> Moment {
        self.now
    }

    fn changes_at(&self) -> Option<Timestamp> {
        self.changes_at
    }
}

/// Why a job is as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobState {
    /// Since when it is so.
    pub since: Option<Moment>,
    /// Everything that is wrong, worst first.
    pub reasons: Vec<Reason>,
    /// The last slot that our own downtime excuses.
    pub excused: Option<Moment>,
    /// Since when nothing is heard of a job that failed, though a run was due.
    pub silent_since: Option<Moment>,
    /// The first error of the last run that failed; hostile text.
    pub message: Option<String>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A check found something.
    Found(Option<Check>, Option<RunOutcome>),
    /// Nothing came since.
    Silent(Moment),
    /// A good run is overdue since.
    Late(Moment),
    /// A run ended, and its report never came.
    NoReport(Moment),
    /// A run began, and was last heard of.
    Stuck(Moment, Moment),
    /// Runs fail since.
    Failing(Moment),
}

/// What became of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SlotFate {
    /// A good run came.
    Kept,
    /// A run came with warnings, or was stopped, skipped or partial.
    Warned,
    /// Only runs that failed came.
    Failed,
    /// No run came.
    Missed,
    /// This program did not run.
    Excused,
    /// It was paused, or in maintenance.
    Paused,
}

impl SlotFate {
    /// Every fate.
    pub const ALL: [Self; 6] =
        [Self::Kept, Self::Warned, Self::Failed, Self::Missed, Self::Excused, Self::Paused];

    /// Whether a run decided it.
    pub fn has_run(self) -> bool {
        matches!(self, Self::Kept | Self::Warned | Self::Failed)
    }
}

/// One slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobSlot {
    /// When its run should have begun.
    pub at: Moment,
    /// The day on the site's calendar, by which the history is filtered.
    pub day: Day,
    /// What became of it.
    pub fate: SlotFate,
    /// Its runs.
    pub runs: i64,
    /// The run that decided it.
    pub run: Option<RunId>,
    /// Seconds that run took.
    pub duration: Option<i64>,
    /// Bytes it uploaded.
    pub uploaded_size: Option<i64>,
}

/// A check of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckView {
    /// Its word: `"shrank"`.
    pub kind: String,
    /// What it found that is open: since when, with its figures or the outcome of the run.
    pub found: Option<(Moment, Option<Check>, Option<RunOutcome>)>,
    /// Where it is switched off.
    pub off: Option<Origin>,
}

/// A kind of warnings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WarningView {
    /// The kind; hostile text.
    pub kind: String,
    /// Warnings in the last 30 days.
    pub count: i64,
    /// The last run with it.
    pub last: Option<(Moment, RunId)>,
    /// Where it is accepted.
    pub accepted: Option<Accepted>,
}

/// That a kind of warnings is accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// For the job, or everywhere.
    pub origin: Origin,
    /// Until when.
    pub until: Option<Moment>,
    /// Who accepted it.
    pub by: String,
}

/// What settings would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Preview {
    /// They cannot be taken: which field, and what to do.
    Invalid(String, String),
    /// The alarms.
    Alarms(Alarms),
}

/// The alarms of the last days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarms {
    /// The next slots.
    pub next: Vec<Moment>,
    /// How many days were looked at.
    pub days: i64,
    /// How many alarms there would have been.
    pub tried: i64,
    /// The last of them: what, from when, until when. Nothing: until now.
    pub last: Vec<(Verdict, Moment, Option<Moment>)>,
    /// How many there would have been with what is set.
    pub set: i64,
    /// Of many jobs only some are looked at: how many, of how many. Nothing for one job.
    pub of: Option<(i64, i64)>,
}
