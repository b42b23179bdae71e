//! How urgent a message is for the apps that tell it.

use serde::{Deserialize, Serialize};

use super::{InvalidChannel, Message};
use crate::topic::Topic;

/// The priority that a channel gives its messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// By what happened.
    #[default]
    Auto,
    /// Without a sound.
    Low,
    /// As the app does by default.
    Normal,
    /// With a sound, also in quiet hours of the app.
    High,
    /// Until somebody confirms it, where the app can do that.
    Urgent,
}

impl Priority {
    /// The word of a form; empty is [`Self::Auto`].
    pub(super) fn from_word(word: &str) -> Result<Self, InvalidChannel> {
        match word.trim() {
            "" | "auto" => Ok(Self::Auto),
            "low" => Ok(Self::Low),
            "normal" => Ok(Self::Normal),
            "high" => Ok(Self::High),
            "urgent" => Ok(Self::Urgent),
            _ => Err(InvalidChannel { field: "priority", hint: "use auto, low, normal, high or urgent" }),
        }
    }

    /// The word in a form.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// The priority of a message. What is good news is never more than normal.
    pub(super) fn of(self, message: &Message) -> Self {
        match (self, message.worst()) {
            (Self::Auto, Topic::System | Topic::Stuck | Topic::Failed | Topic::Silent | Topic::Late) => {
                Self::High
            }
            (Self::Auto | Self::High | Self::Urgent, Topic::Recovered) | (Self::Auto, _) => Self::Normal,
            (chosen, _) => chosen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::message::tests::{item, message};

    #[test]
    fn good_news_is_never_urgent_and_a_failure_is_by_itself() {
        let of = |priority: Priority, topic| priority.of(&message(vec![item(topic, "nas", "photos", "x")]));
        assert_eq!(of(Priority::Auto, Topic::Failed), Priority::High);
        assert_eq!(of(Priority::Auto, Topic::Check), Priority::Normal);
        assert_eq!(of(Priority::Urgent, Topic::Late), Priority::Urgent);
        assert_eq!(of(Priority::Urgent, Topic::Recovered), Priority::Normal);
        assert_eq!(of(Priority::Low, Topic::Recovered), Priority::Low);
    }
}
