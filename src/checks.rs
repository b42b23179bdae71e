//! Contradictions in a run that Duplicati reported as successful. They are found from the run's own figures and those of the
//! previous run only. An unknown figure contradicts nothing.

use serde::{Deserialize, Serialize};

use crate::{outcome::RunOutcome, status::Status};

/// A contradiction in a run, or in the state of its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Check {
    /// No files were examined, although earlier runs examined some.
    NothingExamined {
        /// Files that the previous run examined.
        before: i64,
    },
    /// Files were added or changed, but nothing was uploaded.
    NothingUploaded {
        /// Files that were added or changed.
        files: i64,
    },
    /// Nothing is stored at the destination.
    NothingStored,
    /// The destination has no version, although it stores data.
    NoVersions,
    /// Files could not be read, but the run was reported as a success.
    FilesWithErrors {
        /// Number of files that could not be read.
        files: i64,
    },
    /// The last verification of the destination failed, and none has succeeded since. Belongs to the job, not to a run.
    VerificationFailed {
        /// Number of damaged files, if known.
        files: Option<i64>,
    },
    /// A run is known to have ended, but its report has not arrived. Belongs to the job.
    NoReport,
    /// Reports alternate between two sets of figures: two jobs share one name. Belongs to the job.
    TwoJobs,
    /// The source shrank by more than half: the number of files or, if that did not shrink, the bytes.
    Shrank {
        /// Files or bytes before.
        before: i64,
        /// Files or bytes now.
        now: i64,
        /// Whether `before` and `now` are bytes.
        is_size: bool,
    },
    /// More versions are gone than retention explains.
    VersionsFell {
        /// How many there were.
        before: i64,
        /// More versions disappeared than retention explains.
        now: i64,
    },
    /// Versions before.
    MassChange {
        /// Versions now.
        files: i64,
        /// Files that were known before.
        known: i64,
    },
    /// Many calls to the destination had to be repeated.
    Retries {
        /// How many.
        retries: i64,
    },
    /// The run took much longer than usual.
    Slow {
        /// Its duration, in seconds.
        seconds: i64,
        /// The usual duration, in seconds.
        usual: i64,
    },
    /// The destination has little free space.
    QuotaLow {
        /// Free bytes.
        free: i64,
    },
    /// The destination is expected to be full soon.
    QuotaSoon {
        /// Days until it is full.
        days: i64,
    },
    /// The log has warnings of kinds not seen before.
    NewWarnings {
        /// Number of new kinds.
        kinds: i64,
    },
}

/// The figures of a run that checks are based on. `None` is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// The status Duplicati reported.
    pub status: Status,
    /// The outcome of the run.
    pub outcome: RunOutcome,
    /// Files examined.
    pub files: Option<i64>,
    /// Files added.
    pub added: Option<i64>,
    /// Files modified.
    pub modified: Option<i64>,
    /// Files that could not be read.
    pub with_error: Option<i64>,
    /// Bytes uploaded.
    pub uploaded: Option<i64>,
    /// Files uploaded to the destination.
    pub files_uploaded: Option<i64>,
    /// Bytes at the destination.
    pub stored: Option<i64>,
    /// Versions at the destination.
    pub versions: Option<i64>,
    /// Files that the previous complete run examined.
    pub files_before: Option<i64>,
}

impl Figures {
    /// Returns what the figures contradict. Only runs that left a complete version are checked.
    #[must_use]
    pub fn checks(&self) -> Vec<Check> {
        if !self.outcome.is_complete() {
            return Vec::new();
        }
        let changed = self.added.unwrap_or(0).saturating_add(self.modified.unwrap_or(0));
        let found = [
            self.files_before
                .filter(|before| *before > 0 && self.files == Some(0))
                .map(|before| Check::NothingExamined { before }),
            (changed > 0 && self.uploaded == Some(0) && self.files_uploaded.unwrap_or(0) == 0)
                .then_some(Check::NothingUploaded { files: changed }),
            self.at_the_destination(),
            self.with_error
                .filter(|files| *files > 0 && self.status == Status::Success)
                .map(|files| Check::FilesWithErrors { files }),
        ];
        found.into_iter().flatten().collect()
    }

