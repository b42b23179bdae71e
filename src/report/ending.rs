//! Whether a run was called off: by a person, or by a script before it began. Duplicati says it in a different way in each line of
//! versions. Invariant: a failure of the work itself is neither.

use serde::{Deserialize, Serialize};

use super::line::{Level, LogLine};
use super::thrown;

/// Why a run did not go on to its end, although nothing failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    /// A person, or a shutdown, stopped it.
    Stopped,
    /// A script said that it should not run: nothing was looked at.
    Skipped,
}

impl Ending {
    /// The lower-case word that is stored and shown to machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Skipped => "skipped",
        }
    }

    /// The inverse of [`Self::as_str`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Stopped, Self::Skipped].into_iter().find(|ending| ending.as_str() == word)
    }

    /// What lists say of such a run.
    #[must_use]
    pub const fn headline(self) -> &'static str {
        match self {
            Self::Stopped => "Stopped by hand",
            Self::Skipped => "Skipped by a script",
        }
    }
}

/// What a report says about it.
pub(crate) struct Signs<'a> {
    /// `Interrupted`.
    pub(crate) interrupted: bool,
    /// Whether anything was examined or moved.
    pub(crate) did_something: bool,
    /// The exception, as text.
    pub(crate) exception: Option<&'a str>,
    /// The log.
    pub(crate) lines: &'a [LogLine],
}

impl Signs<'_> {
    /// From 2.3.0.109 on a stop is `Interrupted`; before, it was a warning and a partial run, or an exception that says that a task
    /// was cancelled.
    pub(crate) fn ending(&self) -> Option<Ending> {
        // Only an exception that says nothing else is a stop.
        if self.exception.is_some_and(|text| !is_cancelled(text)) {
            return None;
        }
        let errors = || self.lines.iter().filter(|line| line.level == Level::Error);
        let asked = self.lines.iter().any(|line| {
            let tag = line.tag.as_deref().unwrap_or_default();
            tag.ends_with("-CancellationRequested") || tag.ends_with("-TerminatedOperation")
        });
        let cancelled = self.exception.is_some() || errors().any(is_cancelled_line);
        // What failed before somebody gave up waiting is a failure; what a script says is not.
        let failed = errors().any(|line| !is_cancelled_line(line) && !is_of_script(line));
        match self.interrupted {
            true if asked || cancelled || failed || self.did_something => Some(Ending::Stopped),
            true => Some(Ending::Skipped),
            false if (asked || cancelled) && !failed => Some(Ending::Stopped),
            false => None,
        }
    }
}

/// Whether an exception says that work was called off and nothing else: a time-out and a lost connection look alike from outside.
fn is_cancelled(text: &str) -> bool {
    let chain = thrown::chain(text);
    let is_timeout = text.contains("TimeoutException") || text.to_ascii_lowercase().contains(".timeout of");
    !chain.is_empty() && !is_timeout && chain.iter().all(thrown::Thrown::is_cancelled)
}

/// `Fatal error` and the exception below it.
fn is_cancelled_line(line: &LogLine) -> bool {
    line.text.split_once('\n').is_some_and(|(_, rest)| is_cancelled(rest))
}

/// What a script wrote, or what is said of it.
fn is_of_script(line: &LogLine) -> bool {
    line.tag.as_deref().is_some_and(|tag| tag.contains(".RunScript"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const CANCELLED: &str =
        "System.Threading.Tasks.TaskCanceledException: A task was canceled.\n   at Duplicati.A.B()";
    const TIMEOUT: &str = "System.Threading.Tasks.TaskCanceledException: The request was canceled due to the configured \
        HttpClient.Timeout of 100 seconds elapsing.\n ---> System.TimeoutException: A task was canceled.";

    fn line(level: Level, tag: &str, text: &str) -> LogLine {
        LogLine { time: None, level, tag: Some(tag.into()), text: text.into() }
    }

    fn ending(
        interrupted: bool,
        did_something: bool,
        exception: Option<&str>,
        lines: &[LogLine],
    ) -> Option<Ending> {
        Signs { interrupted, did_something, exception, lines }.ending()
    }

    #[rstest]
    #[case::stop_of_2_3(false, false, Some(CANCELLED), Some(Ending::Stopped))]
    #[case::time_out(false, true, Some(TIMEOUT), None)]
    #[case::failure(false, true, Some("System.IO.IOException: gone"), None)]
    #[case::lost(
        false,
        true,
        Some("A.OperationCanceledException: x ---> System.IO.IOException: reset"),
        None
    )]
    #[case::stop_of_2_4(true, true, None, Some(Ending::Stopped))]
    #[case::skip(true, false, None, Some(Ending::Skipped))]
    #[case::whole(false, true, None, None)]
    fn endings(
        #[case] interrupted: bool,
        #[case] did_something: bool,
        #[case] exception: Option<&str>,
        #[case] expected: Option<Ending>,
    ) {
        assert_eq!(ending(interrupted, did_something, exception, &[]), expected);
    }

    #[test]
    fn a_line_of_the_log_tells_a_stop_where_no_exception_does() {
        let stopped = [line(Level::Error, "A.B-FatalError", &format!("Fatal error\n{CANCELLED}"))];
        assert_eq!(ending(true, false, None, &stopped), Some(Ending::Stopped));
        let asked =
            [line(Level::Warning, "A.B-CancellationRequested", "Cancellation was requested by user.")];
        assert_eq!(ending(false, true, None, &asked), Some(Ending::Stopped));
    }

    #[test]
    fn what_failed_before_is_a_failure() {
        let lines = [
            line(Level::Error, "A.B-PutFailed", "No space left on device"),
            line(Level::Error, "A.B-FatalError", &format!("Fatal error\n{CANCELLED}")),
        ];
        assert_eq!(ending(false, true, Some(CANCELLED), &lines), None);
    }
}
