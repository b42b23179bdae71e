//! What became of a run: the one place that says what a good run and a complete run are. Lists, totals, charts, verdicts and
//! exports ask the stored answer (`backups.outcome`), and nobody judges by the status alone.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    report::{LogOf, LogSigns, is_cancelled},
    status::Status,
};

/// What became of a run of a backup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunOutcome {
    /// It ended by itself, with a complete version, and without errors.
    Good,
    /// It ended by itself and left a complete version; something else went wrong, such as the copy to a second destination.
    Errors,
    /// It was stopped, and left a version of a part of the source.
    Partial,
    /// Somebody stopped it before it left a version.
    Stopped,
    /// A script said "not now" before it began: it is no backup.
    Skipped,
    /// A dry run.
    Rehearsal,
    /// It left nothing.
    Failed,
    /// Nothing tells.
    #[default]
    Unknown,
}

/// A word that is no outcome.
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
    /// Outcomes of runs that left a complete version.
    pub const COMPLETE: [Self; 2] = [Self::Good, Self::Errors];
    /// Outcomes of failures.
    pub const FAILURES: [Self; 2] = [Self::Errors, Self::Failed];

    /// The lower-case word that is stored and shown to machines.
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

    /// Whether the last success moves on: it left a complete version, without errors.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Good)
    }

    /// Whether it left a complete version: its sizes, counts, duration and quota stand for the job.
    #[must_use]
    pub const fn is_complete(self) -> bool {
        matches!(self, Self::Good | Self::Errors)
    }

    /// Whether it is a failure.
    #[must_use]
    pub const fn is_failure(self) -> bool {
        matches!(self, Self::Errors | Self::Failed)
    }

    /// Whether it ended before it was done, though nothing failed: a person should know, and nothing is cured by it.
    #[must_use]
    pub const fn is_incomplete(self) -> bool {
        matches!(self, Self::Partial | Self::Stopped | Self::Skipped)
    }

    /// Whether it is a run of the job's rhythm. What was stopped or skipped is none: ten skips in ten days leave a job late.
    #[must_use]
    pub const fn came(self) -> bool {
        matches!(self, Self::Good | Self::Errors | Self::Failed | Self::Unknown)
    }

    /// What lists say of a run that was called off, in place of a cause.
    #[must_use]
    pub const fn called_off(self) -> Option<&'static str> {
        match self {
            Self::Stopped | Self::Partial => Some("Stopped manually"),
            Self::Skipped => Some("Skipped by a script"),
            _ => None,
        }
    }

    /// Whether a headline is one of those.
    #[must_use]
    pub fn is_called_off(headline: &str) -> bool {
        Self::ALL.iter().any(|outcome| outcome.called_off() == Some(headline))
    }

    /// The versions that count after it. A partial run leaves one, but counts none when it ended before it had looked.
    #[must_use]
    pub const fn versions(self, told: Option<i64>) -> Option<i64> {
        match (self, told) {
            (Self::Good | Self::Errors, told) | (Self::Partial, told @ Some(1..)) => told,
            _ => None,
        }
    }

    /// A figure other than the versions, where it counts.
    #[must_use]
    pub const fn figure(self, told: Option<i64>) -> Option<i64> {
        if self.is_complete() { told } else { None }
    }

    /// A figure of a run of its own, as lists and strips show it. Nobody knows whether an unknown result is a complete
    /// one: its own figures are all there is.
    #[must_use]
    pub const fn own_figure(self, told: Option<i64>) -> Option<i64> {
        match self {
            Self::Good | Self::Errors | Self::Unknown => told,
            Self::Partial | Self::Stopped | Self::Skipped | Self::Rehearsal | Self::Failed => None,
        }
    }

    /// The versions after a run of its own.
    #[must_use]
    pub const fn own_versions(self, told: Option<i64>) -> Option<i64> {
        match self {
            Self::Unknown => told,
            known => known.versions(told),
        }
    }

    /// A figure as it was sent, where it says something: where a run was not completed, Duplicati sends zeros for what it had not
    /// counted yet. For the page of the run, which says what became of it; lists show so what it uploaded.
    #[must_use]
    pub const fn sent_figure(self, told: Option<i64>) -> Option<i64> {
        match told {
            Some(0) => self.own_figure(told),
            told => told,
        }
    }

    /// What is shown of what Duplicati said: warnings that are only about sending reports are not about the backup.
    /// `warnings` is how many there were in all, `about_reporting` how many of them were about that.
    #[must_use]
    pub fn status(self, said: Status, warnings: Option<i64>, about_reporting: i64) -> Status {
        let has_no_other = about_reporting > 0 && warnings.is_some_and(|count| count <= about_reporting);
        match said {
            Status::Warning if has_no_other && self.is_good() => Status::Success,
            said => said,
        }
    }

    /// The bytes uploaded that count: a rehearsal sends nothing, whatever it says.
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

/// What a report says, as far as it tells what became of the run. `None` is unknown, and never 0.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReportedEnd<'a> {
    /// What Duplicati said.
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
    /// What ended it.
    pub exception: Option<&'a str>,
    /// Its log.
    pub log: LogOf<'a>,
}

impl ReportedEnd<'_> {
    /// What became of the run: the one rule. The headline of a run, its row and the checks of a database ask it.
    #[must_use]
    pub fn outcome(&self) -> RunOutcome {
        if self.dry_run {
            return RunOutcome::Rehearsal;
        }
        let says = self.says();
        match (self.status, self.exception) {
            // What an exception ended left no version.
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

    /// Whether an exception is a person's "stop". What failed before somebody gave up waiting is a failure; from 2.3.0.109 on
    /// `Interrupted` says who ended it.
    fn is_stop(&self, exception: &str, says: LogSigns) -> bool {
        is_cancelled(exception) && (self.interrupted || !says.failed)
    }

    /// Whether nothing was looked at or moved.
    fn did_nothing(&self) -> bool {
        self.files == Some(0) && self.uploaded.unwrap_or(0) == 0
    }

    /// What its log says, where that can matter: it is long, and nobody stops a plain success.
    fn says(&self) -> LogSigns {
        let matters = match self.exception {
            Some(text) => self.status.is_failed() && is_cancelled(text),
            None => self.status != Status::Success && self.log.may_say_stopped(),
        };
        if matters || self.interrupted { self.log.signs() } else { LogSigns::default() }
    }

    /// What became of a run that nothing stopped.
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

/// A run as the compact list of recent runs has it: one letter for its status and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentRun {
    /// What Duplicati said.
    pub status: Status,
    /// What became of it.
    pub outcome: RunOutcome,
}

impl RecentRun {
    /// One letter.
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

    /// The inverse of [`Self::letter`]; anything else is unknown. What was stopped or skipped needs a look, whatever its status.
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