    fn at_the_destination(&self) -> Option<Check> {
        match (self.stored, self.versions) {
            (Some(0), _) | (None, Some(0)) => Some(Check::NothingStored),
            (Some(_), Some(0)) => Some(Check::NoVersions),
            _ => None,
        }
    }
}

/// Returns checks in their stored form (JSON); `None` if there are none.
#[must_use]
pub fn to_stored(checks: &[Check]) -> Option<String> {
    if checks.is_empty() { None } else { serde_json::to_string(checks).ok() }
}

/// Reads checks from their stored form. Text that cannot be parsed gives none.
#[must_use]
pub fn from_stored(text: Option<&str>) -> Vec<Check> {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run without changes.
    fn quiet() -> Figures {
        Figures {
            status: Status::Success,
            outcome: RunOutcome::Good,
            files: Some(100),
            added: Some(0),
            modified: Some(0),
            with_error: Some(0),
            uploaded: Some(0),
            files_uploaded: Some(0),
            stored: Some(5000),
            versions: Some(3),
            files_before: Some(100),
        }
    }

    #[test]
    fn a_night_without_changes_is_fine() {
        assert_eq!(quiet().checks(), []);
        // The text format has no statistics.
        let text = Figures {
            uploaded: None,
            files_uploaded: None,
            stored: None,
            versions: None,
            added: Some(7),
            ..quiet()
        };
        assert_eq!(text.checks(), []);
        assert_eq!(
            Figures { outcome: RunOutcome::Good, ..Figures::default() }.checks(),
            [],
            "nothing is known"
        );
        // A first run that examines nothing is not a contradiction.
        assert_eq!(Figures { files: Some(0), files_before: None, ..quiet() }.checks(), []);
        assert_eq!(Figures { files: Some(0), files_before: Some(0), ..quiet() }.checks(), []);
    }

    #[test]
    fn a_report_that_contradicts_itself_is_told_with_its_figures() {
        let cases = [
            (Figures { files: Some(0), ..quiet() }, Check::NothingExamined { before: 100 }),
            (Figures { added: Some(30), modified: Some(4), ..quiet() }, Check::NothingUploaded { files: 34 }),
            (Figures { modified: Some(4), added: None, ..quiet() }, Check::NothingUploaded { files: 4 }),
            (Figures { stored: Some(0), versions: Some(0), ..quiet() }, Check::NothingStored),
            (Figures { stored: None, versions: Some(0), ..quiet() }, Check::NothingStored),
            (Figures { versions: Some(0), ..quiet() }, Check::NoVersions),
            (Figures { with_error: Some(2), ..quiet() }, Check::FilesWithErrors { files: 2 }),
        ];
        for (figures, check) in cases {
            assert_eq!(figures.checks(), [check]);
        }
        let warned = Figures { with_error: Some(2), status: Status::Warning, ..quiet() };
        assert_eq!(warned.checks(), [], "it says so itself");
    }

    #[test]
    fn who_promises_nothing_contradicts_nothing() {
        let bad = Figures { files: Some(0), added: Some(3), stored: Some(0), with_error: Some(1), ..quiet() };
        for outcome in RunOutcome::ALL {
            assert_eq!(Figures { outcome, ..bad }.checks().is_empty(), !outcome.is_complete(), "{outcome}");
        }
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let all =
            [Check::NothingExamined { before: 9 }, Check::NothingStored, Check::FilesWithErrors { files: 1 }];
        assert_eq!(from_stored(to_stored(&all).as_deref()), all);
        assert_eq!((to_stored(&[]), from_stored(None), from_stored(Some("{"))), (None, vec![], vec![]));
    }
}
