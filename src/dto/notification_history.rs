//! What was sent, what waits, and what was not sent and why.

use serde::{Deserialize, Serialize};

use super::{Moment, Paging, channel::NotificationRow};
use crate::{ids::ChannelId, time::Day, topic::Topic};

/// The states of a notification, as filters say them.
pub const STATUSES: [&str; 4] = ["queued", "sent", "failed", "dropped"];

/// Which notifications are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryQuery {
    /// Of one channel.
    pub channel: Option<ChannelId>,
    /// One of [`STATUSES`]; empty: all.
    pub status: String,
    /// About one topic.
    pub topic: Option<Topic>,
    /// Of the server of this name; empty: of all.
    pub server: String,
    /// From this day on.
    pub from: Option<Day>,
    /// Up to the end of this day.
    pub to: Option<Day>,
    /// The page, from 1.
    pub page: i64,
}

/// A page of notifications, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPage {
    /// When it was asked for.
    pub now: Moment,
    /// The rows.
    pub rows: Vec<HistoryRow>,
    /// Which page that is.
    pub paging: Paging,
    /// The channels to choose from, by name.
    pub channels: Vec<(ChannelId, String)>,
}

impl super::shown::Shown for HistoryPage {
    fn now(&self) -> Moment {
        self.now
    }
}

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// It, as other lists show it.
    pub row: NotificationRow,
    /// `"event"`, `"reminder"` or `"escalation"`.
    pub purpose: String,
    /// Why it was not sent, or what it waits for: `"good"`, `"paused"`, `"gone"`, `"person"`, `"snoozed"`, `"rule"`, `"off"`, `"deleted"`, `"quiet"`;
    /// or `"repeated"`: it may have arrived twice.
    pub reason: Option<String>,
    /// Whether it can be sent once more: its channel is there and enabled.
    pub can_resend: bool,
}
