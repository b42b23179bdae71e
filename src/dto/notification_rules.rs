//! Who is told of what: rules, quiet hours and reminders.

use serde::{Deserialize, Serialize};

use super::Moment;
use crate::{
    ids::{ChannelId, JobId, ServerId},
    topic::Topic,
};

/// For what a rule can be, as forms say it; the widest first.
pub const SCOPES: [&str; 5] = ["site", "group", "tag", "server", "job"];
/// How often a channel can be told again, as forms say it.
pub const REMINDERS: [&str; 4] = ["none", "once", "daily", "weekly"];

/// What the page of rules was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesQuery {
    /// The rule that is being changed.
    pub rule: Option<i64>,
    /// The server for which a new rule is to be.
    pub server: Option<ServerId>,
    /// The job for which a new rule is to be.
    pub job: Option<JobId>,
    /// What is tried before it is saved.
    pub form: Option<RuleForm>,
}

/// The rules, and what is set for each channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesPage {
    /// When it was asked for.
    pub now: Moment,
    /// The rules, the most specific first.
    pub rules: Vec<RuleRow>,
    /// The channels, by name.
    pub channels: Vec<HoursRow>,
    /// What is in the form.
    pub form: RuleForm,
    /// The rule that the form changes.
    pub changes: Option<i64>,
    /// What the form would have done.
    pub preview: Option<RulePreview>,
    /// Names to choose from.
    pub choices: RuleChoices,
}

/// The first names of groups, tags, servers and jobs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleChoices {
    /// Names of groups.
    pub groups: Vec<String>,
    /// Names of tags.
    pub tags: Vec<String>,
    /// Names of servers.
    pub servers: Vec<String>,
    /// Names of jobs: `server / job`.
    pub jobs: Vec<String>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRow {
    /// Row id.
    pub id: i64,
    /// For what it is, one of [`SCOPES`].
    pub scope: String,
    /// The name of that; empty for the site.
    pub name: String,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// Names of the channels that are told.
    pub tells: Vec<String>,
    /// Whether nobody is told.
    pub is_nobody: bool,
    /// How long a message waits: seconds. `None`: as each channel says.
    pub delay: Option<i64>,
    /// One of [`REMINDERS`]; `None`: as each channel says.
    pub reminder: Option<String>,
    /// After how many seconds without acknowledgement which further channels are told.
    pub escalation: Option<(i64, Vec<String>)>,
}

impl RuleRow {
    /// Whether it says nothing, because its channels were deleted.
    #[must_use]
    pub fn is_void(&self) -> bool {
        !self.is_nobody && self.tells.is_empty()
    }
}

/// What a form sends about a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    /// For what it is, one of [`SCOPES`].
    pub scope: String,
    /// The name of that: of a job, `server / job`.
    pub name: String,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// `"channels"` or `"nobody"`.
    pub tells: String,
    /// The channels that are told.
    pub channels: Vec<ChannelId>,
    /// How long a message waits: minutes. Empty: as each channel says.
    pub delay: String,
    /// One of [`REMINDERS`]; empty: as each channel says.
    pub reminder: String,
    /// After how many hours without acknowledgement others are told. Empty: never.
    pub after: String,
    /// Those others.
    pub others: Vec<ChannelId>,
}

/// What a rule would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RulePreview {
    /// A field cannot be used: its name, and what to write instead.
    Invalid(String, String),
    /// Messages of the last days.
    Messages {
        /// How many days.
        days: i64,
        /// Each channel that would have got any, and how many.
        tried: Vec<(String, i64)>,
        /// How many there would have been by the rules that are stored.
        stored: i64,
    },
}

/// What is set for a channel beside its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursRow {
    /// The channel.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// Whether anything is sent to it.
    pub is_enabled: bool,
    /// What it is told without a rule.
    pub topics: Vec<Topic>,
    /// What is set.
    pub hours: HoursForm,
    /// Until when it is quiet now.
    pub quiet_until: Option<Moment>,
}

/// What a form sends about the quiet hours and reminders of a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HoursForm {
    /// When they begin, as in `"22:00"`. Empty: there are none.
    pub from: String,
    /// When they end.
    pub to: String,
    /// The days on which they begin, as in `"mon"`.
    pub weekdays: Vec<String>,
    /// IANA name of the zone whose clock counts. Empty: that of the site.
    pub zone: String,
    /// Whether jobs that failed or are stuck are told all the same.
    pub urgent: bool,
    /// One of [`REMINDERS`].
    pub reminder: String,
}
