//! How a run ended. Invariant: a word unknown to this version is `Unknown`, never an error and never a success.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The status of one run, Duplicati's `ParsedResult`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It succeeded.
    Success,
    /// It ended with warnings.
    Warning,
    /// It ended with errors.
    Error,
    /// It was ended by an exception.
    Fatal,
    /// The sender's word is unknown or missing.
    #[default]
    Unknown,
}

/// A word that is not a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a status: expected success, warning, error, fatal or unknown")]
pub struct UnknownStatus;

impl Status {
    /// Returns the lower-case word used in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
            Self::Unknown => "unknown",
        }
    }

    /// Returns whether the run failed: error or fatal.
    #[must_use]
    pub const fn is_failed(self) -> bool {
        matches!(self, Self::Error | Self::Fatal)
    }

    /// Returns the status with a sender's word; unknown words are `Unknown`.
    #[must_use]
    pub fn from_sender(word: &str) -> Self {
        word.parse().unwrap_or_default()
    }
}

/// Forms used by lists and totals.
impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Success, Self::Warning, Self::Error, Self::Fatal, Self::Unknown];

    /// Returns whether the run left a restorable version: success or warning.
    #[must_use]
    pub const fn is_kept(self) -> bool {
        matches!(self, Self::Success | Self::Warning)
    }

    /// Returns the letter used in the compact list of recent runs.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Success => 's',
            Self::Warning => 'w',
            Self::Error => 'e',
            Self::Fatal => 'f',
            Self::Unknown => 'u',
        }
    }

    /// The inverse of [`Self::letter`]; anything else is unknown.
    #[must_use]
    pub fn from_letter(letter: char) -> Self {
        Self::ALL.into_iter().find(|status| status.letter() == letter).unwrap_or_default()
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Self::Success, Self::Warning, Self::Error, Self::Fatal, Self::Unknown]
            .into_iter()
            .find(|status| word.trim().eq_ignore_ascii_case(status.as_str()))
            .ok_or(UnknownStatus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_letters_lead_back_to_their_status() {
        for status in Status::ALL {
            assert_eq!(
                (status.to_string().parse(), Status::from_letter(status.letter())),
                (Ok(status), status)
            );
        }
        assert_eq!(
            (Status::from_sender(" WARNING "), Status::from_sender("Great")),
            (Status::Warning, Status::Unknown)
        );
    }

    #[test]
    fn a_version_is_left_by_a_success_and_by_a_warning() {
        let kept = Status::ALL.into_iter().filter(|status| status.is_kept()).collect::<Vec<_>>();
        assert_eq!(kept, [Status::Success, Status::Warning]);
        let failed = Status::ALL.into_iter().filter(|status| status.is_failed()).collect::<Vec<_>>();
        assert_eq!(failed, [Status::Error, Status::Fatal]);
    }
}
