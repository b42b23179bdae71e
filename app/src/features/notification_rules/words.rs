//! Places, events and reminders, in words.

use duplistatus::{dto::notification_rules::RuleRow, topic::Topic};

use crate::{locale::Locale, tr, ui::notification::topic_word};

/// `"Server nas"`.
pub fn place_words(locale: Locale, row: &RuleRow) -> String {
    let name = row.name.clone();
    match row.scope.as_str() {
        "group" => tr!(locale, notification_rules.place.group, name = name),
        "tag" => tr!(locale, notification_rules.place.tag, name = name),
        "server" => tr!(locale, notification_rules.place.server, name = name),
        "job" => tr!(locale, notification_rules.place.job, name = name),
        _ => tr!(locale, notification_rules.place.site),
    }
}

/// `"stuck, failed"`, the worst first.
pub fn topic_words(locale: Locale, topics: &[Topic]) -> String {
    let chosen = Topic::listed().filter(|topic| topics.contains(topic));
    chosen.map(|topic| topic_word(locale, topic)).collect::<Vec<_>>().join(", ")
}

/// How often a channel is reminded.
pub fn reminder_word(locale: Locale, reminder: &str) -> String {
    match reminder {
        "once" => tr!(locale, notification_rules.often.once),
        "daily" => tr!(locale, notification_rules.often.daily),
        "weekly" => tr!(locale, notification_rules.often.weekly),
        _ => tr!(locale, notification_rules.often.none),
    }
}
