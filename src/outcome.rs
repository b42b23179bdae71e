//! The outcome of a run: the only place that defines a good run and a complete run. Lists, totals, charts, verdicts and exports
//! read the stored outcome (`backups.outcome`), never the status alone.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    report::{LogOf, LogSigns, is_cancelled},
    status::Status,
};

/// The outcome of a backup run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunOutcome {
    /// It finished with a complete version and without errors.
    Good,
    /// It finished and left a complete version, but something else failed, such as the copy to a second destination.
    Errors,
    /// It was stopped, and left a version of a part of the source.
    Partial,
    /// A user stopped it before it left a version.
    Stopped,
    /// A script prevented it from starting. It does not count as a backup.
    Skipped,
    /// A dry run.
    Rehearsal,
    /// It left no version.
    Failed,
    /// The report does not say.
    #[default]
    Unknown,
}

/// A word that is not an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an outcome of a run")]
pub struct UnknownOutcome;

impl RunOutcome {
    /// Every outcome.
    pub const ALL: [Self; 8] = [
        Self::Good,
        Self::Errors,
        Self::Partial,
        Self::Stopped,
        Self::Skipped,
        Self::Rehearsal,
        Self::Failed,
        Self::Unknown,
    ];
    /// The outcomes that leave a complete version.
    pub const COMPLETE: [Self; 2] = [Self::Good, Self::Errors];
    /// The outcomes that count as failures.
    pub const FAILURES: [Self; 2] = [Self::Errors, Self::Failed];

    /// Returns the lower-case word used in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Errors => "errors",
            Self::Partial => "partial",
            Self::Stopped => "stopped",
            Self::Skipped => "skipped",
            Self::Rehearsal => "rehearsal",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// Returns whether the run counts as the job's last success: it left a complete version, without errors.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Good)
    }

    /// Returns whether it left a complete version, so that its sizes, counts, duration and quota are valid for the job.
    #[must_use]
    pub const fn is_complete(self) -> bool {
        matches!(self, Self::Good | Self::Errors)
    }

    /// Returns whether it is a failure.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Errors | Self::Failed)
    }

    /// Returns whether it ended early although nothing failed. It needs a check, and does not resolve an earlier failure.
    #[must_use]
    pub const fn is_incomplete(self) -> bool {
        matches!(self, Self::Partial | Self::Stopped | Self::Skipped)
    }

    /// Returns whether the run counts for the schedule. Stopped and skipped runs do not: ten skips in ten days leave a job
    /// overdue.
    #[must_use]
    pub const fn came(self) -> bool {
        matches!(self, Self::Good | Self::Errors | Self::Failed | Self::Unknown)
    }

    /// Returns the headline that lists show, instead of a cause, for a run that was stopped or skipped.
    #[must_use]
    pub const fn cancelled_headline(self) -> Option<&'static str> {
        match self {
            Self::Stopped | Self::Partial => Some("Stopped manually"),
            Self::Skipped => Some("Skipped by a script"),
            _ => None,
        }
    }

    /// Returns whether a headline is one of those of [`Self::cancelled_headline`].
    #[must_use]
    pub fn is_called_off(headline: &str) -> bool {
        Self::ALL.iter().any(|outcome| outcome.cancelled_headline() == Some(headline))
    }

    /// Returns the number of versions to store for the job. A partial run leaves a version, but reports 0 if it ended before it
    /// had counted them; that 0 is dropped.
    #[must_use]
    pub const fn versions(self, told: Option<i64>) -> Option<i64> {
        match (self, told) {
            (Self::Good | Self::Errors, told) | (Self::Partial, told @ Some(1..)) => told,
            _ => None,
        }
    }

    /// Returns a figure other than the versions if it is valid for the job.
    #[must_use]
    pub const fn figure(self, told: Option<i64>) -> Option<i64> {
        if self.is_complete() { told } else { None }
    }

    /// Returns a figure of the run for lists and its page. An unknown outcome may or may not be complete; its figures are shown
    /// because there is nothing better.
    #[must_use]
    pub const fn own_figure(self, told: Option<i64>) -> Option<i64> {
        match self {
            Self::Good | Self::Errors | Self::Unknown => told,
            Self::Partial | Self::Stopped | Self::Skipped | Self::Rehearsal | Self::Failed => None,
        }
    }

    /// Returns the number of versions after the run, for lists and its page.
    #[must_use]
    pub const fn own_versions(self, told: Option<i64>) -> Option<i64> {
        match self {
            Self::Unknown => told,
            known => known.versions(told),
        }
    }

    /// Returns a figure as reported, except zeros of runs that were not completed: Duplicati sends 0 for what it had not counted
    /// yet. For the run page, and for uploaded bytes in lists.
    #[must_use]
    pub const fn sent_figure(self, told: Option<i64>) -> Option<i64> {
        match told {
            Some(0) => self.own_figure(told),
            told => told,
        }
    }

    /// Returns the status to show. Warnings that are only about sending reports are not about the backup and are ignored.
    /// `warnings` is the number of all warnings, `about_reporting` the number of those about reporting.
    #[must_use]
    pub fn status(self, said: Status, warnings: Option<i64>, about_reporting: i64) -> Status {
        let has_no_other = about_reporting > 0 && warnings.is_some_and(|count| count <= about_reporting);
        match said {
            Status::Warning if has_no_other && self.is_good() => Status::Success,
            said => said,
        }
    }

    /// Returns the uploaded bytes that count. A dry run uploads nothing, whatever it reports.
    #[must_use]
    pub fn uploaded(self, told: Option<i64>) -> i64 {
        if self == Self::Rehearsal { 0 } else { told.unwrap_or(0) }
    }
}

