//! What messages are about.

use serde::{Deserialize, Serialize};

/// What a message is about. Each channel chooses its topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// A job is good again.
    Recovered,
    /// A [`Topic::Check`] about nothing but warnings of a new kind.
    NewWarning,
    /// A [`Topic::Check`] about nothing but the free space of the destination.
    Quota,
    /// A run is not as it should be.
    Check,
    /// A good run is overdue, or nothing came for long.
    Late,
    /// A [`Topic::Late`] by which all jobs of a server are overdue.
    Silent,
    /// A run failed.
    Failed,
    /// A run began and did not finish.
    Stuck,
    /// Something is wrong with this program itself.
    System,
}

impl Topic {
    /// All that stand for themselves, mildest first.
    pub const ALL: [Self; 6] =
        [Self::Recovered, Self::Check, Self::Late, Self::Failed, Self::Stuck, Self::System];
    /// Those of them that are about jobs.
    pub const OF_JOBS: [Self; 5] = [Self::Recovered, Self::Check, Self::Late, Self::Failed, Self::Stuck];
    /// Those that are a part of another one, for channels that want no more of it.
    pub const PARTS: [Self; 3] = [Self::NewWarning, Self::Quota, Self::Silent];

    /// All of them as lists show them: jobs first, the worst first, and parts after the whole.
    pub fn listed() -> impl Iterator<Item = Self> {
        let with_parts = |topic: Self| [topic].into_iter().chain(topic.parts());
        Self::OF_JOBS.into_iter().rev().chain([Self::System]).flat_map(with_parts)
    }

    /// The one that it is a part of; itself if it is none.
    #[must_use]
    pub const fn whole(self) -> Self {
        match self {
            Self::NewWarning | Self::Quota => Self::Check,
            Self::Silent => Self::Late,
            whole => whole,
        }
    }

    /// Its parts.
    pub fn parts(self) -> impl Iterator<Item = Self> {
        Self::PARTS.into_iter().rev().filter(move |part| part.whole() == self)
    }

    /// Whether a choice of topics has this one, or the whole of it.
    #[must_use]
    pub fn is_in(self, chosen: &[Self]) -> bool {
        chosen.contains(&self) || chosen.contains(&self.whole())
    }

    /// A choice of topics without parts of others that it has.
    #[must_use]
    pub fn without_parts_of_chosen(chosen: &[Self]) -> Vec<Self> {
        let is_covered = |topic: &Self| topic.whole() != *topic && chosen.contains(&topic.whole());
        chosen.iter().copied().filter(|topic| !is_covered(topic)).collect()
    }

    /// The word of the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recovered => "recovered",
            Self::NewWarning => "new_warning",
            Self::Quota => "quota",
            Self::Check => "check",
            Self::Late => "late",
            Self::Silent => "silent",
            Self::Failed => "failed",
            Self::Stuck => "stuck",
            Self::System => "system",
        }
    }

    /// The topic of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().chain(Self::PARTS).find(|topic| topic.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_is_listed_once_and_has_one_word() {
        let listed: Vec<Topic> = Topic::listed().collect();
        assert_eq!(listed.len(), Topic::ALL.len() + Topic::PARTS.len());
        for topic in listed {
            assert_eq!(Topic::from_word(topic.as_str()), Some(topic));
            assert_eq!(serde_json::to_value(topic).unwrap(), topic.as_str());
        }
    }

    #[test]
    fn a_part_is_in_the_choice_of_its_whole() {
        assert!(Topic::Quota.is_in(&[Topic::Check]) && Topic::Quota.is_in(&[Topic::Quota]));
        assert!(!Topic::Check.is_in(&[Topic::Quota]) && !Topic::Quota.is_in(&[Topic::NewWarning]));
        let chosen = [Topic::Check, Topic::Quota, Topic::Silent];
        assert_eq!(Topic::without_parts_of_chosen(&chosen), [Topic::Check, Topic::Silent]);
    }
}
