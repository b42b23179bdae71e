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

/// What is combined into one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Combined<Server, Group> {
    /// What is about a server, or about none.
    Server(Option<Server>),
    /// What is about the servers of a group.
    Group(Group),
    /// What is about any server.
    Servers,
}

impl Combine {
    /// What is combined with a message about a server. One without a group is combined with no other.
    pub fn with<Server, Group>(
        self,
        server: Option<Server>,
        group: Option<Group>,
    ) -> Combined<Server, Group> {
        match (self, server, group) {
            (Self::All, Some(_), _) => Combined::Servers,
            (Self::Group, Some(_), Some(group)) => Combined::Group(group),
            (_, server, _) => Combined::Server(server),
        }
    }
}

/// For how long after a message others are collected, unless a channel says something else: seconds.
pub(crate) const WINDOW: i64 = 60;

/// For how long after a message others are collected, as a form says it in minutes: seconds. Without a number, a minute.
pub(crate) fn window(text: &str) -> Result<i64, InvalidChannel> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(WINDOW);
    }
    let minutes: Option<i64> = text.parse().ok();
    minutes
        .filter(|minutes| (0..=60).contains(minutes))
        .map(|minutes| minutes * 60)
        .ok_or(InvalidChannel { field: "combine_minutes", hint: "use 0 to 60 minutes" })
}
