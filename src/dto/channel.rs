//! Channels, and what was sent to them.

use serde::{Deserialize, Serialize};

use super::{Moment, Paging};
use crate::{ids::ChannelId, topic::Topic};

/// The names that can stand in braces in the body of a webhook.
pub const WEBHOOK_VARIABLES: [&str; 9] =
    ["id", "event", "title", "text", "server_name", "backup_name", "count", "link", "snooze_link"];

/// The kinds of channels, with the word of each.
pub const KINDS: [&str; 16] = [
    "email",
    "ntfy",
    "pushover",
    "gotify",
    "telegram",
    "matrix",
    "slack",
    "discord",
    "teams",
    "mattermost",
    "rocket_chat",
    "home_assistant",
    "apprise",
    "webhook",
    "web_push",
    "heartbeat",
];

/// Channels, and a page of what was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelsPage {
    /// When it was asked for.
    pub now: Moment,
    /// The channels, by name.
    pub channels: Vec<ChannelRow>,
    /// What was told, the newest first.
    pub notifications: Vec<NotificationRow>,
    /// Which page of it that is.
    pub paging: Paging,
    /// Whether messages link to pages: the public URL is set.
    pub has_links: bool,
    /// Channels that the settings of the Node application would make.
    pub imported: Vec<ImportedChannel>,
    /// Rules that the settings of the Node application would make.
    pub imported_rules: Option<ImportedRules>,
}

impl super::shown::Shown for ChannelsPage {
    fn now(&self) -> Moment {
        self.now
    }
}

/// Whether anyone would be told of a problem.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    /// No channel is told of problems.
    Nobody,
    /// A channel is, but nothing was ever delivered to it.
    Untried,
    /// Somebody is.
    #[default]
    Told,
}

/// A channel, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelRow {
    /// Row id.
    pub id: ChannelId,
    /// What people call it.
    pub name: String,
    /// Its kind, one of [`KINDS`]; empty when the row is damaged.
    pub kind: String,
    /// The receiver without anything secret: `"https://ntfy.sh/backups"`.
    pub target: String,
    /// What it is told.
    pub topics: Vec<Topic>,
    /// Whether anything is sent to it.
    pub is_enabled: bool,
    /// How long a message waits: seconds.
    pub delay: i64,
    /// Whether its address may be in a private network.
    pub allows_private: bool,
    /// The last delivery that worked.
    pub delivered: Option<Moment>,
    /// Since when deliveries fail.
    pub failing_since: Option<Moment>,
    /// Why the last one failed, if it did.
    pub failure: Option<String>,
    /// The exact answer to the last test.
    pub tested: Option<String>,
    /// Its form without secrets, to change it.
    pub form: ChannelForm,
    /// How a phone subscribes to it.
    pub phone: Option<PhoneLink>,
}

/// A link that an app on a phone opens, also as a QR code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneLink {
    /// The link: `"ntfy://ntfy.sh/backups"`.
    pub url: String,
    /// Width and height of the code in modules.
    pub qr_size: u32,
    /// The attribute `d` of its path.
    pub qr_path: String,
}

/// A channel of the Node application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedChannel {
    /// Its kind, one of [`KINDS`].
    pub kind: String,
    /// The receiver without anything secret.
    pub target: String,
    /// Why it cannot be created as it is.
    pub problem: Option<String>,
}

/// What becomes of the rules, further receivers and reminders of the Node application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedRules {
    /// Rules that are created.
    pub rules: Vec<ImportedRule>,
    /// Channels that are created for further receivers: kind and target.
    pub channels: Vec<(String, String)>,
    /// How often is reminded: `"daily"` or `"weekly"`.
    pub reminder: Option<String>,
    /// Jobs that need no rule.
    pub unchanged: usize,
    /// What cannot be taken over, and why.
    pub left_out: Vec<(String, String)>,
    /// How many of these are not listed.
    pub more: usize,
    /// Why nothing can be created.
    pub problem: Option<String>,
}

/// A rule that is created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedRule {
    /// For what it is: `"nas / photos"`.
    pub place: String,
    /// What it is about.
    pub topics: Vec<Topic>,
    /// Names of the channels; none: nobody is told.
    pub tells: Vec<String>,
}

/// An event that was told, or will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationRow {
    /// Row id.
    pub id: i64,
    /// The channel's name.
    pub channel: String,
    /// What it is about; `None` when the row is damaged.
    pub topic: Option<Topic>,
    /// Server and job: `"nas / photos"`; the name of a digest.
    pub subject: String,
    /// Whether it is a digest.
    pub is_digest: bool,
    /// Whether somebody tried the channel with it.
    pub is_test: bool,
    /// The incident.
    pub incident: Option<i64>,
    /// `"queued"`, `"sent"`, `"failed"` or `"dropped"`.
    pub status: String,
    /// When it happened.
    pub created: Moment,
    /// When it was sent.
    pub sent: Option<Moment>,
    /// When it is tried next.
    pub next_attempt: Option<Moment>,
    /// Attempts so far.
    pub attempts: i64,
    /// What the receiver answered, or why it could not be reached.
    pub answer: Option<String>,
}

/// What a form sends about a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelForm {
    /// What people call it.
    pub name: String,
    /// Its kind, one of [`KINDS`].
    pub kind: String,
    /// URL of the server or of the webhook; name of an SMTP server. Empty keeps a webhook's URL that is stored.
    pub target: String,
    /// Topic, chat, room, recipients or tags.
    pub to: String,
    /// Access token, password or signing key. Empty keeps the one that is stored.
    pub token: String,
    /// User key of Pushover; key or URLs of Apprise. Empty keeps the one that is stored.
    pub key: String,
    /// Who signs in with a password.
    pub user: String,
    /// Port of an SMTP server; empty for the usual one.
    pub port: String,
    /// `"starttls"`, `"tls"` or `"plain"`.
    pub security: String,
    /// Sender of e-mails.
    pub from: String,
    /// Certificates of an own authority, as PEM.
    pub ca: String,
    /// `"auto"`, `"low"`, `"normal"`, `"high"` or `"urgent"`.
    pub priority: String,
    /// `"healthchecks"`, `"uptime_kuma"` or `"other"`.
    pub watcher: String,
    /// Minutes between two signs of life.
    pub minutes: String,
    /// Method of a webhook: `"post"`, `"put"`, `"patch"` or `"get"`.
    pub method: String,
    /// Headers of a webhook, one on each line. A value `•••` keeps the one that is stored.
    pub headers: String,
    /// Body of a webhook with names in braces; empty: our own JSON.
    pub body: String,
    /// What it is told.
    pub topics: Vec<Topic>,
    /// How long a message waits: minutes, at most a day.
    pub delay: i64,
    /// Which messages are combined: those about a `"server"`, about the servers of a `"group"`, or `"all"`; empty for `"server"`.
    pub combine: String,
    /// For how long after a message others are collected for the next one: minutes, at most an hour; empty for one.
    pub combine_minutes: String,
    /// Whether its address may be in a private network.
    pub allows_private: bool,
    /// Whether anything is sent to it.
    pub is_enabled: bool,
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestResult {
    /// Whether the receiver took the message.
    pub worked: bool,
    /// What it answered, or why it could not be reached.
    pub answer: String,
}
