//! A channel: its kind with the options of that kind, and its secrets.

use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::{Message, Request, chat, gotify, ntfy, telegram, webhook};

/// What a channel needs to know beside its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Config {
    /// A topic of an ntfy server.
    Ntfy {
        /// URL of the server: `"https://ntfy.sh"`.
        server: String,
        /// Name of the topic.
        topic: String,
    },
    /// A URL that takes JSON. It is a secret: it often holds one.
    Webhook {
        /// Scheme and host of the URL.
        site: String,
    },
    /// An incoming webhook of Slack, Mattermost or Rocket.Chat. Its URL is a secret.
    Slack {
        /// Scheme and host of the URL.
        site: String,
    },
    /// A webhook of Discord. Its URL is a secret.
    Discord {
        /// Scheme and host of the URL.
        site: String,
    },
    /// An application of a Gotify server.
    Gotify {
        /// URL of the server.
        server: String,
    },
    /// A chat to which a bot of Telegram writes.
    Telegram {
        /// Number of the chat, or `@name` of a channel.
        chat: String,
    },
}

/// The secrets of a channel; which ones there are depends on its kind.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// Access token; of a webhook the key that signs the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// URL of a webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets { … }")
    }
}

impl Secrets {
    /// As they are sealed.
    #[must_use]
    pub fn to_json(&self) -> SecretString {
        serde_json::to_string(self).unwrap_or_default().into()
    }

    /// From what was sealed.
    #[must_use]
    pub fn from_json(text: &SecretString) -> Option<Self> {
        serde_json::from_str(text.expose_secret()).ok()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.token.is_none() && self.url.is_none()
    }
}

/// A field that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {hint}")]
pub struct InvalidChannel {
    /// The field.
    pub field: &'static str,
    /// What to write instead.
    pub hint: &'static str,
}

/// A channel that can send.
#[derive(Debug, Clone)]
pub struct Channel {
    config: Config,
    secrets: Secrets,
}

impl Channel {
    /// A channel of a kind (`"ntfy"`, `"webhook"`, …). `target` is the URL of the server or webhook, `to` the topic or chat, `token` an
    /// access token.
    ///
    /// # Errors
    /// [`InvalidChannel`] when a field is missing or wrong.
    pub fn new(kind: &str, target: &str, to: &str, token: &str) -> Result<Self, InvalidChannel> {
        let token = token.trim();
        let needed = || {
            if token.is_empty() {
                Err(InvalidChannel { field: "token", hint: "enter the token of the application or bot" })
            } else {
                Ok(())
            }
        };
        let hook = |kind: fn(String) -> Config| {
            let url = web_address(target)?;
            Ok((kind(url.origin().ascii_serialization()), Some(url.to_string())))
        };
        let (config, url) = match kind {
            "ntfy" => {
                let target = if target.trim().is_empty() { "https://ntfy.sh" } else { target };
                (Config::Ntfy { server: base(target)?, topic: ntfy::topic(to)? }, None)
            }
            "webhook" => hook(|site| Config::Webhook { site })?,
            "slack" => hook(|site| Config::Slack { site })?,
            "discord" => hook(|site| Config::Discord { site })?,
            "gotify" => {
                needed()?;
                (Config::Gotify { server: base(target)? }, None)
            }
            "telegram" => {
                needed()?;
                telegram::token(token)?;
                (Config::Telegram { chat: telegram::chat(to)? }, None)
            }
            _ => {
                let hint = "use ntfy, webhook, slack, discord, gotify or telegram";
                return Err(InvalidChannel { field: "kind", hint });
            }
        };
        let token = (!token.is_empty()).then(|| token.to_owned());
        Ok(Self { config, secrets: Secrets { token, url } })
    }

    /// A channel as it is stored.
    #[must_use]
    pub fn stored(config: Config, secrets: Secrets) -> Self {
        Self { config, secrets }
    }

    /// What it needs to know beside its secrets.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its secrets.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// The request that carries a message. `None` when a secret of the channel is missing.
    #[must_use]
    pub fn request(&self, message: &Message) -> Option<Request> {
        let (token, url) = (self.secrets.token.as_deref(), self.secrets.url.as_deref());
        Some(match &self.config {
            Config::Ntfy { server, topic } => ntfy::request(server, topic, token, message),
            Config::Webhook { .. } => webhook::request(url?, token, message),
            Config::Slack { .. } => chat::slack(url?, message),
            Config::Discord { .. } => chat::discord(url?, message),
            Config::Gotify { server } => gotify::request(server, token?, message),
            Config::Telegram { chat } => telegram::request(telegram::API, token?, chat, message),
        })
    }

