//! Texts that look like reports but cannot be read as one, and texts whose line breaks were damaged on the way. Invariant: a text
//! that could be misread is not parsed.

use std::borrow::Cow;

use super::error::ReportError;

/// Why a text is not a report of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// It names no job and has no result: a custom message.
    NamesNothing,
    /// It names a job but has no result.
    NoResult,
    /// The output format `Template`: results of steps are mixed with those of the run and cannot be told apart.
    Template,
}

impl Unreadable {
    /// Returns the reason shown in the list of rejected reports.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NamesNothing => "the text contains neither a job nor a result",
            Self::NoResult => "the text contains a job but no result",
            Self::Template => "the format Template cannot be read",
        }
    }

    /// Returns which option causes it and what to do.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::NamesNothing | Self::NoResult => {
                "A custom --send-http-message causes this. Remove it, or send to --send-http-json-urls, which does not use it."
            }
            Self::Template => {
                "--send-http-result-output-format=Template causes this. Set it to Json or Duplicati, or use \
                 --send-http-json-urls."
            }
        }
    }

    /// Returns why a text must not be read; `None` if it may be.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let is_template = lines.any(|line| {
            let line = line.trim_end();
            line == "TaskControl:"
                || CHILDREN
                    .iter()
                    .any(|child| line.strip_prefix(child).is_some_and(|rest| rest.starts_with(':')))
        });
        is_template.then_some(Self::Template)
    }
}

/// Results of steps, which the plain text format leaves out.
const CHILDREN: [&str; 6] =
    ["CompactResults", "VacuumResults", "DeleteResults", "RepairResults", "TestResults", "LockResults"];

/// Property names at which a text without line breaks can be split.
const KEYS: [&str; 36] = [
    "Failed",
    "Details",
    "DeletedFiles",
    "DeletedFolders",
    "ModifiedFiles",
    "ExaminedFiles",
    "OpenedFiles",
    "AddedFiles",
    "SizeOfModifiedFiles",
    "SizeOfAddedFiles",
    "SizeOfExaminedFiles",
    "SizeOfOpenedFiles",
    "NotProcessedFiles",
    "AddedFolders",
    "TooLargeFiles",
    "FilesWithError",
    "TimestampChangedFiles",
    "ModifiedFolders",
    "ModifiedSymlinks",
    "AddedSymlinks",
    "DeletedSymlinks",
    "PartialBackup",
    "Dryrun",
    "MainOperation",
    "RemoteSynchronizationResults",
    "ParsedResult",
    "Interrupted",
    "Fatal",
    "VerboseOutput",
    "VerboseErrors",
    "Version",
    "EndTime",
    "BeginTime",
    "Duration",
    "MessagesActualLength",
    "WarningsActualLength",
];
/// Starts of lines that show that the line breaks are intact. Which of them occur depends on the version and the result.
const WHOLE: [&str; 4] = ["MainOperation: ", "ParsedResult: ", "Details: ", "Log data:"];
/// Words that a template can write below the header.
const RESULTS: [&str; 5] = ["Success", "Warning", "Error", "Fatal", "Unknown"];
/// A line with this many property names has lost its line breaks.
const TOO_MANY_ON_A_LINE: usize = 4;

/// Returns the text with its line breaks. Values on one line, separated by spaces, are put on separate lines.
///
/// # Errors
/// [`ReportError`] if the text is too damaged to tell the values apart.
pub(crate) fn with_line_ends(text: &str) -> Result<Cow<'_, str>, ReportError> {
    let encoded = ["=0D=0A", "=0A", "=20\n", "=\n", "=\r\n", "=3D", "=C3="];
    let marks: usize = encoded.iter().map(|mark| text.matches(mark).count()).sum();
    let is_report = text.contains("ParsedResult:") || text.contains("Duplicati ");
    let is_whole = text.lines().any(|line| WHOLE.iter().any(|key| line.starts_with(key)));
    if is_whole {
        return Ok(Cow::Borrowed(text));
    }
    if is_report && marks >= 3 {
        return Err(ReportError::quoted_printable());
    }
    let Some(damaged) = text.lines().find(|line| keys_on(line).count() >= TOO_MANY_ON_A_LINE) else {
        return Ok(Cow::Borrowed(text));
    };
    if keys_on(damaged)
        .any(|at| at > 0 && !damaged.get(..at).unwrap_or_default().ends_with(char::is_whitespace))
    {
        return Err(ReportError::no_line_ends());
    }
    let whole: Vec<Cow<'_, str>> = text.lines().map(on_lines).collect();
    Ok(Cow::Owned(whole.join("\n")))
}

