//! What is concluded about a job. Green must be earned: a job that is new, stale or paused is not green. The rules are
//! `noticing`'s; this is the word that is stored, sent and shown.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The conclusion about one job, worst first (the order of [`Ord`] is the order in which people want to see them).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A run began, and did not finish.
    Stuck,
    /// The last run failed.
    Failed,
    /// An expected run did not come by its time plus tolerance.
    Late,
    /// A run that says it went well, or went on, is not as it should be.
    Check,
    /// No schedule is known and nothing came for a long time.
    Stale,
    /// Too few runs to know what is normal.
    New,
    /// Paused or archived: nothing is expected of it.
    Paused,
    /// Nothing is wrong, and the next run is not due yet.
    Ok,
}

/// A word that is no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a verdict")]
pub struct UnknownVerdict;

impl Verdict {
    /// Every verdict, worst first.
    pub const ALL: [Self; 8] =
        [Self::Stuck, Self::Failed, Self::Late, Self::Check, Self::Stale, Self::New, Self::Paused, Self::Ok];

    /// The lower-case word, as in URLs and `data-status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stuck => "stuck",
            Self::Failed => "failed",
            Self::Late => "late",
            Self::Check => "check",
            Self::Stale => "stale",
            Self::New => "new",
            Self::Paused => "paused",
            Self::Ok => "ok",
        }
    }

    /// Its place in [`Self::ALL`], as lists are sorted by it in the database.
    pub fn rank(self) -> i64 {
        self as i64
    }

    /// Whether a person should look: everything worse than new.
    pub fn needs_attention(self) -> bool {
        self < Self::New
    }
}

impl FromStr for Verdict {
    type Err = UnknownVerdict;

    fn from_str(word: &str) -> Result<Self, UnknownVerdict> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == word).ok_or(UnknownVerdict)
    }
}

/// Fewer runs than this say nothing about a schedule.
pub const RUNS_TO_LEARN: u64 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_looks_at_what_is_worse_than_new() {
        let looked_at: Vec<_> =
            Verdict::ALL.into_iter().filter(|verdict| verdict.needs_attention()).collect();
        assert_eq!(
            looked_at,
            [Verdict::Stuck, Verdict::Failed, Verdict::Late, Verdict::Check, Verdict::Stale]
        );
        assert!(Verdict::ALL.is_sorted(), "worst first");
    }

    /// It is written by hand in one place and by `serde` in another.
    #[test]
    fn the_word_of_a_verdict_is_the_one_of_its_json() {
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_value(verdict).ok(), Some(verdict.as_str().into()));
            assert_eq!(verdict.as_str().parse(), Ok(verdict));
        }
        // As they are stored: a migration has to follow a change.
        assert_eq!(Verdict::ALL.map(Verdict::rank), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
