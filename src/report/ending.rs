//! What a log and an exception say of whether a run was called off: by a person, or by a script before it began. What became of the
//! run is decided by [`crate::outcome::Told::outcome`], which asks here. Invariant: a time-out and a lost connection are no stop.

use super::{
    dotnet_exception,
    line::{Level, LogLine},
    log::Log,
};

/// What the lines of a log say of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogSigns {
    /// A line says that somebody asked for the stop.
    pub asked: bool,
    /// An error says that work was called off.
    pub cancelled: bool,
    /// An error says something else, and not of a script: work itself failed.
    pub failed: bool,
}

/// What one of these words is needed for, in a log as it is stored: without them nobody called it off.
const WORDS: [&str; 3] = ["Cancel", "TerminatedOperation", "ThreadAbort"];

impl LogSigns {
    /// Reads the lines.
    #[must_use]
    pub fn of(lines: &[LogLine]) -> Self {
        let errors = || lines.iter().filter(|line| line.level == Level::Error);
        Self {
            asked: lines.iter().any(is_asked),
            cancelled: errors().any(is_cancelled_line),
            failed: errors().any(|line| !is_cancelled_line(line) && !is_of_script(line)),
        }
    }

    /// Whether the log alone tells a stop, up to 2.3: nothing failed before it.
    pub(crate) const fn stopped(self) -> bool {
        (self.asked || self.cancelled) && !self.failed
    }

    /// Whether it says anything of how the run ended.
    pub(crate) const fn any(self) -> bool {
        self.asked || self.cancelled || self.failed
    }
}

/// A log of which it is asked: read already, or as it is stored.
#[derive(Debug, Clone, Copy)]
pub enum LogOf<'a> {
    /// Its lines.
    Lines(&'a [LogLine]),
    /// The JSON text of the column.
    Stored(Option<&'a str>),
}

impl Default for LogOf<'_> {
    fn default() -> Self {
        Self::Stored(None)
    }
}

impl LogOf<'_> {
    /// What its lines say. A stored log that cannot be read says nothing.
    pub(crate) fn signs(self) -> LogSigns {
        match self {
            Self::Lines(lines) => LogSigns::of(lines),
            Self::Stored(text) => text
                .and_then(|text| Log::from_json(text).ok())
                .map_or_else(LogSigns::default, |log| LogSigns::of(&log.lines)),
        }
    }

    /// Whether it is worth reading for a stop: most logs say nothing of the kind, and this is quick.
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

/// Whether an exception says that work was called off and nothing else: a time-out and a lost connection look alike from outside.
pub(crate) fn is_cancelled(text: &str) -> bool {
    let chain = dotnet_exception::chain(text);
    let is_timeout = text.contains("TimeoutException")
        || chain.iter().any(|thrown| thrown.message.to_ascii_lowercase().contains("timeout"))
        // Before .NET 5 its time-out said no more than a stop.
        || text.contains("HttpClient");
    !chain.is_empty() && !is_timeout && chain.iter().all(dotnet_exception::DotNetException::is_cancelled)
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
