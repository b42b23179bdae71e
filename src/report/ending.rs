//! Detects from log and exception whether a run was cancelled: by a user, or by a script before it started. The outcome itself is
//! decided by [`crate::outcome::ReportedEnd::outcome`], which uses this module. Invariant: a time-out or a lost connection is not a
//! cancellation.

use super::{
    dotnet_exception,
    line::{Level, LogLine},
    log::Log,
};

/// What the lines of a log say about a cancellation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogSigns {
    /// A line says that a user requested the stop.
    pub asked: bool,
    /// An error line says that the work was cancelled.
    pub cancelled: bool,
    /// An error line, not from a script, has another cause: the work itself failed.
    pub failed: bool,
}

/// A stored log without any of these words contains no cancellation.
const WORDS: [&str; 3] = ["Cancel", "TerminatedOperation", "ThreadAbort"];

impl LogSigns {
    /// Reads the signs from the lines.
    #[must_use]
    pub fn of(lines: &[LogLine]) -> Self {
        let errors = || lines.iter().filter(|line| line.level == Level::Error);
        Self {
            asked: lines.iter().any(is_asked),
            cancelled: errors().any(is_cancelled_line),
            failed: errors().any(|line| !is_cancelled_line(line) && !is_of_script(line)),
        }
    }

    /// Returns whether the log alone shows a stop, which is needed for versions up to 2.3: a request or cancellation, and no
    /// failure.
    pub(crate) const fn stopped(self) -> bool {
        (self.asked || self.cancelled) && !self.failed
    }

    /// Returns whether the log says anything about how the run ended.
    pub(crate) const fn any(self) -> bool {
        self.asked || self.cancelled || self.failed
    }
}

/// A log, either parsed or in its stored form.
#[derive(Debug, Clone, Copy)]
pub enum LogOf<'a> {
    /// Parsed lines.
    Lines(&'a [LogLine]),
    /// The JSON text of the database column.
    Stored(Option<&'a str>),
}

impl Default for LogOf<'_> {
    fn default() -> Self {
        Self::Stored(None)
    }
}

impl LogOf<'_> {
    /// Reads the signs. A stored log that cannot be parsed has none.
    pub(crate) fn signs(self) -> LogSigns {
        match self {
            Self::Lines(lines) => LogSigns::of(lines),
            Self::Stored(text) => text
                .and_then(|text| Log::from_json(text).ok())
                .map_or_else(LogSigns::default, |log| LogSigns::of(&log.lines)),
        }
    }

    /// Returns whether the log may mention a cancellation. This is a quick test that avoids parsing most stored logs.
    pub(crate) fn may_say_stopped(self) -> bool {
        match self {
            Self::Lines(_) => true,
            Self::Stored(text) => text.is_some_and(|text| WORDS.iter().any(|word| text.contains(word))),
        }
    }
}

fn is_asked(line: &LogLine) -> bool {
    let tag = line.tag.as_deref().unwrap_or_default();
    tag.ends_with("-CancellationRequested") || tag.ends_with("-TerminatedOperation")
}

/// Returns whether an exception is purely a cancellation. Time-outs look similar and are excluded.
pub(crate) fn is_cancelled(text: &str) -> bool {
    let chain = dotnet_exception::chain(text);
    let is_timeout = text.contains("TimeoutException")
        || chain.iter().any(|thrown| thrown.message.to_ascii_lowercase().contains("timeout"))
        // Before .NET 5, the time-out of `HttpClient` had the message of a cancellation.
        || text.contains("HttpClient");
    !chain.is_empty() && !is_timeout && chain.iter().all(dotnet_exception::DotNetException::is_cancelled)
}

/// Returns whether a line is `Fatal error` with a cancellation on the following lines.
fn is_cancelled_line(line: &LogLine) -> bool {
    line.text.split_once('\n').is_some_and(|(_, rest)| is_cancelled(rest))
}

/// Returns whether a line was written by a script or is about one.
fn is_of_script(line: &LogLine) -> bool {
    line.tag.as_deref().is_some_and(|tag| tag.contains(".RunScript"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const CANCELLED: &str =
        "System.Threading.Tasks.TaskCanceledException: A task was canceled.\n   at Duplicati.A.B()";

    fn line(level: Level, tag: &str, text: &str) -> LogLine {
        LogLine { time: None, level, tag: Some(tag.into()), text: text.into() }
    }

    #[rstest]
    #[case::task(CANCELLED, true)]
    #[case::operation("System.OperationCanceledException: x", true)]
    #[case::duplicati("Duplicati.Library.Main.CancelException", true)]
    #[case::abort("System.Threading.ThreadAbortException: Thread was being aborted.", true)]
    #[case::both("A.OperationCanceledException: x\n ---> A.TaskCanceledException: y\n   at A.B()", true)]
    #[case::text("A task was canceled.System.Threading.Tasks.TaskCanceledException: A", true)]
    #[case::parameter("A.TaskCanceledException: x\n   at A.Task.WaitAsync(TimeSpan timeout)", true)]
    #[case::time_out("A.TaskCanceledException: HttpClient.Timeout of 100 seconds elapsing.", false)]
    #[case::inner_time_out("A.TaskCanceledException: x\n ---> System.TimeoutException: y", false)]
    #[case::old_time_out("A.TaskCanceledException: x\n   at System.Net.Http.HttpClient.SendAsync()", false)]
    #[case::lost("A.OperationCanceledException: x ---> System.IO.IOException: reset", false)]
    #[case::failure("System.IO.IOException: gone", false)]
    #[case::frame("System.IO.IOException: gone\n   at X.ThrowOperationCanceledException()", false)]
    #[case::time_out_in_its_message("A.TaskCanceledException: TimeoutException", false)]
    #[case::no_exception("   at Duplicati.A.B()", false)]
    #[case::nothing("", false)]
    fn exceptions(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_cancelled(text), expected);
    }

    #[test]
    fn lines_say_who_ended_it() {
        let fatal = line(Level::Error, "A.B-FatalError", &format!("Fatal error\n{CANCELLED}"));
        let asked = line(Level::Warning, "A.B-CancellationRequested", "Cancellation was requested by user.");
        let full = line(Level::Error, "A.B-PutFailed", "No space left on device");
        let script = line(Level::Error, "A.Modules.RunScript-ScriptExecuteError", "exit 3");
        let signs = |asked, cancelled, failed| LogSigns { asked, cancelled, failed };
        assert_eq!(LogSigns::of(&[fatal.clone(), script]), signs(false, true, false));
        assert_eq!(LogSigns::of(&[asked]), signs(true, false, false));
        assert_eq!(LogSigns::of(&[full, fatal]), signs(false, true, true));
        assert_eq!(LogSigns::of(&[]), LogSigns::default());
    }

    #[test]
    fn a_stored_log_says_what_its_lines_say() {
        let lines = vec![line(Level::Error, "A.B-FatalError", &format!("Fatal error\n{CANCELLED}"))];
        let json = Log { lines: lines.clone(), ..Log::default() }.to_bounded_json();
        let stored = LogOf::Stored(Some(&json));
        assert_eq!(stored.signs(), LogOf::Lines(&lines).signs());
        assert!(stored.may_say_stopped());
        assert_eq!(LogOf::Stored(Some("[damaged")).signs(), LogSigns::default());
        assert!(!LogOf::Stored(None).may_say_stopped());
    }
}
