//! What contradicts a run that says it went well. Only what its own figures and those of the run before tell; a figure that is
//! not known contradicts nothing.

use serde::{Deserialize, Serialize};

use crate::{outcome::RunOutcome, status::Status};

/// Something that a good run says against itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Check {
    /// Nothing was examined though something was before.
    NothingExamined {
        /// Files that were examined before.
        before: i64,
    },
    /// Files were added or changed, and nothing was uploaded.
    NothingUploaded {
        /// Files that were added or changed.
        files: i64,
    },
    /// Nothing is stored at the destination.
    NothingStored,
    /// No version is kept at the destination, though something is stored there.
    NoVersions,
    /// Files could not be read, and the run calls itself a success.
    FilesWithErrors {
        /// How many.
        files: i64,
    },
    /// The last verification of the destination failed, and none has succeeded since. Of the job, not of a run.
    VerificationFailed {
        /// Damaged files, where that is known.
        files: Option<i64>,
    },
    /// A run was told to have ended, and its report has not come. Of the job.
    NoReport,
    /// Two sets of figures alternate. Of the job.
    TwoJobs,
    /// The source shrank by more than half; files, or bytes where files did not.
    Shrank {
        /// What there was before.
        before: i64,
        /// What there is.
        now: i64,
        /// Whether these are bytes.
        is_size: bool,
    },
    /// More versions are gone than retention explains.
    VersionsFell {
        /// How many there were.
        before: i64,
        /// How many there are.
        now: i64,
    },
    /// More files were deleted or modified than is usual.
    MassChange {
        /// Files deleted or modified.
        files: i64,
        /// Files that were known before.
        known: i64,
    },
    /// Many calls to the destination were repeated.
    Retries {
        /// How many.
        retries: i64,
    },
    /// It took much longer than usual.
    Slow {
        /// Seconds.
        seconds: i64,
        /// What is usual.
        usual: i64,
    },
    /// Little is free at the destination: bytes.
    QuotaLow {
        /// What is free.
        free: i64,
    },
    /// The destination will be full soon.
    QuotaSoon {
        /// In so many days.
        days: i64,
    },
    /// There are warnings of kinds that were not seen before.
    NewWarnings {
        /// How many kinds.
        kinds: i64,
    },
}

/// The figures of a run that are looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// What Duplicati said.
    pub status: Status,
    /// What became of it.
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
    /// Files that the last complete run before it examined.
    pub files_before: Option<i64>,
}

impl Figures {
    /// What they say against the run. Only runs that left a complete version promise anything.
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

/// Checks as they are stored; nothing at all when there are none.
#[must_use]
pub fn to_stored(checks: &[Check]) -> Option<String> {
    if checks.is_empty() { None } else { serde_json::to_string(checks).ok() }
}

/// The inverse of [`to_stored`]; what cannot be read is none.
#[must_use]
pub fn from_stored(text: Option<&str>) -> Vec<Check> {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A night without changes.
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
        // A text copy has no statistics.
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
        // A first run that examines nothing.
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
