//! Kinds, events and states, in words.

pub use crate::ui::notification::{status_word, topic_word};
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
