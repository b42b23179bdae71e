//! One log line, `yyyy-MM-dd HH:mm:ss zz - [Level-Tag]: message`. Invariant: any text is a valid line; text that does
//! not match the pattern is preserved as the message.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::limits::{MAX_LINE_BYTES, prose, word};
use super::time::{self, Cursor};
use crate::time::Timestamp;

/// One line of a run's log; short names keep the stored JSON small.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When it was written, in seconds since 1970 UTC. The line has whole hours of offset only, so the time is off by
    /// the minutes of the sender's zone.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
    /// Its severity.
    #[serde(rename = "l", default)]
    pub level: Level,
    /// Its origin, `Namespace.Class-MessageId`.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Its message, possibly of several lines; secrets are masked.
    #[serde(rename = "m")]
    pub text: String,
}

/// Severity of a log line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Something failed.
    #[serde(rename = "e")]
    Error,
    /// A problem that did not stop the run.
    #[serde(rename = "w")]
    Warning,
    /// Normal progress.
    #[serde(rename = "i")]
    Information,
    /// A repeated call to the destination.
    #[serde(rename = "r")]
    Retry,
    /// Details.
    #[serde(rename = "v")]
    Verbose,
    /// Timings.
    #[serde(rename = "p")]
    Profiling,
    /// What a run that is not a dry run would have done.
    #[serde(rename = "d")]
    DryRun,
    /// Unknown, or no level at all.
    #[default]
    #[serde(rename = "o", other)]
    Other,
}

impl Level {
    /// Returns the lower-case word for pages and filters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Information => "information",
            Self::Retry => "retry",
            Self::Verbose => "verbose",
            Self::Profiling => "profiling",
            Self::DryRun => "dryrun",
            Self::Other => "other",
        }
    }

    pub(crate) fn from_sender(word: &str) -> Option<Self> {
        [
            Self::Error,
            Self::Warning,
            Self::Information,
            Self::Retry,
            Self::Verbose,
            Self::Profiling,
            Self::DryRun,
        ]
        .into_iter()
        .find(|level| word.eq_ignore_ascii_case(level.as_str()))
    }
}

/// The time at the start of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// The sender's wall clock, as seconds since 1970 as if it were UTC.
    pub(crate) local: i64,
    /// Minutes ahead of UTC, of which the line gives the hours; `None` if the line has no offset.
    pub(crate) offset: Option<i32>,
}

impl Stamp {
    pub(crate) fn utc(self) -> i64 {
        self.local.saturating_sub(i64::from(self.offset.unwrap_or(0)).saturating_mul(60))
    }
}

impl LogLine {
    /// Parses one element of `LogLines`; `fallback` is the level of its list. `None` for blank text.
    pub(crate) fn parse(raw: &str, fallback: Level) -> Option<Self> {
        let raw = raw.trim();
        let (stamp, rest) = split_stamp(raw).map_or((None, raw), |(stamp, rest)| (Some(stamp), rest));
        let (level, tag, text) = split_tag(rest).unwrap_or((fallback, "", rest));
        let text = prose(text, MAX_LINE_BYTES).or_else(|| prose(raw, MAX_LINE_BYTES))?;
        Some(Self { time: stamp.map(Stamp::utc), level, tag: word(tag), text })
    }
}

impl fmt::Display for LogLine {
    /// Writes the line as Duplicati does, with its time in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(time) = self.time {
            let time = Timestamp::from_unix(time).to_string();
            write!(f, "{} +00 - ", time.trim_end_matches('Z').replacen('T', " ", 1))?;
        }
        match (self.level, self.tag.as_deref()) {
            (Level::Other, None) => {}
            (Level::Other, Some(tag)) => write!(f, "[{tag}]: ")?,
            (level, tag) => write!(f, "[{}-{}]: ", level.as_str(), tag.unwrap_or_default())?,
        }
        f.write_str(&self.text)
    }
}

/// Returns whether a line of text starts a log entry rather than continuing one.
pub(crate) fn starts_entry(line: &str) -> bool {
    split_stamp(line.trim_start()).is_some()
}

/// Splits off `yyyy-MM-dd HH:mm:ss zz - `; the time separator depends on the culture.
pub(crate) fn split_stamp(raw: &str) -> Option<(Stamp, &str)> {
    let (stamp, rest) = raw.split_once(" - ")?;
    let mut cursor = Cursor(stamp.as_bytes());
    let year = gregorian_year(cursor.number(4, 4)?)?;
    let month = cursor.eat(b'-').then(|| cursor.number(2, 2))??;
    let day = cursor.eat(b'-').then(|| cursor.number(2, 2))??;
    let (hour, minute, second) = cursor.eat(b' ').then(|| cursor.clock())??;
    let offset = if cursor.eat(b' ') { cursor.signed_offset() } else { None };
    let local = time::civil_seconds(year, month, day, hour, minute, second)?;
    cursor.0.is_empty().then_some((Stamp { local, offset }, rest))
}

/// Converts a year to the Gregorian calendar. Years of the Thai solar calendar are 543 ahead, with the same months and
/// days.
pub(crate) fn gregorian_year(year: i64) -> Option<i64> {
    match year {
        1970..=2300 => Some(year),
        2513..=2843 => Some(year - 543),
        _ => None,
    }
}

/// Splits `[Level-Tag]: message`; reduced reports have no colon.
pub(crate) fn split_tag(text: &str) -> Option<(Level, &str, &str)> {
    let (tag, message) = text.strip_prefix('[')?.split_once(']')?;
    let message = message.strip_prefix(':').unwrap_or(message).trim_start();
    let (word, place) = tag.split_once('-').unwrap_or((tag, ""));
    // Text in brackets that is not a level is part of the message.
    match Level::from_sender(word) {
        Some(level) => Some((level, place, message)),
        None if place.contains('.') => Some((Level::Other, tag, message)),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::whole("2026-11-20 03:00:00 +01 - [Warning-Duplicati.Library.Main.X-Y]: it's - [not] so")]
    #[case::lines("2026-11-20 03:00:00 +00 - [Error-A.B-C]: first\nsecond")]
    #[case::no_time("[Information-A.B-C]: text")]
    #[case::no_tag("2026-11-20 03:00:00 +00 - text")]
    #[case::strange_level("[Odd-A.B-C]: text")]
    #[case::bare("text")]
    fn what_is_written_is_read_as_the_same_line(#[case] raw: &str) {
        let line = LogLine::parse(raw, Level::Other);
        assert!(line.is_some());
        assert_eq!(
            LogLine::parse(&line.as_ref().map(ToString::to_string).unwrap_or_default(), Level::Other),
            line
        );
    }
}
