//! A channel: what it is, its secrets, and the request that carries a message.

use reqwest::Url;

use super::{
    Account, Config, Delivery, Message, Priority, Pulse, PushKeys, Refusal, Request, Secrets, Watcher,
    apprise, chat, gotify, heartbeat, matrix, ntfy, pushover, refusal, teams, telegram, web_push,
    webhook::{self, Custom, complete_headers},
};
use crate::{dto::channel::ChannelForm, ids::UserId, time::Timestamp};

/// Longest URL, tag list or secret: characters.
const LONGEST: usize = 4_000;

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
    /// A channel as a form describes it. What else the form says, such as its name, is not looked at.
    ///
    /// # Errors
    /// [`InvalidChannel`] when a field is missing or wrong.
    pub fn new(form: &ChannelForm) -> Result<Self, InvalidChannel> {
        let (target, to, token, key) = (&form.target, &form.to, form.token.trim(), form.key.trim());
        for (field, text) in [
            ("target", target),
            ("to", to),
            ("token", &form.token),
            ("key", &form.key),
            ("headers", &form.headers),
            ("body", &form.body),
        ] {
            if text.chars().count() > LONGEST {
                return Err(InvalidChannel { field, hint: "use at most 4,000 characters" });
            }
        }
        let needed = || {
            if token.is_empty() {
                Err(InvalidChannel { field: "token", hint: "enter the token" })
            } else {
                Ok(())
            }
        };
        let mut secrets = Secrets::default();
        let mut site = || {
            let url = web_address(target)?;
            let site = url.origin().ascii_serialization();
            secrets.url = Some(url.into());
            Ok(site)
        };
        let priority = Priority::from_word(&form.priority)?;
        let config = match form.kind.as_str() {
            "ntfy" => {
                let target = if target.trim().is_empty() { "https://ntfy.sh" } else { target };
                let user = Some(form.user.trim()).filter(|user| !user.is_empty()).map(str::to_owned);
                if user.as_ref().is_some_and(|user| user.contains(':') || user.chars().any(char::is_control))
                {
                    return Err(InvalidChannel { field: "user", hint: "enter the name without a colon" });
                }
                if user.is_some() {
                    needed()?;
                }
                Config::Ntfy { server: base(target)?, topic: ntfy::topic(to)?, user, priority }
            }
            "email" => Config::Email(Account::new(form)?),
            "webhook" => {
                let site = site()?;
                let (custom, headers) = Custom::new(form)?;
                secrets.headers = headers;
                Config::Webhook { site, custom }
            }
            "slack" => Config::Slack { site: site()? },
            "mattermost" => Config::Mattermost { site: site()? },
            "rocket_chat" => Config::RocketChat { site: site()? },
            "discord" => Config::Discord { site: site()? },
            "teams" => Config::Teams { site: site()? },
            "home_assistant" => Config::HomeAssistant { site: site()? },
            "heartbeat" => {
                let site = site()?;
                let (watcher, minutes) =
                    (Watcher::from_word(&form.watcher)?, heartbeat::minutes(&form.minutes)?);
                Config::Heartbeat { site, watcher, minutes }
            }
            "gotify" => {
                needed()?;
                Config::Gotify { server: base(target)?, priority }
            }
            "telegram" => {
                needed()?;
                telegram::token(token)?;
                Config::Telegram { chat: telegram::chat(to)? }
            }
            "pushover" => {
                let user = pushover::key("key", key)?;
                pushover::key("token", token)?;
                Config::Pushover { user: pushover::masked(&user), priority }
            }
            "matrix" => {
                let (server, room) = (base(target)?, matrix::room(to)?);
                needed()?;
                Config::Matrix { server, room, stem: String::new() }
            }
            "apprise" => {
                apprise::key(key)?;
                Config::Apprise { server: base(target)?, tags: to.trim().to_owned() }
            }
            "web_push" => {
                let hint = "turn it on in the browser that is to show messages, under Account";
                return Err(InvalidChannel { field: "kind", hint });
            }
            _ => {
                let hint = "choose one of the kinds that the page lists";
                return Err(InvalidChannel { field: "kind", hint });
            }
        };
        let takes_token = !matches!(config, Config::Apprise { .. });
        let takes_key = matches!(config, Config::Pushover { .. } | Config::Apprise { .. });
        let takes_token = takes_token
            && match &config {
                Config::Email(account) => account.user.is_some(),
                _ => true,
            };
        secrets.token = (!token.is_empty() && takes_token).then(|| token.to_owned());
        secrets.key = (!key.is_empty() && takes_key).then(|| key.to_owned());
        Ok(Self { config, secrets })
    }

    /// A browser in which a user wants to be told.
    ///
    /// # Errors
    /// [`InvalidChannel`] when that is no subscription.
    pub fn browser(endpoint: &str, keys: PushKeys, user: UserId) -> Result<Self, InvalidChannel> {
        if endpoint.chars().count() > LONGEST {
            return Err(InvalidChannel { field: "endpoint", hint: "use at most 4,000 characters" });
        }
        let url = web_push::checked(endpoint, &keys)?;
        let config = Config::WebPush { site: url.origin().ascii_serialization(), user: user.0 };
        Ok(Self {
            config,
            secrets: Secrets { url: Some(url.into()), push: Some(keys), ..Secrets::default() },
        })
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

    /// A form with the secrets of this channel where it leaves them empty. They are for the server that they were entered for: if the
    /// form names another one, it stays as it is.
    #[must_use]
    pub fn complete(&self, form: &ChannelForm) -> ChannelForm {
        let or = |text: &str, known: &Option<String>| {
            if text.trim().is_empty() { known.clone().unwrap_or_default() } else { text.to_owned() }
        };
        if form.kind != self.config.kind() {
            return form.clone();
        }
        let mut whole = ChannelForm {
            token: or(&form.token, &self.secrets.token),
            key: or(&form.key, &self.secrets.key),
            headers: complete_headers(&form.headers, &self.secrets.headers),
            ..form.clone()
        };
        if self.secrets.url.is_some() {
            whole.target = or(&form.target, &self.secrets.url);
        }
        // Somebody who enters the name of a user anew means another password.
        let is_same = Self::new(&whole).is_ok_and(|same| same.config.server() == self.config.server());
        if is_same { whole } else { ChannelForm { target: whole.target, ..form.clone() } }
    }

    /// Gives its messages ids of their own: those that `known` has, or else `fresh`.
    pub fn set_stem(&mut self, known: Option<&Self>, fresh: &str) {
        let known = known.and_then(|known| known.config.clone().stem().map(|stem| stem.clone()));
        if let Some(stem) = self.config.stem() {
            *stem = known.filter(|known| !known.is_empty()).unwrap_or_else(|| fresh.to_owned());
        }
    }

    /// What carries a message. `nonce` tells apart messages of the same id; it is empty for all but tests. `None` when a secret of the
    /// channel is missing, or it takes no messages.
    #[must_use]
    pub fn delivery(&self, message: &Message, nonce: &str, now: Timestamp) -> Option<Delivery> {
        let id = if nonce.is_empty() { message.id.to_string() } else { format!("{}-{nonce}", message.id) };
        if let Config::Email(account) = &self.config {
            let mail = account.mail(self.secrets.token.as_deref(), &id, message)?;
            return Some(Delivery::Mail(Box::new(mail)));
        }
        self.request(message, &id, now).map(Delivery::Http)
    }

    fn request(&self, message: &Message, id: &str, now: Timestamp) -> Option<Request> {
        let Secrets { token, url, key, headers, push } = &self.secrets;
        let (token, url, key) = (token.as_deref(), url.as_deref(), key.as_deref());
        Some(match &self.config {
            Config::Ntfy { server, topic, user, priority } => {
                ntfy::request((server, topic), (user.as_deref(), token), *priority, message)
            }
            Config::Webhook { custom, .. } => webhook::request(url?, token, id, (custom, headers), message)?,
            Config::HomeAssistant { .. } => {
                webhook::request(url?, None, id, (&Custom::default(), &[]), message)?
            }
            Config::Slack { .. } => chat::slack(url?, message),
            Config::Mattermost { .. } => chat::mattermost(url?, message),
            Config::RocketChat { .. } => chat::rocket_chat(url?, message),
            Config::Discord { .. } => chat::discord(url?, message),
            Config::Teams { .. } => teams::request(url?, message),
            Config::Gotify { server, priority } => gotify::request(server, token?, *priority, message),
            Config::Telegram { chat } => telegram::request(telegram::API, token?, chat, message),
            Config::Pushover { priority, .. } => {
                pushover::request(pushover::API, (token?, key?), *priority, message)
            }
            Config::Matrix { server, room, stem } => {
                matrix::request(server, token?, room, &format!("duplistatus-{stem}-{id}"), message)
            }
            Config::Apprise { server, tags } => apprise::request(server, key?, tags, message),
            Config::WebPush { .. } => web_push::request(url?, push.as_ref()?, id, message, now)?,
            Config::Email(_) | Config::Heartbeat { .. } => return None,
        })
    }

    /// The sign of life, if this channel takes them and has one for this.
    #[must_use]
    pub fn ping(&self, pulse: Pulse<'_>) -> Option<Request> {
        match &self.config {
            Config::Heartbeat { watcher, .. } => {
                heartbeat::request(self.secrets.url.as_deref()?, *watcher, pulse)
            }
            _ => None,
        }
    }

    /// Whether an answer says that the receiver is gone for ever: a browser ended its subscription.
    #[must_use]
    pub const fn is_gone(&self, status: u16) -> bool {
        matches!(self.config, Config::WebPush { .. }) && matches!(status, 404 | 410)
    }

    /// What an answer says, in the words of the receiver, when it did not take the message. Some say so with a status of success.
    #[must_use]
    pub fn refusal(&self, status: u16, body: &[u8]) -> Option<Refusal> {
        if !(200..300).contains(&status) {
            return refusal::told(body);
        }
        match &self.config {
            Config::Apprise { .. } if status == 204 => {
                Some(Refusal("no services are stored under this key, or none has these tags".to_owned()))
            }
            // Older versions of Healthchecks say `OK (not found)`.
            Config::Heartbeat { .. } if body.starts_with(b"OK (") => refusal::told(body),
            _ => None,
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
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        let hint = "leave out user, password, query and fragment: secrets have fields of their own";
        return Err(InvalidChannel { field: "target", hint });
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}
