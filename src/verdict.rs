//! The verdict on a job. Only a job known to be good is OK: new, silent and paused jobs are not. The rules are in
//! `noticing`; this type is what is stored, sent and shown.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The verdict on one job. The order of [`Ord`] is the order in which jobs are shown, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A run started and did not finish.
    Stuck,
    /// The last run failed.
    Failed,
    /// An expected run did not succeed by its time plus tolerance (*overdue*).
    Late,
    /// A successful run, or one still going on, needs checking.
    Check,
    /// No schedule is known and nothing arrived for a long time (*silent*).
    Stale,
    /// Too few runs to know what is normal.
    New,
    /// Paused or archived: no run is expected.
    Paused,
    /// Nothing is wrong, and the next run is not due yet.
    Ok,
}

/// A word that is not a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a verdict")]
pub struct UnknownVerdict;

impl Verdict {
    /// Every verdict, worst first.
    pub const ALL: [Self; 8] =
        [Self::Stuck, Self::Failed, Self::Late, Self::Check, Self::Stale, Self::New, Self::Paused, Self::Ok];

    /// Returns the lower-case word used in URLs and `data-status`.
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

    /// Returns whether a user should check the job: every verdict worse than new.
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

/// Minimum number of runs from which a schedule is learned.
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

    /// The word is written in `as_str` and derived by `serde`; both must agree.
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
