//! Kinds of warnings: the same warning about another file, on another day, is of the same kind.

use crate::report::{Level, LogLine, is_about_reporting};

/// The longest kind: bytes.
const LONGEST: usize = 300;

/// The kind of a warning: its tag, and its text with paths, addresses, numbers, ids and times replaced. `None` when it is only about
/// sending reports, which is none of the backup's business.
#[must_use]
pub fn kind(line: &LogLine) -> Option<String> {
    if is_about_reporting(line) {
        return None;
    }
    let first = line.text.lines().next().unwrap_or_default();
    let mut kind = line.tag.clone().unwrap_or_default();
    if !kind.is_empty() {
        kind.push_str(": ");
    }
    kind.push_str(&generalised(first));
    kind.truncate(kind.floor_char_boundary(LONGEST));
    Some(kind)
}

/// The kind of a warning as it stands in a report: `[Warning-Tag]: text`, with or without its time.
#[must_use]
pub fn kind_of_text(text: &str) -> Option<String> {
    LogLine::parse(text, Level::Warning).and_then(|line| kind(&line))
}

/// A text without what differs from one time to the next.
fn generalised(text: &str) -> String {
    let text = without_quoted(&without_paths(text));
    let words: Vec<String> = text.split_whitespace().map(word).collect();
    let mut kept: Vec<&str> = Vec::new();
    for word in words.iter().map(String::as_str) {
        // A path with blanks, or a list of numbers, is one thing.
        let is_again = kept.last() == Some(&word) && word.starts_with('<');
        if !is_again {
            kept.push(word);
        }
    }
    kept.join(" ")
}

/// A path is one thing, blanks in it included.
fn without_paths(text: &str) -> String {
    let starts_path = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        let mut chars = rest.chars();
        let (first, second, third) = (chars.next(), chars.next(), chars.next());
        let is_start = text
            .get(..at)
            .and_then(|before| before.chars().next_back())
            .is_none_or(|before| before.is_whitespace() || "\"'“„(=".contains(before));
        let is_drive = first.is_some_and(|drive| drive.is_ascii_alphabetic())
            && second == Some(':')
            && matches!(third, Some('\\' | '/'));
        is_start
            && (is_drive
                || rest.starts_with("\\\\")
                || (first == Some('/') && second.is_some_and(char::is_alphanumeric)))
    };
    let Some(start) = text.char_indices().map(|(at, _)| at).find(|at| starts_path(*at)) else {
        return text.to_owned();
    };
    let (before, path) = text.split_at_checked(start).unwrap_or((text, ""));
    // It ends where its quotation mark or bracket closes, or where something is said about it.
    let stop = match before.chars().next_back() {
        Some('"') => path.find('"'),
        Some('\'') => path.find('\''),
        Some('“' | '„') => path.find(['“', '”']),
        Some('(') => path.find(')'),
        _ => path.find(": "),
    };
    let after = stop.and_then(|stop| path.get(stop..)).unwrap_or_default();
    format!("{before}<path>{}", without_paths_after(after))
}

fn without_paths_after(text: &str) -> String {
    // Each step is shorter, because a path was cut off.
    if text.is_empty() { String::new() } else { without_paths(text) }
}

