//! What became of a run: the one place that says what a good run and a complete run are. Lists, totals, charts, verdicts and
//! exports ask the stored answer (`backups.outcome`), and nobody judges by the status alone.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::status::Status;

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
    /// Outcomes of runs that came when they were expected, well or not: what a rhythm is learned from.
    pub const CAME: [Self; 4] = [Self::Good, Self::Errors, Self::Failed, Self::Unknown];

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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told<'a> {
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
}

impl Told<'_> {
    /// What became of the run.
    #[must_use]
    pub fn outcome(&self) -> RunOutcome {
        let failed = self.status.is_failed();
        // Up to 2.3 a stop is an exception; later it is `Interrupted` with an error and without an exception.
        if self.dry_run {
            RunOutcome::Rehearsal
        } else if failed && self.exception.is_some_and(is_stop) {
            RunOutcome::Stopped
        } else if self.status == Status::Fatal {
            match self.interrupted && self.exception.is_none() {
                true => RunOutcome::Stopped,
                false => RunOutcome::Failed,
            }
        } else if self.status == Status::Error && self.exception.is_some() {
            RunOutcome::Failed
        } else if self.partial {
            RunOutcome::Partial
        } else if self.interrupted {
            match self.files == Some(0) && self.uploaded.unwrap_or(0) == 0 {
                true => RunOutcome::Skipped,
                false => RunOutcome::Stopped,
            }
        } else {
            self.ended()
        }
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

/// Whether an exception is a person's "stop": cancelled, and not because something took too long.
fn is_stop(exception: &str) -> bool {
    let Some(at) = exception.find("CanceledException") else { return false };
    // What stands behind a frame of the stack or an inner exception is not what ended the run.
    let is_first = |mark: &str| exception.find(mark).is_none_or(|mark| at < mark);
    is_first("   at ")
        && is_first(" ---> ")
        && !exception.to_ascii_lowercase().contains("timeout")
        && !exception.contains("HttpClient")
}

/// A run as the compact list of recent runs has it: one letter for its status and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// What Duplicati said.
    pub status: Status,
    /// What became of it.
    pub outcome: RunOutcome,
}

impl Mark {
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
mod tests {
    use super::*;

    fn told(status: Status) -> Told<'static> {
        Told {
            status,
            files: Some(5100),
            uploaded: Some(62_914_560),
            versions: Some(20),
            stored: Some(9_663_676_416),
            ..Told::default()
        }
    }

    #[test]
    fn a_good_run_left_a_complete_version_without_errors() {
        assert_eq!(told(Status::Success).outcome(), RunOutcome::Good);
        assert_eq!(told(Status::Warning).outcome(), RunOutcome::Good);
        assert_eq!(told(Status::Unknown).outcome(), RunOutcome::Unknown);
        // A source without files is another matter.
        assert_eq!(Told { files: Some(0), ..told(Status::Success) }.outcome(), RunOutcome::Good);
    }

    #[test]
    fn an_error_that_left_a_version_is_complete_and_a_failure() {
        let outcome = told(Status::Error).outcome();
        assert_eq!(outcome, RunOutcome::Errors);
        assert!(outcome.is_complete() && outcome.is_failure() && !outcome.is_good());
        // The text of the same report has no statistics.
        let text = Told { versions: None, stored: None, ..told(Status::Error) };
        assert_eq!(text.outcome(), RunOutcome::Errors);
        for nothing in [
            Told { files: Some(0), ..told(Status::Error) },
            Told { files: None, ..told(Status::Error) },
            Told { versions: Some(0), ..told(Status::Error) },
            Told { stored: Some(0), ..told(Status::Error) },
            Told { exception: Some("System.IO.IOException: gone"), ..told(Status::Error) },
            told(Status::Fatal),
        ] {
            assert_eq!(nothing.outcome(), RunOutcome::Failed, "{nothing:?}");
        }
    }

