//! Which messages of a channel are combined into one.

use super::InvalidChannel;

/// Which messages of a channel are combined into one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Combine {
    /// Those about a server.
    #[default]
    Server,
    /// Those about the servers of a group.
    Group,
    /// All.
    All,
}

impl Combine {
    const EACH: [Self; 3] = [Self::Server, Self::Group, Self::All];

    /// Its word: `"server"`, `"group"` or `"all"`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Group => "group",
            Self::All => "all",
        }
    }

    /// The one of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::EACH.into_iter().find(|combine| combine.as_str() == word)
    }

    /// What a form says; without a word, those about a server.
    pub(crate) fn entered(word: &str) -> Result<Self, InvalidChannel> {
        match word.trim() {
            "" => Ok(Self::default()),
            word => {
                let hint = "use server, group or all";
                Self::from_word(word).ok_or(InvalidChannel { field: "combine", hint })
            }
        }
    }
}

/// For how long after a message others are collected, as a form says it in minutes: seconds. Without a number, a minute.
pub(crate) fn window(text: &str) -> Result<i64, InvalidChannel> {
    let text = text.trim();
    let minutes: Option<i64> = if text.is_empty() { Some(1) } else { text.parse().ok() };
    minutes
        .filter(|minutes| (0..=60).contains(minutes))
        .map(|minutes| minutes * 60)
        .ok_or(InvalidChannel { field: "combine_minutes", hint: "use 0 to 60 minutes" })
}