    /// What an answer with a failure says, in the words of the receiver.
    #[must_use]
    pub fn refusal(&self, body: &[u8]) -> Option<String> {
        #[derive(Deserialize)]
        struct Told {
            #[serde(alias = "description", alias = "errorDescription", alias = "message")]
            error: Option<String>,
        }
        let text = std::str::from_utf8(body).ok()?;
        let told: Option<Told> = serde_json::from_str(text).ok();
        told.and_then(|told| told.error).or_else(|| {
            // Slack answers with a word; a page of HTML helps nobody.
            let text = text.trim();
            (!text.is_empty() && !text.starts_with('<')).then(|| text.to_owned())
        })
    }
}

impl Config {
    /// The word of its kind.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Ntfy { .. } => "ntfy",
            Self::Webhook { .. } => "webhook",
            Self::Slack { .. } => "slack",
            Self::Discord { .. } => "discord",
            Self::Gotify { .. } => "gotify",
            Self::Telegram { .. } => "telegram",
        }
    }

    /// The receiver without anything secret: `"https://ntfy.sh/backups"`.
    #[must_use]
    pub fn target(&self) -> String {
        match self {
            Self::Ntfy { server, topic } => format!("{server}/{topic}"),
            Self::Webhook { site } | Self::Slack { site } | Self::Discord { site } => format!("{site}/…"),
            Self::Gotify { server } => server.clone(),
            Self::Telegram { chat } => chat.clone(),
        }
    }
}

fn web_address(text: &str) -> Result<Url, InvalidChannel> {
    let invalid = |hint| InvalidChannel { field: "target", hint };
    let url = Url::parse(text.trim()).map_err(|_| invalid("enter a URL as https://example.org/path"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(invalid("the URL must begin with https:// or http://"));
    }
    Ok(url)
}

/// The URL of a server, without a slash at its end.
fn base(text: &str) -> Result<String, InvalidChannel> {
    let url = web_address(text)?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        let hint = "leave out user, password and query: a token has a field of its own";
        return Err(InvalidChannel { field: "target", hint });
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(kind: &str, target: &str, to: &str, token: &str) -> &'static str {
        Channel::new(kind, target, to, token).unwrap_err().field
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        assert_eq!(error("pigeon", "", "", ""), "kind");
        assert_eq!(error("ntfy", "ntfy.sh", "backups", ""), "target");
        assert_eq!(error("ntfy", "https://a:b@ntfy.example", "backups", ""), "target");
        assert_eq!(error("ntfy", "", "my backups", ""), "to");
        assert_eq!(error("webhook", "file:///etc/passwd", "", ""), "target");
        assert_eq!(error("gotify", "https://gotify.example", "", " "), "token");
        assert_eq!(error("telegram", "", "family", "123:abc"), "to");
        assert_eq!(error("telegram", "", "-100123", "abc/../x"), "token");
    }

    #[test]
    fn what_is_shown_holds_no_secret() {
        let hook = Channel::new("slack", "https://hooks.slack.com/services/T0/B0/secret", "", "").unwrap();
        assert_eq!(hook.config().target(), "https://hooks.slack.com/…");
        let stored = serde_json::to_string(hook.config()).unwrap();
        assert!(!stored.contains("secret") && !format!("{hook:?}").contains("B0"), "{stored} {hook:?}");
        let own = Channel::new("ntfy", "", "backups", "tk_secret").unwrap();
        assert_eq!(own.config().target(), "https://ntfy.sh/backups");
        assert!(!serde_json::to_string(own.config()).unwrap().contains("tk_"));
    }

    #[test]
    fn a_refusal_is_told_in_the_words_of_the_receiver() {
        let hook = Channel::new("slack", "https://hooks.slack.com/x", "", "").unwrap();
        let told = |body: &str| hook.refusal(body.as_bytes());
        assert_eq!(told(r#"{"code":40301,"error":"forbidden"}"#).as_deref(), Some("forbidden"));
        assert_eq!(told(r#"{"ok":false,"description":"chat not found"}"#).as_deref(), Some("chat not found"));
        assert_eq!(told("invalid_token").as_deref(), Some("invalid_token"));
        assert_eq!(told("<html>502</html>"), None);
    }
}