/// What stands in quotation marks is a name.
fn without_quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['"', '“', '„']) {
        let (before, quoted) = rest.split_at_checked(open).unwrap_or((rest, ""));
        let inner = quoted.chars().next().map_or(0, char::len_utf8);
        let close = quoted.get(inner..).and_then(|inside| inside.find(['"', '“', '”']).map(|at| at + inner));
        let Some(close) = close else { break };
        let end = quoted.get(close..).and_then(|mark| mark.chars().next()).map_or(1, char::len_utf8);
        out.push_str(before);
        out.push_str("<name>");
        rest = quoted.get(close + end..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// A word that is an address, a path, a number, an id or a time is replaced by what it is.
fn word(word: &str) -> String {
    let bare = word
        .trim_matches(|c: char| c.is_ascii_punctuation() && c != '/' && c != '\\' && c != '<' && c != '>');
    if bare.contains("://") {
        return "<address>".to_owned();
    }
    if bare.contains('\\') || (bare.contains('/') && bare.len() > 1) {
        return "<path>".to_owned();
    }
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    let is_hex = bare.len() >= 8 && bare.chars().all(|c| c.is_ascii_hexdigit() || c == '-') && digits > 0;
    let letters = bare.chars().filter(|c| c.is_alphabetic()).count();
    // A word that is mostly digits is a number or a time; one with some, such as a file name or an id, is a name.
    if digits == 0 {
        word.to_owned()
    } else if is_hex || letters > 2 {
        "<name>".to_owned()
    } else {
        "<number>".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_warning_about_something_else_is_of_the_same_kind() {
        let tag = "[Warning-Duplicati.Library.Main.Operation.Backup.FileBlockProcessor.FileEntry-PathProcessingFailed]: ";
        for (one, other) in [
            ("Failed to process path: /home/anna/tmp/lock-3219.tmp", "Failed to process path: /srv/a b/c"),
            (
                r"Failed to process path: C:\Users\Anna\x.tmp",
                r"Failed to process path: \\nas\share\y (2).docx",
            ),
            (
                "Error on file: \"/a/b.c\", error: denied (13)",
                "Error on file: \"/x/y z.q\", error: denied (7)",
            ),
            ("Got 3 errors in 17 ms at 2026-11-20 03:00:00", "Got 12 errors in 4 ms at 2026-11-21 03:10:59"),
            (
                "Remote file duplicati-b3f9c2d1e.dblock.zip.aes is missing",
                "Remote file duplicati-b77c0aa12.dblock.zip.aes is missing",
            ),
            ("Cannot read “Bilder 2020”", "Cannot read “Musik”"),
            ("Call to https://a.example/x failed", "Call to https://b.example/y?z=1 failed"),
            (
                "Task 6f9619ff-8b86-d011-b42d-00c04fc964ff was lost",
                "Task 0f9619ff-8b86-d011-b42d-00c04fc964aa was lost",
            ),
        ] {
            let kind = |text: &str| kind_of_text(&format!("{tag}{text}"));
            assert_eq!(kind(one), kind(other));
            assert!(kind(one).is_some());
        }
    }

    #[test]
    fn another_tag_or_text_is_another_kind() {
        let kinds: Vec<Option<String>> = [
            "[Warning-A.B-PathProcessingFailed]: Failed to process path: /a",
            "[Warning-A.B-PathSkipped]: Failed to process path: /a",
            "[Warning-A.B-PathProcessingFailed]: Failed to open path: /a",
            "2026-11-20 03:00:00 +01 - [Warning-A.B-Other]: x",
            "no tag at all",
        ]
        .iter()
        .map(|text| kind_of_text(text))
        .collect();
        assert!(kinds.iter().all(Option::is_some));
        let distinct: std::collections::BTreeSet<_> = kinds.iter().collect();
        assert_eq!(distinct.len(), kinds.len(), "{kinds:?}");
        let timed = "2026-11-20 03:00:00 +01 - [Warning-A.B-Other]: x";
        assert_eq!(kind_of_text(timed), kind_of_text("[Warning-A.B-Other]: x"));
    }

    #[test]
    fn what_is_about_reporting_has_no_kind() {
        for text in [
            "[Warning-Duplicati.Library.Modules.Builtin.SendHttpMessage-HttpResponseError]: Got 500",
            "[Warning-Duplicati.Library.Modules.Builtin.HttpReportStatus-HttpReportStatusSendError]: x",
            "[Warning-Duplicati.Library.Modules.Builtin.SendMail-SendMailError]: x",
        ] {
            assert_eq!(kind_of_text(text), None, "{text}");
        }
    }

    #[test]
    fn any_text_has_a_bounded_kind() {
        for text in
            ["/", "\"", "“", "„x", "C:\\", "  ", "\u{0}", "ü/ü", "[Warning-]", "a\"b", "\"\"\"", "/a,/b,/c"]
        {
            assert!(kind_of_text(text).unwrap_or_default().len() <= LONGEST, "{text}");
        }
        let long = "ä".repeat(5000);
        assert!(kind_of_text(&long).is_some_and(|kind| kind.len() <= LONGEST));
    }
}
