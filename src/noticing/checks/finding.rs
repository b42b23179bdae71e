//! What was found against a run, with its figures. The words are made elsewhere.

use serde::{Deserialize, Serialize};

use crate::{checks::Check, outcome::RunOutcome, time::Timestamp};

/// A figure, and what it was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What it was.
    pub before: i64,
    /// What it is.
    pub now: i64,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "finding")]
pub enum Finding {
    /// The run contradicts itself.
    Contradiction {
        /// How.
        check: Check,
    },
    /// The source shrank by more than half.
    Shrank {
        /// Files.
        files: Option<Change>,
        /// Bytes.
        size: Option<Change>,
    },
    /// More versions are gone than retention explains.
    VersionsFell {
        /// Versions.
        versions: Change,
    },
    /// More files were deleted or modified than is usual.
    MassChange {
        /// Files deleted, without those that were moved.
        deleted: i64,
        /// Files modified.
        modified: i64,
        /// Files that were known before.
        known: i64,
    },
    /// It left no version, or one of a part of the source: stopped, partial, skipped, or nothing tells.
    Incomplete {
        /// What became of it.
        outcome: RunOutcome,
    },
    /// The last verification failed.
    Damaged,
    /// Many calls to the destination were repeated.
    Retries {
        /// Retries, and what is usual.
        retries: Change,
    },
    /// It took much longer than usual.
    Slow {
        /// Seconds, and what is usual.
        seconds: Change,
    },
    /// Little is free at the destination.
    QuotaLow {
        /// Bytes free.
        free: i64,
        /// Bytes in all.
        total: i64,
    },
    /// The destination will be full soon.
    QuotaSoon {
        /// Bytes free.
        free: i64,
        /// Days until nothing is free, at the present rate.
        days: i64,
    },
    /// There are warnings of kinds that were not seen before.
    NewWarnings {
        /// The kinds.
        kinds: Vec<String>,
    },
    /// The sender reports two jobs under this name, as 2.1.0.x does when one of them has no report options of its own.
    TwoJobs {
        /// Files of the one.
        one: i64,
        /// Files of the other.
        other: i64,
    },
    /// A run said that it ended, and its report never came.
    NoReport {
        /// When it ended.
        ended: Timestamp,
    },
}

/// Which check found it: what can be switched off, and marked as expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the findings say what they are")]
pub enum CheckKind {
    NothingExamined,
    Shrank,
    NothingUploaded,
    NothingStored,
    VersionsFell,
    MassChange,
    Incomplete,
    FilesWithErrors,
    Damaged,
    Retries,
    Slow,
    Quota,
    NewWarnings,
    TwoJobs,
    NoReport,
}

impl Finding {
    /// The check that found it.
    #[must_use]
    pub const fn kind(&self) -> CheckKind {
        match self {
            Self::Contradiction { check } => match check {
                Check::NothingExamined { .. } => CheckKind::NothingExamined,
                Check::NothingUploaded { .. } => CheckKind::NothingUploaded,
                Check::NothingStored => CheckKind::NothingStored,
                Check::NoVersions => CheckKind::VersionsFell,
                Check::FilesWithErrors { .. } => CheckKind::FilesWithErrors,
                Check::VerificationFailed { .. } => CheckKind::Damaged,
                Check::NoReport => CheckKind::NoReport,
                Check::TwoJobs => CheckKind::TwoJobs,
                Check::Shrank { .. } => CheckKind::Shrank,
                Check::VersionsFell { .. } => CheckKind::VersionsFell,
                Check::MassChange { .. } => CheckKind::MassChange,
                Check::Retries { .. } => CheckKind::Retries,
                Check::Slow { .. } => CheckKind::Slow,
                Check::QuotaLow { .. } | Check::QuotaSoon { .. } => CheckKind::Quota,
                Check::NewWarnings { .. } => CheckKind::NewWarnings,
            },
            Self::Shrank { .. } => CheckKind::Shrank,
            Self::VersionsFell { .. } => CheckKind::VersionsFell,
            Self::MassChange { .. } => CheckKind::MassChange,
            Self::Incomplete { .. } => CheckKind::Incomplete,
            Self::Damaged => CheckKind::Damaged,
            Self::Retries { .. } => CheckKind::Retries,
            Self::Slow { .. } => CheckKind::Slow,
            Self::QuotaLow { .. } | Self::QuotaSoon { .. } => CheckKind::Quota,
            Self::NewWarnings { .. } => CheckKind::NewWarnings,
            Self::TwoJobs { .. } => CheckKind::TwoJobs,
            Self::NoReport { .. } => CheckKind::NoReport,
        }
    }

