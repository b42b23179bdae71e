//! Kinds, events and states, in words.

pub use crate::ui::notification::{about_word, status_word, topic_word};
use crate::{locale::Locale, tr};

/// What a kind of channel is called. Most are proper names.
pub fn kind_word(locale: Locale, kind: &str) -> String {
    let name = match kind {
        "email" => return tr!(locale, channels.kind.email),
        "webhook" => return tr!(locale, channels.kind.webhook),
        "heartbeat" => return tr!(locale, channels.kind.heartbeat),
        "ntfy" => "ntfy",
        "pushover" => "Pushover",
        "gotify" => "Gotify",
        "telegram" => "Telegram",
        "matrix" => "Matrix",
        "slack" => "Slack",
        "discord" => "Discord",
        "teams" => "Microsoft Teams",
        "mattermost" => "Mattermost",
        "rocket_chat" => "Rocket.Chat",
        "home_assistant" => "Home Assistant",
        "apprise" => "Apprise API",
        "web_push" => return tr!(locale, channels.kind.web_push),
        _ => return tr!(locale, channels.kind.damaged),
    };
    name.to_owned()
}

/// What to do at the receiver before the form is filled in.
pub fn kind_about(locale: Locale, kind: &str) -> String {
    match kind {
        "email" => tr!(locale, channels.about.email),
        "ntfy" => tr!(locale, channels.about.ntfy),
        "pushover" => tr!(locale, channels.about.pushover),
        "gotify" => tr!(locale, channels.about.gotify),
        "telegram" => tr!(locale, channels.about.telegram),
        "matrix" => tr!(locale, channels.about.matrix),
        "slack" => tr!(locale, channels.about.slack),
        "discord" => tr!(locale, channels.about.discord),
        "teams" => tr!(locale, channels.about.teams),
        "mattermost" => tr!(locale, channels.about.mattermost),
        "rocket_chat" => tr!(locale, channels.about.rocket_chat),
        "home_assistant" => tr!(locale, channels.about.home_assistant),
        "apprise" => tr!(locale, channels.about.apprise),
        "heartbeat" => tr!(locale, channels.about.heartbeat),
        _ => tr!(locale, channels.about.webhook),
    }
}
