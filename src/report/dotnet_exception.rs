//! Exceptions as .NET writes them: classes, messages, inner exceptions, stack traces. Invariant: a returned message contains
//! neither its class nor its stack trace.

/// One exception of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DotNetException<'a> {
    /// Such as `System.IO.IOException`; empty if only the message is known.
    pub(crate) class: &'a str,
    /// The message; may be empty.
    pub(crate) message: &'a str,
}

/// Maximum number of exceptions read from a chain.
const MAX_CHAIN: usize = 16;

/// Splits a text into exceptions, outermost first. `Exception.ToString()` writes `--->` before an inner exception, on a new line
/// or on the same one.
pub(crate) fn chain(text: &str) -> Vec<DotNetException<'_>> {
    text.split("---> ").take(MAX_CHAIN).filter_map(DotNetException::parse).collect()
}

impl<'a> DotNetException<'a> {
    fn parse(part: &'a str) -> Option<Self> {
        // An aggregate exception numbers its inner exceptions.
        let part =
            match part.trim_start().strip_prefix("(Inner Exception #").and_then(|rest| rest.split_once(") "))
            {
                Some((_, rest)) => rest,
                None => part,
            };
        let line = part.lines().find(|line| !line.trim().is_empty())?;
        if is_frame(line) {
            return None;
        }
        let line = line.split(" <---").next().unwrap_or(line).trim();
        let (class, message) = split_class(line);
        Some(Self { class, message })
    }

    /// Returns the last part of the class, without its namespace.
    pub(crate) fn name(&self) -> &'a str {
        self.class.rsplit(['.', '+']).next().unwrap_or(self.class)
    }

    /// Returns whether this exception means that the work was cancelled, by a user or otherwise.
    pub(crate) fn is_cancelled(&self) -> bool {
        // A text report writes the message before the class, on the same line.
        let name = match self.class {
            "" => self.message.split(": ").next().and_then(|head| head.rsplit([' ', '.', '+']).next()),
            _ => Some(self.name()),
        };
        name.is_some_and(|name| {
            ["TaskCanceledException", "OperationCanceledException", "CancelException", "ThreadAbortException"]
                .contains(&name)
        })
    }

    /// Returns whether the message only says that something failed; the details are in an inner exception.
    fn is_empty_talk(&self) -> bool {
        const TALK: [&str; 9] = [
            "one or more errors occurred",
            "see inner exception",
            "see the inner exception",
            "exception has been thrown by the target of an invocation",
            "exception of type '",
            "the type initializer for '",
            "an error occurred while sending the request",
            "a task was canceled",
            "the operation was canceled",
        ];
        let message = self.message.to_ascii_lowercase();
        let gave_up = message.contains("failed after ") && message.contains(" attempts");
        message.is_empty() || gave_up || TALK.iter().any(|talk| message.contains(talk))
    }
}

/// Returns the most useful message of a chain: the outermost one with details.
pub(crate) fn cause(text: &str) -> Option<&str> {
    let chain = chain(text);
    let telling = chain.iter().find(|thrown| !thrown.is_empty_talk()).map(|thrown| thrown.message);
    let held = || chain.iter().find_map(|thrown| held_message(thrown.message));
    let any = || chain.iter().rev().map(|thrown| thrown.message).find(|message| !message.is_empty());
    let name = || chain.first().map(DotNetException::name).filter(|name| !name.is_empty());
    telling.or_else(held).or_else(any).or_else(name)
}

/// Returns the first of the messages in `One or more errors occurred. (First) (Second)`.
fn held_message(message: &str) -> Option<&str> {
    let (_, held) = message.split_once(". (")?;
    let first = held.split(") (").next()?;
    let first = first.strip_suffix(')').unwrap_or(first).trim();
    (!first.is_empty()).then_some(first)
}

/// Splits `Some.Namespace.SomeException (0x80004005): message` into class and message.
pub(crate) fn split_class(line: &str) -> (&str, &str) {
    let (class, message) = match line.split_once(": ") {
        Some((class, message)) => (class, message.trim()),
        // After an empty message only the colon is left.
        None => match line.strip_suffix(':') {
            Some(class) => (class, ""),
            None if is_class(line) && line.contains('.') => (line, ""),
            None => return ("", line),
        },
    };
    let bare = class.split_once(" (").map_or(class, |(bare, _)| bare);
    if is_class(bare) { (bare, message) } else { ("", line) }
}

