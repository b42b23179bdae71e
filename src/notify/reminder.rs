//! How often a channel is told again of what stays open.

use serde::{Deserialize, Serialize};

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

/// How often, the most often last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reminder {
    /// Never.
    #[default]
    None,
    /// Once, after a day.
    Once,
    /// Each week, and after four of them every four weeks.
    Weekly,
    /// Each day, and after seven of them each week.
    Daily,
}

impl Reminder {
    /// All of them, the most often first.
    pub const ALL: [Self; 4] = [Self::Daily, Self::Weekly, Self::Once, Self::None];

    /// The lower-case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Once => "once",
            Self::Weekly => "weekly",
            Self::Daily => "daily",
        }
    }

    /// The one of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// How long after it was told last the next reminder follows: seconds. `sent` is how many there were since something happened.
    #[must_use]
    pub const fn pause(self, sent: i64) -> Option<i64> {
        match self {
            Self::Once if sent == 0 => Some(DAY),
            Self::None | Self::Once => None,
            Self::Daily if sent < 7 => Some(DAY),
            Self::Weekly if sent >= 4 => Some(4 * WEEK),
            Self::Daily | Self::Weekly => Some(WEEK),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reminders_grow_rarer() {
        let days = |reminder: Reminder, most: i64| -> Vec<Option<i64>> {
            (0..most).map(|sent| reminder.pause(sent).map(|pause| pause / DAY)).collect()
        };
        assert_eq!(days(Reminder::None, 1), [None]);
        assert_eq!(days(Reminder::Once, 3), [Some(1), None, None]);
        assert_eq!(days(Reminder::Daily, 9)[5..], [Some(1), Some(1), Some(7), Some(7)]);
        assert_eq!(days(Reminder::Weekly, 6)[2..], [Some(7), Some(7), Some(28), Some(28)]);
    }

    #[test]
    fn the_words_come_back() {
        for reminder in Reminder::ALL {
            assert_eq!(Reminder::from_word(reminder.as_str()), Some(reminder));
        }
        assert_eq!(Reminder::from_word("hourly"), None);
    }
}
