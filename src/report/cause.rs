//! Why a run did not go well, in one line: the rule over exception, errors and warnings. Invariant: the sender's words without
//! names of classes and without stacks, once, at most 300 characters.

use super::{
    dotnet_exception,
    line::{Level, LogLine},
    remote_sync::RemoteSyncs,
    reporting_lines,
};
use crate::shorten::shorten;

/// Characters of a headline.
const HEADLINE: usize = 300;

/// What a report says that can be the cause.
pub(crate) struct CauseSources<'a> {
    /// What is said of it if it was called off.
    pub(crate) called_off: Option<&'static str>,
    /// The exception, as text.
    pub(crate) exception: Option<&'a str>,
    /// The log.
    pub(crate) lines: &'a [LogLine],
    /// The second destinations.
    pub(crate) copies: &'a RemoteSyncs,
}

/// The cause of a run that is stored: its log and its exception are all that is left of the report.
#[cfg(feature = "ssr")]
pub(crate) fn of_stored(
    called_off: Option<&'static str>,
    exception: Option<&str>,
    lines: &[LogLine],
) -> Option<String> {
    CauseSources { called_off, exception, lines, copies: &RemoteSyncs::default() }.cause()
}

impl CauseSources<'_> {
    /// The cause; `None` when nothing tells.
    pub(crate) fn cause(&self) -> Option<String> {
        let of_level = |level| self.lines.iter().filter(move |line| line.level == level);
        let error = || of_level(Level::Error).filter(|line| !is_of_second_copy(line)).find_map(said);
        let cause = match (self.called_off, self.exception) {
            (Some(told), _) => Some(told.to_owned()),
            (None, Some(exception)) => dotnet_exception::cause(exception).map(str::to_owned).or_else(error),
            (None, None) => error(),
        };
        let cause = cause
            .or_else(|| self.second_copy())
            // It says nothing, but it is an error.
            .or_else(|| {
                of_level(Level::Error).map(first_line).find(|text| !text.is_empty()).map(str::to_owned)
            })
            .or_else(|| self.warning())?;
        let line = cause.lines().map(str::trim).find(|line| !line.is_empty())?;
        Some(shorten(line, HEADLINE))
    }

    /// A failed second copy, with its destination and what went wrong there.
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

    /// The first warning about the backup; those about reporting and about what follows from another one come last.
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

/// Lines of the part that copies the destination to another one.
fn is_of_second_copy(line: &LogLine) -> bool {
    tag(line).contains(".RemoteSynchronization") || tag(line).contains(".LightWeightBackendManager-rsync")
}

/// What an error line says; `None` for one that only says that something failed, in whatever language.
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
