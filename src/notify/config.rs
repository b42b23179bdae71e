//! What a channel needs to know beside its secrets.

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::{Account, Priority, Watcher, telegram, webhook::Custom};
use crate::{dto::channel::ChannelForm, ids::UserId};

/// The kind of a channel with its options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Config {
    /// A topic of an ntfy server.
    Ntfy {
        /// URL of the server: `"https://ntfy.sh"`.
        server: String,
        /// Name of the topic.
        topic: String,
        /// Who signs in with a password; without one, the secret is an access token.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user: Option<String>,
        /// How urgent messages are.
        #[serde(default)]
        priority: Priority,
    },
    /// Recipients of e-mail.
    Email(Account),
    /// A URL that takes JSON, or what somebody wrote. It is a secret: it often holds one.
    Webhook {
        /// Scheme and host of the URL.
        site: String,
        /// Method, headers and body.
        #[serde(flatten)]
        custom: Custom,
    },
    /// An incoming webhook of Slack. Its URL is a secret.
    Slack {
        /// Scheme and host of the URL.
        site: String,
    },
    /// An incoming webhook of Mattermost. Its URL is a secret.
    Mattermost {
        /// Scheme and host of the URL.
        site: String,
    },
    /// An incoming webhook of Rocket.Chat. Its URL is a secret.
    RocketChat {
        /// Scheme and host of the URL.
        site: String,
    },
    /// A webhook of Discord. Its URL is a secret.
    Discord {
        /// Scheme and host of the URL.
        site: String,
    },
    /// A workflow of Microsoft Teams. Its URL is a secret.
    Teams {
        /// Scheme and host of the URL.
        site: String,
    },
    /// A webhook trigger of Home Assistant. Its URL is a secret.
    HomeAssistant {
        /// Scheme and host of the URL.
        site: String,
    },
    /// An application of a Gotify server.
    Gotify {
        /// URL of the server.
        server: String,
        /// How urgent messages are.
        #[serde(default)]
        priority: Priority,
    },
    /// A chat to which a bot of Telegram writes.
    Telegram {
        /// Number of the chat, or `@name` of a channel.
        chat: String,
    },
    /// A user or group of Pushover.
    Pushover {
        /// The end of the user key, which is a secret.
        user: String,
        /// How urgent messages are.
        #[serde(default)]
        priority: Priority,
    },
    /// A room of Matrix.
    Matrix {
        /// URL of the homeserver.
        server: String,
        /// Id of the room.
        room: String,
        /// Makes the ids of messages unlike those of this installation before its database was replaced.
        #[serde(default)]
        stem: String,
    },
    /// An Apprise API server.
    Apprise {
        /// URL of the server.
        server: String,
        /// The tags of the services that are told; empty for all.
        #[serde(default)]
        tags: String,
    },
    /// A browser in which a user wants to be told. The address of its service is a secret.
    WebPush {
        /// Scheme and host of the service.
        site: String,
        /// Id of the user.
        user: i64,
    },
    /// Whoever watches this program. It is sent no messages.
    Heartbeat {
        /// Scheme and host of the URL, which is a secret.
        site: String,
        /// What it understands.
        watcher: Watcher,
        /// Minutes between two pings.
        minutes: i64,
    },
}