    #[test]
    fn a_stop_is_no_failure_in_any_version() {
        let stopped =
            "System.Threading.Tasks.TaskCanceledException: A task was canceled.\n   at Duplicati.Library.X()";
        for told in [
            Told { exception: Some(stopped), ..told(Status::Fatal) },
            Told { exception: Some("System.OperationCanceledException: x"), ..told(Status::Fatal) },
            // The text report puts the message first.
            Told {
                exception: Some("A task was canceled.System.Threading.Tasks.TaskCanceledException: A"),
                ..told(Status::Fatal)
            },
            Told { interrupted: true, ..told(Status::Error) },
            Told { interrupted: true, ..told(Status::Success) },
            Told { interrupted: true, ..told(Status::Fatal) },
            Told { interrupted: true, files: None, uploaded: None, ..told(Status::Success) },
        ] {
            assert_eq!(told.outcome(), RunOutcome::Stopped, "{told:?}");
        }
        assert_eq!(
            Told { partial: true, interrupted: true, ..told(Status::Warning) }.outcome(),
            RunOutcome::Partial
        );
        assert_eq!(Told { partial: true, ..told(Status::Error) }.outcome(), RunOutcome::Partial);
    }

    #[test]
    fn what_took_too_long_was_not_stopped_by_a_person() {
        for exception in [
            "System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.",
            "System.Threading.Tasks.TaskCanceledException: A task was canceled.\n ---> System.TimeoutException: The operation has timed out.",
            "System.Threading.Tasks.TaskCanceledException: A task was canceled.\n   at System.Net.Http.HttpClient.SendAsync()",
            "System.IO.IOException: No space left\n ---> System.Threading.Tasks.TaskCanceledException: A task was canceled.",
            "System.IO.IOException: No space left\n   at X.ThrowOperationCanceledException()",
        ] {
            let told = Told { exception: Some(exception), interrupted: true, ..told(Status::Fatal) };
            assert_eq!(told.outcome(), RunOutcome::Failed, "{exception}");
        }
    }

    #[test]
    fn a_skip_examined_nothing() {
        for status in [Status::Success, Status::Warning, Status::Error] {
            let skip =
                Told { status, interrupted: true, files: Some(0), uploaded: Some(0), ..Told::default() };
            assert_eq!(skip.outcome(), RunOutcome::Skipped);
            assert_eq!(Told { uploaded: None, ..skip }.outcome(), RunOutcome::Skipped, "a text copy");
        }
        // The script that is required failed.
        let required = Told {
            files: Some(0),
            exception: Some("UserInformationException: The script …"),
            ..told(Status::Fatal)
        };
        assert_eq!(required.outcome(), RunOutcome::Failed);
    }

    #[test]
    fn a_rehearsal_is_nothing_else() {
        for status in Status::ALL {
            let told = Told { dry_run: true, interrupted: true, partial: true, ..told(status) };
            assert_eq!(told.outcome(), RunOutcome::Rehearsal);
        }
        assert_eq!(
            (RunOutcome::Rehearsal.uploaded(Some(8567)), RunOutcome::Failed.uploaded(Some(5))),
            (0, 5)
        );
    }

    #[test]
    fn a_partial_run_has_versions_and_no_sizes() {
        assert_eq!(RunOutcome::Partial.versions(Some(14)), Some(14));
        assert_eq!(RunOutcome::Partial.versions(Some(0)), None, "it ended before it had looked");
        assert_eq!(RunOutcome::Partial.figure(Some(14)), None);
        assert_eq!(RunOutcome::Stopped.versions(Some(14)), None);
        assert_eq!(RunOutcome::Good.versions(Some(0)), Some(0));
    }

    #[test]
    fn words_letters_and_lists_agree() {
        for outcome in RunOutcome::ALL {
            assert_eq!(outcome.as_str().parse(), Ok(outcome));
            assert_eq!(RunOutcome::COMPLETE.contains(&outcome), outcome.is_complete());
            assert_eq!(RunOutcome::FAILURES.contains(&outcome), outcome.is_failure());
            assert_eq!(RunOutcome::CAME.contains(&outcome), outcome.came());
        }
        for (status, outcome) in [
            (Status::Success, RunOutcome::Good),
            (Status::Warning, RunOutcome::Good),
            (Status::Error, RunOutcome::Errors),
            (Status::Error, RunOutcome::Failed),
            (Status::Fatal, RunOutcome::Failed),
            (Status::Unknown, RunOutcome::Unknown),
            (Status::Warning, RunOutcome::Partial),
            (Status::Warning, RunOutcome::Stopped),
            (Status::Warning, RunOutcome::Skipped),
        ] {
            let mark = Mark { status, outcome };
            assert_eq!(Mark::from_letter(mark.letter()), mark);
        }
        assert_eq!(Mark::from_letter('?').outcome, RunOutcome::Unknown);
        assert!("Good".parse::<RunOutcome>().is_err());
    }
}
