//! Finds the cause of a failed run, in one line, from exception, errors and warnings. Invariant: the cause is the sender's own
//! words without class names and stack traces, never repeated, at most 300 characters.

use super::{
    dotnet_exception,
    line::{Level, LogLine},
    remote_sync::RemoteSyncs,
    reporting_lines,
};
use crate::shorten::shorten;

/// Maximum characters of a headline.
const HEADLINE: usize = 300;

/// The parts of a report that may name the cause.
pub(crate) struct CauseSources<'a> {
    /// The headline of a run that was stopped or skipped.
    pub(crate) cancelled_headline: Option<&'static str>,
    /// The exception, as text.
    pub(crate) exception: Option<&'a str>,
    /// The lines of the log.
    pub(crate) lines: &'a [LogLine],
    /// The copies to second destinations.
    pub(crate) copies: &'a RemoteSyncs,
}

/// Finds the cause of a stored run, of whose report only log and exception are left.
#[cfg(feature = "ssr")]
pub(crate) fn of_stored(
    cancelled_headline: Option<&'static str>,
    exception: Option<&str>,
    lines: &[LogLine],
) -> Option<String> {
    CauseSources { cancelled_headline, exception, lines, copies: &RemoteSyncs::default() }.cause()
}

impl CauseSources<'_> {
    /// Returns the cause; `None` if nothing names one.
    pub(crate) fn cause(&self) -> Option<String> {
        let of_level = |level| self.lines.iter().filter(move |line| line.level == level);
        let error = || of_level(Level::Error).filter(|line| !is_of_second_copy(line)).find_map(said);
        let cause = match (self.cancelled_headline, self.exception) {
            (Some(told), _) => Some(told.to_owned()),
            (None, Some(exception)) => dotnet_exception::cause(exception).map(str::to_owned).or_else(error),
            (None, None) => error(),
        };
        let cause = cause
            .or_else(|| self.second_copy())
            // A line without a usable message is still an error.
            .or_else(|| {
                of_level(Level::Error).map(first_line).find(|text| !text.is_empty()).map(str::to_owned)
            })
            .or_else(|| self.warning())?;
        let line = cause.lines().map(str::trim).find(|line| !line.is_empty())?;
        Some(shorten(line, HEADLINE))
    }

    /// Describes a failed copy to a second destination: its name and the error.
    fn second_copy(&self) -> Option<String> {
        let lines = || self.lines.iter().filter(|line| line.level == Level::Error && is_of_second_copy(line));
        let failed = self.copies.failed(lines().map(|line| line.text.as_str()));
        if failed.is_empty() && lines().next().is_none() {
            return None;
        }
        let attached = |line: &LogLine| {
            let (_, rest) = line.text.split_once('\n')?;
            dotnet_exception::cause(rest).map(str::to_owned)
        };
        let own = |line: &LogLine| {
            let is_summary = tag(line).ends_with("-RemoteSyncFailed");
            (!is_summary).then(|| first_line(line).to_owned())
        };
        let why = lines().find_map(attached).or_else(|| lines().find_map(own));
        let name = if failed.is_empty() {
            "The second copy failed".to_owned()
        } else {
            format!("The second copy to {} failed", failed.join(", "))
        };
        Some(why.map_or_else(|| name.clone(), |why| format!("{name}: {why}")))
    }

    /// Returns the first warning about the backup. Warnings about reporting, and those caused by another warning, come last.
    fn warning(&self) -> Option<String> {
        let warnings = || self.lines.iter().filter(|line| line.level == Level::Warning);
        let follows = |line: &&LogLine| tag(line).contains("-BackendManagerDispose");
        let line = warnings()
            .find(|line| !reporting_lines::is_about(line) && !follows(line))
            .or_else(|| warnings().find(|line| !follows(line)))
            .or_else(|| warnings().next())?;
        Some(dotnet_exception::split_class(first_line(line)).1.to_owned())
    }
}

fn tag(line: &LogLine) -> &str {
    line.tag.as_deref().unwrap_or_default()
}

fn first_line(line: &LogLine) -> &str {
    line.text.lines().map(str::trim).find(|text| !text.is_empty()).unwrap_or_default()
}

/// Returns whether a line is from the module that copies the destination to a second one.
fn is_of_second_copy(line: &LogLine) -> bool {
    tag(line).contains(".RemoteSynchronization") || tag(line).contains(".LightWeightBackendManager-rsync")
}

/// Returns the message of an error line; `None` for a line that only says that something failed, in any language.
fn said(line: &LogLine) -> Option<String> {
    let (first, rest) = line.text.trim().split_once('\n').unwrap_or((line.text.trim(), ""));
    let is_frame = ["-FailedOperation", "-FatalError"].iter().any(|end| tag(line).ends_with(end))
        || first.to_ascii_lowercase().starts_with("fatal error")
        || (first.starts_with("The operation ") && first.contains(" has failed"));
    if !is_frame {
        let message = dotnet_exception::split_class(first).1;
        return (!message.is_empty()).then(|| message.to_owned());
    }
    let attached = dotnet_exception::cause(rest);
    // "The operation Backup has failed with error: …"
    let told = || first.split_once(": ").and_then(|(_, told)| dotnet_exception::cause(told));
    attached.or_else(told).map(str::to_owned)
}

#[cfg(test)]
#[path = "cause_tests.rs"]
mod tests;
