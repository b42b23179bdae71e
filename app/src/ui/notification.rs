//! What messages are about, and what became of them, in words.

use duplistatus::{dto::channel::NotificationRow, topic::Topic};

use crate::{locale::Locale, tr};

/// What happened.
pub fn topic_word(locale: Locale, topic: Topic) -> String {
    match topic {
        Topic::Recovered => tr!(locale, channels.topic.recovered),
        Topic::Check => tr!(locale, channels.topic.check),
        Topic::NewWarning => tr!(locale, channels.topic.new_warning),
        Topic::Quota => tr!(locale, channels.topic.quota),
        Topic::Late => tr!(locale, channels.topic.late),
        Topic::Silent => tr!(locale, channels.topic.silent),
        Topic::Failed => tr!(locale, channels.topic.failed),
        Topic::Stuck => tr!(locale, channels.topic.stuck),
        Topic::System => tr!(locale, channels.topic.system),
    }
}

/// What a message is about.
pub fn about_word(locale: Locale, row: &NotificationRow) -> String {
    match row.topic {
        Some(topic) => topic_word(locale, topic),
        None if row.is_digest => tr!(locale, channels.topic.digest),
        None if row.is_test => tr!(locale, channels.topic.test),
        None => String::new(),
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