impl Config {
    /// The word of its kind, one of [`crate::dto::channel::KINDS`].
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Ntfy { .. } => "ntfy",
            Self::Email(_) => "email",
            Self::Webhook { .. } => "webhook",
            Self::Slack { .. } => "slack",
            Self::Mattermost { .. } => "mattermost",
            Self::RocketChat { .. } => "rocket_chat",
            Self::Discord { .. } => "discord",
            Self::Teams { .. } => "teams",
            Self::HomeAssistant { .. } => "home_assistant",
            Self::Gotify { .. } => "gotify",
            Self::Telegram { .. } => "telegram",
            Self::Pushover { .. } => "pushover",
            Self::Matrix { .. } => "matrix",
            Self::Apprise { .. } => "apprise",
            Self::WebPush { .. } => "web_push",
            Self::Heartbeat { .. } => "heartbeat",
        }
    }

    /// Whether messages are sent to it: to whoever watches this program, only signs of life are.
    #[must_use]
    pub const fn takes_messages(&self) -> bool {
        !matches!(self, Self::Heartbeat { .. })
    }

    /// The user whose browser it is.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::WebPush { user, .. } => Some(UserId(*user)),
            _ => None,
        }
    }

    /// Whether the receiver itself drops a message that it has already, so that none arrives twice.
    #[must_use]
    pub const fn drops_repeated(&self) -> bool {
        matches!(self, Self::Matrix { .. })
    }

    /// The host that messages go to, without brackets; `None` when it is that of a service, and nobody entered it.
    #[must_use]
    pub fn host(&self) -> Option<String> {
        match self {
            Self::Email(account) => Some(account.host.clone()),
            Self::Telegram { .. } | Self::Pushover { .. } => None,
            other => {
                let url = Url::parse(&other.server()).ok()?;
                Some(url.host_str()?.trim_matches(['[', ']']).to_owned())
            }
        }
    }

    /// The receiver without anything secret: `"https://ntfy.sh/backups"`.
    #[must_use]
    pub fn target(&self) -> String {
        match self {
            Self::Ntfy { server, topic, .. } => format!("{server}/{topic}"),
            Self::Email(account) => account.target(),
            Self::Matrix { server, room, .. } => format!("{room} ({server})"),
            Self::Telegram { chat } => chat.clone(),
            Self::Pushover { user, .. } => user.clone(),
            Self::Gotify { server, .. } | Self::Apprise { server, .. } => server.clone(),
            Self::Webhook { site, .. }
            | Self::Slack { site }
            | Self::Mattermost { site }
            | Self::RocketChat { site }
            | Self::Discord { site }
            | Self::Teams { site }
            | Self::HomeAssistant { site }
            | Self::WebPush { site, .. }
            | Self::Heartbeat { site, .. } => format!("{site}/…"),
        }
    }

    /// The server to which its secrets are sent: they were entered for that one, and for no other.
    pub(super) fn server(&self) -> String {
        match self {
            Self::Email(account) => account.server(),
            Self::Telegram { .. } => telegram::API.to_owned(),
            Self::Pushover { .. } => super::pushover::API.to_owned(),
            Self::Ntfy { server, .. }
            | Self::Gotify { server, .. }
            | Self::Matrix { server, .. }
            | Self::Apprise { server, .. } => server.clone(),
            _ => self.target(),
        }
    }

    /// What makes its message ids unique, where that is stored.
    pub(super) fn stem(&mut self) -> Option<&mut String> {
        match self {
            Self::Email(account) => Some(&mut account.stem),
            Self::Matrix { stem, .. } => Some(stem),
            _ => None,
        }
    }

    /// Whether both lead to the same receivers in the same way: all but the ids of messages is the same.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let plain = |config: &Self| {
            let mut config = config.clone();
            if let Some(stem) = config.stem() {
                stem.clear();
            }
            config
        };
        plain(self) == plain(other)
    }

    /// The form in which it was entered, without what is secret.
    #[must_use]
    pub fn form(&self) -> ChannelForm {
        let form = match self {
            Self::Ntfy { server, topic, user, priority } => ChannelForm {
                target: server.clone(),
                to: topic.clone(),
                user: user.clone().unwrap_or_default(),
                priority: priority.as_str().to_owned(),
                ..ChannelForm::default()
            },
            Self::Email(account) => account.form(),
            Self::Webhook { custom, .. } => custom.form(),
            Self::Gotify { server, priority } => ChannelForm {
                target: server.clone(),
                priority: priority.as_str().to_owned(),
                ..ChannelForm::default()
            },
            Self::Telegram { chat } => ChannelForm { to: chat.clone(), ..ChannelForm::default() },
            Self::Pushover { priority, .. } => {
                ChannelForm { priority: priority.as_str().to_owned(), ..ChannelForm::default() }
            }
            Self::Matrix { server, room, .. } => {
                ChannelForm { target: server.clone(), to: room.clone(), ..ChannelForm::default() }
            }
            Self::Apprise { server, tags } => {
                ChannelForm { target: server.clone(), to: tags.clone(), ..ChannelForm::default() }
            }
            Self::Heartbeat { watcher, minutes, .. } => ChannelForm {
                watcher: watcher.as_str().to_owned(),
                minutes: minutes.to_string(),
                ..ChannelForm::default()
            },
            _ => ChannelForm::default(),
        };
        ChannelForm { kind: self.kind().to_owned(), ..form }
    }
}
