//! Messages that browsers show.

use serde::{Deserialize, Serialize};

use super::Moment;
use crate::{ids::ChannelId, topic::Topic};

/// What a user is told, and in which browsers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushPage {
    /// When it was asked for.
    pub now: Moment,
    /// The public key with which a browser subscribes; `None` when the site cannot store its key.
    pub key: Option<String>,
    /// What can be told to the user.
    pub topics: Vec<Topic>,
    /// The browsers, by name.
    pub browsers: Vec<PushRow>,
    /// The channels of everybody, by name.
    pub shared: Vec<SharedChannel>,
}

/// A channel that administrators manage. Who may receive it is not said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedChannel {
    /// The channel.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// What is sent to it, unless a rule says something else; nothing: only what rules send.
    pub topics: Vec<Topic>,
    /// Whether anything is sent to it.
    pub is_enabled: bool,
    /// Since when nothing arrives.
    pub failing_since: Option<Moment>,
    /// Until when it is quiet.
    pub quiet_until: Option<Moment>,
}

/// A browser in which a user is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRow {
    /// The channel.
    pub id: ChannelId,
    /// Its name.
    pub name: String,
    /// What is told there, unless a rule says something else.
    pub topics: Vec<Topic>,
    /// Whether anything is sent to it.
    pub is_enabled: bool,
    /// The last message that arrived at its service.
    pub delivered: Option<Moment>,
    /// Since when none does, and why.
    pub failing: Option<(Moment, String)>,
    /// Until when it is quiet.
    pub quiet_until: Option<Moment>,
}

/// What a browser says when somebody subscribes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PushForm {
    /// Address of its service.
    pub endpoint: String,
    /// Its public key.
    pub p256dh: String,
    /// Its shared secret.
    pub auth: String,
    /// What it is called: `"Firefox on Linux"`.
    pub browser: String,
    /// What is to be told.
    pub topics: Vec<Topic>,
}
