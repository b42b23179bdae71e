//! Digests: summaries that are sent regularly.

use serde::{Deserialize, Serialize};

use super::{Moment, shown::Shown};
use crate::ids::{ChannelId, DigestId};

/// How often a digest is sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Every {
    /// Every day.
    Daily,
    /// On one day of the week.
    #[default]
    Weekly,
    /// On one day of the month.
    Monthly,
}

impl Every {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Daily, Self::Weekly, Self::Monthly];

    /// The lower-case word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
        }
    }

    /// That of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|every| every.as_str() == word)
    }
}

/// The digests, and what there is to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestsPage {
    /// When it was asked for.
    pub now: Moment,
    /// The digests, by name.
    pub digests: Vec<DigestRow>,
    /// Channels to choose from.
    pub channels: Vec<(ChannelId, String)>,
    /// Groups to choose from.
    pub groups: Vec<String>,
    /// The site's time zone.
    pub zone: String,
}

impl Shown for DigestsPage {
    fn now(&self) -> Moment {
        self.now
    }
}

/// A digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestRow {
    /// Row id.
    pub id: DigestId,
    /// What is set, as the form has it.
    pub form: DigestForm,
    /// The name of its channel; `None`: the channel was deleted.
    pub channel: Option<String>,
    /// Whether its channel is disabled.
    pub is_channel_off: bool,
    /// Whether it is about a group that has no servers.
    pub is_group_gone: bool,
    /// When it is due next, by the clock of its zone.
    pub next: Option<Moment>,
    /// The last one: when it was queued, what became of it, and the answer of the receiver.
    pub last: Option<(Moment, String, Option<String>)>,
}

/// What a digest would say now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestPreview {
    /// Which one.
    pub id: DigestId,
    /// Title of the message.
    pub title: String,
    /// Its text.
    pub text: String,
    /// Path of the page with the whole report.
    pub path: String,
}

/// What a form sends about a digest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DigestForm {
    /// What people call it.
    pub name: String,
    /// Where it is sent; 0: nowhere.
    pub channel: i64,
    /// The group that it is about; empty: everything.
    pub group: String,
    /// How often.
    pub every: Every,
    /// The time of day: `"07:00"`.
    pub at: String,
    /// Of weekly ones: 0 is Monday.
    pub weekday: i64,
    /// Of monthly ones: 1 to 31.
    pub month_day: i64,
    /// IANA name of the zone by whose clock it is sent.
    pub zone: String,
    /// Whether it is sent.
    pub is_enabled: bool,
}
