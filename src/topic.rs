//! What messages are about.

use serde::{Deserialize, Serialize};

/// What a message is about. Each channel chooses its topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    /// A job is good again.
    Recovered,
    /// A run is not as it should be.
    Check,
    /// A good run is overdue, or nothing came for long.
    Late,
    /// A run failed.
    Failed,
    /// A run began and did not finish.
    Stuck,
    /// Something is wrong with this program itself.
    System,
}

impl Topic {
    /// All of them, mildest first.
    pub const ALL: [Self; 6] =
        [Self::Recovered, Self::Check, Self::Late, Self::Failed, Self::Stuck, Self::System];
    /// Those that are about jobs.
    pub const OF_JOBS: [Self; 5] = [Self::Recovered, Self::Check, Self::Late, Self::Failed, Self::Stuck];

    /// All of them as lists show them: jobs first, the worst first.
    pub fn listed() -> impl Iterator<Item = Self> {
        Self::OF_JOBS.into_iter().rev().chain([Self::System])
    }

    /// The lower-case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::Check => "check",
            Self::Late => "late",
            Self::Failed => "failed",
            Self::Stuck => "stuck",
            Self::System => "system",
        }
    }

    /// The topic of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == word)
    }
}