fn is_class(text: &str) -> bool {
    let is_name = !text.is_empty()
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '+' | '`' | '[' | ']'));
    is_name
        && (text.ends_with("Exception")
            || ["System.", "Duplicati.", "Microsoft."].iter().any(|space| text.starts_with(space)))
}

/// Returns whether a line is a stack frame, in any language (`at`, `bei`, `à`, …), or a separator between stack traces.
pub(crate) fn is_frame(line: &str) -> bool {
    let is_indented = line.starts_with("  ");
    let line = line.trim_start();
    if line.starts_with("---") {
        return true;
    }
    let word = line.split(' ').next().unwrap_or_default();
    is_indented && word.chars().count() <= 4 && line.contains('(') && line.contains('.')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("System.IO.IOException: The disk is gone", Some("The disk is gone"))]
    #[case("Found 3 files: see below", Some("Found 3 files: see below"))]
    #[case("System.TimeoutException: ", Some("TimeoutException"))]
    #[case("System.Net.Sockets.SocketException (111): Connection refused", Some("Connection refused"))]
    #[case("Exception: x\n   at A.B.C()", Some("x"))]
    #[case(
        "System.AggregateException: One or more errors occurred. (Disk full) (Disk full)",
        Some("Disk full")
    )]
    #[case(
        "System.AggregateException: One or more errors occurred. (a (b))\n ---> System.IO.IOException: No space (sda)\n   at X.Y()",
        Some("No space (sda)")
    )]
    #[case(
        "System.Exception: The SSL connection could not be established, see inner exception. ---> A.B.AuthException: untrusted\n   bei A.B(String c)",
        Some("untrusted")
    )]
    #[case(
        "System.InvalidOperationException: Operation 'Put x' failed after 3 attempts.\n ---> System.UnauthorizedAccessException: denied",
        Some("denied")
    )]
    #[case(
        "System.Exception: It failed after a while\n ---> System.Exception: x",
        Some("It failed after a while")
    )]
    #[case("System.Exception: Three attempts\n ---> System.Exception: x", Some("Three attempts"))]
    #[case("   at A.B.C()", None)]
    #[case("", None)]
    fn causes(#[case] text: &str, #[case] expected: Option<&str>) {
        assert_eq!(cause(text), expected);
    }

    #[rstest]
    #[case::with_a_message("System.IO.IOException: gone", ("System.IO.IOException", "gone"))]
    #[case::of_ones_own("Acme.LostException: gone", ("Acme.LostException", "gone"))]
    #[case::without_a_namespace("LostException: gone", ("LostException", "gone"))]
    #[case::without_a_message("System.IO.IOException:", ("System.IO.IOException", ""))]
    #[case::bare("System.IO.IOException", ("System.IO.IOException", ""))]
    #[case::a_word_of_the_text("AnException", ("", "AnException"))]
    #[case::a_name_of_a_file("report.txt", ("", "report.txt"))]
    #[case::a_text_with_a_colon("Disk full: /srv", ("", "Disk full: /srv"))]
    #[case::words_that_end_alike("It was an Exception: x", ("", "It was an Exception: x"))]
    #[case::nothing(": x", ("", ": x"))]
    fn a_class_is_told_from_a_text(#[case] line: &str, #[case] expected: (&str, &str)) {
        assert_eq!(split_class(line), expected);
    }

    #[rstest]
    #[case::english("   at A.B.C()", true)]
    #[case::between("--- End of stack trace ---", true)]
    #[case::not_indented("at A.B.C()", false)]
    #[case::a_longer_word("   where A.B.C()", false)]
    #[case::no_brackets("   at A.B", false)]
    #[case::no_dot("   at C()", false)]
    fn a_frame_is_an_indented_call(#[case] line: &str, #[case] expected: bool) {
        assert_eq!(is_frame(line), expected);
    }
}
