//! Topics, kinds and errors, in words.

use duplistatus::{
    dto::template::{TemplateError, TemplateTopic},
    topic::Topic,
};

use crate::{features::channels, locale::Locale, tr};

/// What a text is of.
pub fn word(locale: Locale, topic: TemplateTopic) -> String {
    match topic {
        TemplateTopic::Job(topic) => topic_word(locale, topic),
        TemplateTopic::List => tr!(locale, templates.topic.list),
        TemplateTopic::Digest => tr!(locale, templates.topic.digest),
    }
}

/// What a message is about.
pub fn topic_word(locale: Locale, topic: Topic) -> String {
    match topic {
        // Messages about this program have no template.
        Topic::Recovered | Topic::System => tr!(locale, templates.topic.recovered),
        Topic::Check | Topic::Quota | Topic::NewWarning => tr!(locale, templates.topic.check),
        Topic::Late | Topic::Silent => tr!(locale, templates.topic.late),
        Topic::Failed => tr!(locale, templates.topic.failed),
        Topic::Stuck => tr!(locale, templates.topic.stuck),
    }
}

/// What a kind of channel is called.
pub fn kind_word(locale: Locale, kind: &str) -> String {
    match kind {
        "" => tr!(locale, templates.all_kinds),
        kind => channels::kind_word(locale, kind),
    }
}

/// Why a text cannot be used.
pub fn error_words(locale: Locale, error: &TemplateError) -> String {
    match error {
        TemplateError::Unknown(names) => {
            let names: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
            tr!(locale, templates.error.unknown, names = names.join(", "))
        }
        TemplateError::NoTitle => tr!(locale, templates.error.no_title),
        TemplateError::TooLong(most) => {
            let most = i64::try_from(*most).unwrap_or(i64::MAX);
            tr!(locale, templates.error.too_long, count = most)
        }
    }
}