    /// What lists say of it. What became of an incomplete run is said beside it.
    #[must_use]
    pub fn shown(&self) -> Option<Check> {
        Some(match self {
            Self::Contradiction { check } => *check,
            Self::Shrank { files: Some(Change { before, now }), .. } => {
                Check::Shrank { before: *before, now: *now, is_size: false }
            }
            Self::Shrank { size, .. } => {
                let Change { before, now } = (*size)?;
                Check::Shrank { before, now, is_size: true }
            }
            Self::VersionsFell { versions: Change { before, now } } => {
                Check::VersionsFell { before: *before, now: *now }
            }
            Self::MassChange { deleted, modified, known } => {
                Check::MassChange { files: deleted.saturating_add(*modified), known: *known }
            }
            Self::Incomplete { .. } => return None,
            Self::Damaged => Check::VerificationFailed { files: None },
            Self::Retries { retries } => Check::Retries { retries: retries.now },
            Self::Slow { seconds: Change { before, now } } => Check::Slow { seconds: *now, usual: *before },
            Self::QuotaLow { free, .. } => Check::QuotaLow { free: *free },
            Self::QuotaSoon { days, .. } => Check::QuotaSoon { days: *days },
            Self::NewWarnings { kinds } => {
                Check::NewWarnings { kinds: i64::try_from(kinds.len()).unwrap_or(i64::MAX) }
            }
            Self::TwoJobs { .. } => Check::TwoJobs,
            Self::NoReport { .. } => Check::NoReport,
        })
    }

    /// Whether it stays open until a person accepts it, or the figures are again what they were.
    #[must_use]
    pub const fn is_collapse(&self) -> bool {
        matches!(self, Self::Shrank { .. } | Self::VersionsFell { .. } | Self::MassChange { .. })
            || matches!(
                self,
                Self::Contradiction { check: Check::NoVersions | Check::NothingExamined { .. } }
            )
    }
}

impl CheckKind {
    /// Every check, in the order in which they are listed.
    pub const ALL: [Self; 15] = [
        Self::NothingExamined,
        Self::Shrank,
        Self::MassChange,
        Self::VersionsFell,
        Self::NothingUploaded,
        Self::NothingStored,
        Self::FilesWithErrors,
        Self::Incomplete,
        Self::Damaged,
        Self::Quota,
        Self::Slow,
        Self::Retries,
        Self::NewWarnings,
        Self::TwoJobs,
        Self::NoReport,
    ];

    /// The lower-case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NothingExamined => "nothing_examined",
            Self::Shrank => "shrank",
            Self::NothingUploaded => "nothing_uploaded",
            Self::NothingStored => "nothing_stored",
            Self::VersionsFell => "versions_fell",
            Self::MassChange => "mass_change",
            Self::Incomplete => "incomplete",
            Self::FilesWithErrors => "files_with_errors",
            Self::Damaged => "damaged",
            Self::Retries => "retries",
            Self::Slow => "slow",
            Self::Quota => "quota",
            Self::NewWarnings => "new_warnings",
            Self::TwoJobs => "two_jobs",
            Self::NoReport => "no_report",
        }
    }

    /// The check of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Whether it is raised before ten good runs have shown what is usual.
    #[must_use]
    pub const fn is_for_learners(self) -> bool {
        matches!(
            self,
            Self::NothingExamined
                | Self::Shrank
                | Self::NothingUploaded
                | Self::NothingStored
                | Self::Incomplete
                | Self::NoReport
                // It stands for a source that shrank.
                | Self::TwoJobs
        )
    }
}
