//! Kinds, events and states, in words.

use duplistatus::topic::Topic;

use crate::{locale::Locale, tr};

/// What a kind of channel is called. All but one are proper names.
pub fn kind_word(locale: Locale, kind: &str) -> String {
    match kind {
        "ntfy" => "ntfy".to_owned(),
        "slack" => "Slack".to_owned(),
        "discord" => "Discord".to_owned(),
        "gotify" => "Gotify".to_owned(),
        "telegram" => "Telegram".to_owned(),
        _ => tr!(locale, channels.kind.webhook),
    }
}

/// What happened.
pub fn topic_word(locale: Locale, topic: Topic) -> String {
    match topic {
        Topic::Recovered => tr!(locale, channels.topic.recovered),
        Topic::Check => tr!(locale, channels.topic.check),
        Topic::Late => tr!(locale, channels.topic.late),
        Topic::Failed => tr!(locale, channels.topic.failed),
        Topic::Stuck => tr!(locale, channels.topic.stuck),
    }
}

/// What became of a notification, with the tone of its badge.
pub fn status_word(locale: Locale, status: &str) -> (String, &'static str) {
    match status {
        "sent" => (tr!(locale, channels.status.sent), "ok"),
        "failed" => (tr!(locale, channels.status.failed), "fail"),
        "dropped" => (tr!(locale, channels.status.dropped), "idle"),
        _ => (tr!(locale, channels.status.queued), "idle"),
    }
}