/// Puts the values of a line on separate lines. The text before them is the header and what a template wrote below it.
fn on_lines(line: &str) -> Cow<'_, str> {
    let starts: Vec<usize> = keys_on(line).collect();
    if starts.len() < TOO_MANY_ON_A_LINE {
        return Cow::Borrowed(line);
    }
    let (before, _) = line.split_at_checked(starts.first().copied().unwrap_or(0)).unwrap_or_default();
    let mut lines: Vec<String> = before.split("  ").map(|part| part.trim().to_owned()).collect();
    lines.retain(|part| !part.is_empty());
    // The default template writes the result on a line of its own below the header.
    if let Some(header) = lines.last_mut() {
        let result = RESULTS.iter().find_map(|word| header.strip_suffix(word)?.strip_suffix(' '));
        if let Some(rest) = result.map(|rest| rest.trim_end().to_owned()) {
            *header = rest;
        }
    }
    let ends = starts.iter().skip(1).copied().chain([line.len()]);
    for (start, end) in starts.iter().zip(ends) {
        lines.push(line.get(*start..end).unwrap_or_default().trim().to_owned());
    }
    Cow::Owned(lines.join("\n"))
}

/// Returns where property names start on a line. Longer names contain shorter ones, so the search continues behind each match.
fn keys_on(line: &str) -> impl Iterator<Item = usize> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        while let Some(rest) = line.get(from..) {
            let at = from + rest.find(|c: char| c.is_ascii_uppercase())?;
            let key = line.get(at..).unwrap_or_default();
            let found = KEYS
                .iter()
                .filter(|name| key.strip_prefix(*name).is_some_and(|rest| rest.starts_with(": ")))
                .map(|name| name.len())
                .max();
            from = at + found.unwrap_or(1);
            if found.is_some() {
                return Some(at);
            }
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ReportErrorKind;

    #[test]
    fn values_on_one_line_are_put_on_lines_of_their_own() {
        let line = "Duplicati Backup report for Front desk   Success   SizeOfAddedFiles: 0 AddedFiles: 3 Dryrun: False \
                    ParsedResult: Success";
        let expected = "Duplicati Backup report for Front desk\nSuccess\nSizeOfAddedFiles: 0\nAddedFiles: 3\nDryrun: False\n\
                        ParsedResult: Success";
        assert_eq!(with_line_ends(line).ok().as_deref(), Some(expected));
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused_with_the_cause() {
        let kind = |text: &str| with_line_ends(text).err().map(|error| error.kind);
        let glued =
            "Duplicati Backup report for aAddedFiles: 3Dryrun: FalseParsedResult: SuccessDuration: 00:00:01";
        assert_eq!(kind(glued), Some(ReportErrorKind::NoLineEnds));
        let mail = "Duplicati Backup report for a=0D=0A=0D=0AAddedFiles: 3=0D=0AParsedResult: Success";
        assert_eq!(kind(mail), Some(ReportErrorKind::QuotedPrintable));
    }

    #[test]
    fn a_few_marks_of_mail_in_a_text_that_is_no_report_are_left_alone() {
        let left_alone = |text: &str| matches!(with_line_ends(text), Ok(Cow::Borrowed(_)));
        assert!(left_alone("a=3D, b=3D, c=3D"), "no report");
        assert!(left_alone("Duplicati Backup report for a=3D, b=3D"), "two are none");
        assert!(!left_alone("Duplicati Backup report for a=3D, b=3D, c=3D"));
        assert!(!left_alone("a=3D=0D=0AParsedResult: Success=0D=0A"));
    }

    #[test]
    fn values_at_the_very_begin_of_a_line_are_taken_apart_too() {
        let line = "AddedFiles: 3 Dryrun: False Interrupted: False Duration: 00:00:01";
        let expected = "AddedFiles: 3\nDryrun: False\nInterrupted: False\nDuration: 00:00:01";
        assert_eq!(with_line_ends(line).ok().as_deref(), Some(expected));
        assert!(matches!(
            with_line_ends("AddedFiles: 3 Dryrun: False Interrupted: False"),
            Ok(Cow::Borrowed(_))
        ));
    }

    #[test]
    fn each_text_that_cannot_be_read_has_its_own_reason_and_hint() {
        let all = [Unreadable::NamesNothing, Unreadable::NoResult, Unreadable::Template];
        let reasons: std::collections::BTreeSet<&str> = all.map(Unreadable::reason).into();
        assert_eq!(reasons.len(), 3);
        for why in all {
            assert!(why.reason().contains(' '), "{why:?}: a sentence");
            assert!(why.hint().contains("--send-http-json-urls"), "{why:?}: what to do");
        }
    }

    #[test]
    fn text_that_is_whole_is_borrowed() {
        let text = "Duplicati Backup report for a=3D\n\nAddedFiles: 3\nParsedResult: Success\n";
        assert!(matches!(with_line_ends(text), Ok(Cow::Borrowed(_))));
    }
}
