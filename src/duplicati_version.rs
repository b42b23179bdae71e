//! Versions of Duplicati, compared number by number: 2.10 comes after 2.2, unlike in a comparison of the
//! texts.

use std::str::FromStr;

use thiserror::Error;

/// A version as Duplicati writes it: `2.2.0.3 (2.2.0.3_stable_2026-01-06)`. Missing numbers are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DuplicatiVersion([u32; 4]);

/// A text that does not begin with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a version")]
pub struct NoVersion;

impl DuplicatiVersion {
    /// The first version whose default template always includes the ids of machine and job.
    pub const NAMES_IDS: Self = Self([2, 0, 8, 0]);
    /// The first version that does not report the figures of a job under the name of another one.
    pub const KEEPS_JOBS_APART: Self = Self([2, 2, 0, 0]);

    /// Returns whether this version may report several jobs under one name.
    #[must_use]
    pub fn mixes_jobs(self) -> bool {
        self < Self::KEEPS_JOBS_APART
    }
}

impl FromStr for DuplicatiVersion {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.trim().split([' ', '_', '-']).next().unwrap_or_default();
        let mut told = word.split('.').map_while(|part| part.parse::<u32>().ok());
        let first = told.next().ok_or(NoVersion)?;
        let mut next = || told.next().unwrap_or(0);
        Ok(Self([first, next(), next(), next()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> DuplicatiVersion {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn versions_are_compared_by_their_numbers() {
        let ascending = [
            "1.9.9",
            "2",
            "2.0.7.100 (canary)",
            "2.0.8.0",
            "2.1.0.5 (2.1.0.5_stable_2025-03-04)",
            "2.1.1.104",
            "2.2",
            "2.2.0.3 (2.2.0.3_stable_2026-01-06)",
            "2.3.0.4",
            "2.3.0.110",
            "2.10.0.0",
            "3",
            "10.0.0.0",
        ];
        for pair in ascending.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{pair:?}");
        }
        assert_eq!(version(" 2.2 "), version("2.2.0.0 (x)"));
        assert_eq!(version("2.3.1.0_beta_2026-07-28"), version("2.3.1.0"));
        for none in ["", "(2.1)", "canary", "v2.1", "-1", "99999999999"] {
            assert_eq!(none.parse::<DuplicatiVersion>(), Err(NoVersion), "{none}");
        }
    }

    #[test]
    fn jobs_are_mixed_up_before_2_2() {
        for (text, mixes) in [
            ("2.0.8.1", true),
            ("2.1.0.5", true),
            ("2.1.1.104", true),
            ("2.2.0.0", false),
            ("2.10.0.1", false),
        ] {
            assert_eq!(version(text).mixes_jobs(), mixes, "{text}");
        }
    }
}
