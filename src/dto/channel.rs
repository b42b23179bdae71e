//! Channels, and what was sent to them.

use serde::{Deserialize, Serialize};

use super::{Moment, Paging};
use crate::{ids::ChannelId, topic::Topic};

/// The kinds of channels, with the word of each.
pub const KINDS: [&str; 6] = ["ntfy", "webhook", "slack", "discord", "gotify", "telegram"];

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
}

impl super::shown::Shown for ChannelsPage {
    fn now(&self) -> Moment {
        self.now
    }
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
    /// Server and job: `"nas / photos"`.
    pub subject: String,
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
    /// URL of the server or of the webhook. Empty keeps a webhook's URL that is stored.
    pub target: String,
    /// Topic or chat.
    pub to: String,
    /// Access token or signing key. Empty keeps the one that is stored.
    pub token: String,
    /// What it is told.
    pub topics: Vec<Topic>,
    /// How long a message waits: minutes, at most a day.
    pub delay: i64,
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