impl fmt::Display for RunOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RunOutcome {
    type Err = UnknownOutcome;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|outcome| word == outcome.as_str()).ok_or(UnknownOutcome)
    }
}

/// The parts of a report that determine the outcome. `None` is unknown, never 0.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportedEnd<'a> {
    /// The status Duplicati reported.
    pub status: Status,
    /// `Interrupted`.
    pub interrupted: bool,
    /// `PartialBackup`.
    pub partial: bool,
    /// `Dryrun`.
    pub dry_run: bool,
    /// Files examined.
    pub files: Option<i64>,
    /// Bytes uploaded.
    pub uploaded: Option<i64>,
    /// Versions at the destination.
    pub versions: Option<i64>,
    /// Bytes at the destination.
    pub stored: Option<i64>,
    /// The exception that ended the run.
    pub exception: Option<&'a str>,
    /// Its log.
    pub log: LogOf<'a>,
}

impl ReportedEnd<'_> {
    /// Determines the outcome. The headline of a run, its row and the database checks all use this rule.
    #[must_use]
    pub fn outcome(&self) -> RunOutcome {
        if self.dry_run {
            return RunOutcome::Rehearsal;
        }
        let says = self.says();
        match (self.status, self.exception) {
            // A run that ended with an exception left no version.
            (Status::Error | Status::Fatal, Some(text)) if self.is_stop(text, says) => RunOutcome::Stopped,
            (Status::Error | Status::Fatal, Some(_)) => RunOutcome::Failed,
            (Status::Fatal, None) if self.interrupted || says.stopped() => RunOutcome::Stopped,
            (Status::Fatal, None) => RunOutcome::Failed,
            _ if self.partial => RunOutcome::Partial,
            _ if self.interrupted && self.did_nothing() && !says.any() => RunOutcome::Skipped,
            _ if self.interrupted || says.stopped() => RunOutcome::Stopped,
            _ => self.ended(),
        }
    }

    /// Returns whether an exception means that a user stopped the run. A run that had failed before the user stopped waiting is a
    /// failure. From 2.3.0.109 on, `Interrupted` tells the two apart.
    fn is_stop(&self, exception: &str, says: LogSigns) -> bool {
        is_cancelled(exception) && (self.interrupted || !says.failed)
    }

    /// Returns whether no file was examined and nothing was uploaded.
    fn did_nothing(&self) -> bool {
        self.files == Some(0) && self.uploaded.unwrap_or(0) == 0
    }

    /// Reads the log, only where it can matter: it is long, and a plain success was not stopped.
    fn says(&self) -> LogSigns {
        let matters = match self.exception {
            Some(text) => self.status.is_failed() && is_cancelled(text),
            None => self.status != Status::Success && self.log.may_say_stopped(),
        };
        if matters || self.interrupted { self.log.signs() } else { LogSigns::default() }
    }

    /// Determines the outcome of a run that nothing stopped.
    fn ended(&self) -> RunOutcome {
        let is_there = |figure: Option<i64>| figure.is_none_or(|number| number > 0);
        match self.status {
            Status::Success | Status::Warning => RunOutcome::Good,
            Status::Error
                if self.files.is_some_and(|files| files > 0)
                    && is_there(self.versions)
                    && is_there(self.stored) =>
            {
                RunOutcome::Errors
            }
            Status::Error | Status::Fatal => RunOutcome::Failed,
            Status::Unknown => RunOutcome::Unknown,
        }
    }
}

/// A run in the compact list of recent runs, stored as one letter for status and outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentRun {
    /// The status Duplicati reported.
    pub status: Status,
    /// The outcome of the run.
    pub outcome: RunOutcome,
}

impl RecentRun {
    /// Returns the letter.
    #[must_use]
    pub const fn letter(self) -> char {
        match self.outcome {
            RunOutcome::Errors => 'c',
            RunOutcome::Partial => 'p',
            RunOutcome::Stopped => 'x',
            RunOutcome::Skipped => 'k',
            RunOutcome::Good | RunOutcome::Rehearsal | RunOutcome::Failed | RunOutcome::Unknown => {
                self.status.letter()
            }
        }
    }

    /// The inverse of [`Self::letter`]; any other letter is unknown. Stopped, partial and skipped runs become warnings, whatever
    /// their status was.
    #[must_use]
    pub fn from_letter(letter: char) -> Self {
        let (status, outcome) = match letter {
            'c' => (Status::Error, RunOutcome::Errors),
            'p' => (Status::Warning, RunOutcome::Partial),
            'x' => (Status::Warning, RunOutcome::Stopped),
            'k' => (Status::Warning, RunOutcome::Skipped),
            letter => {
                let status = Status::from_letter(letter);
                let outcome = match status {
                    Status::Success | Status::Warning => RunOutcome::Good,
                    Status::Error | Status::Fatal => RunOutcome::Failed,
                    Status::Unknown => RunOutcome::Unknown,
                };
                (status, outcome)
            }
        };
        Self { status, outcome }
    }
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
