//! The log of a run. Invariant: the stored form is a JSON array of at most 1,000 elements and 256 KiB. If lines are
//! missing, its last element says how many.

use std::{borrow::Cow, collections::HashMap};

use serde::{Deserialize, Serialize};

use super::limits::{MAX_LOG_BYTES, MAX_LOG_LINES};
use super::line::{Level, LogLine};

/// A run's log and the number of lines missing from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// The lines, in the order they were written.
    pub lines: Vec<LogLine>,
    /// Number of lines the sender cut off at the end (`... and N more`).
    pub dropped_by_sender: Option<i64>,
    /// Number of lines this program dropped to stay within its limits.
    pub dropped_by_us: i64,
}

/// Bytes reserved for the brackets and the element that counts missing lines.
const FRAME_BYTES: usize = 80;

#[derive(Deserialize)]
#[serde(untagged)]
enum Element {
    Line(StoredLine<'static>),
    TruncatedElement(TruncatedElement),
}

/// A line in its stored form; short names keep it small.
#[derive(Serialize, Deserialize)]
struct StoredLine<'a> {
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    time: Option<i64>,
    #[serde(rename = "l", default)]
    level: Level,
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    tag: Option<StoredTag<'a>>,
    #[serde(rename = "m")]
    text: Cow<'a, str>,
}

/// A tag, or the index of a tag written out earlier.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredTag<'a> {
    Number(usize),
    Text(Cow<'a, str>),
}

/// The last element of an incomplete log.
#[derive(Serialize, Deserialize)]
struct TruncatedElement {
    #[serde(rename = "sender", default, skip_serializing_if = "Option::is_none")]
    by_sender: Option<i64>,
    #[serde(rename = "kept_out", default)]
    by_us: i64,
}

impl Log {
    /// Returns the number of lines of a level.
    #[must_use]
    pub fn count(&self, level: Level) -> i64 {
        let count = self.lines.iter().filter(|line| line.level == level).count();
        i64::try_from(count).unwrap_or(i64::MAX)
    }

    /// Returns whether lines are missing.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        self.dropped_by_us > 0 || self.dropped_by_sender.is_some()
    }

    /// Returns a JSON array of log lines within 1,000 elements and 256 KiB.
    ///
    /// If lines have to be dropped, errors are preferred to warnings and warnings to the rest; the order is preserved,
    /// and the last element counts the missing lines. Each tag is written out once: later lines have its index, counted
    /// from 0 in order of appearance.
    #[must_use]
    pub fn to_bounded_json(&self) -> String {
        let keep = self.choose();
        let mut tags: HashMap<&str, usize> = HashMap::new();
        let mut elements = Vec::new();
        for (line, _) in self.lines.iter().zip(&keep).filter(|(_, keep)| **keep) {
            let tag = line.tag.as_deref().map(|text| {
                let next = tags.len();
                match *tags.entry(text).or_insert(next) {
                    number if number == next => StoredTag::Text(text.into()),
                    number => StoredTag::Number(number),
                }
            });
            let LogLine { time, level, tag: _, text } = line;
            elements.push(encode(&StoredLine { time: *time, level: *level, tag, text: text.into() }));
        }
        let cut = TruncatedElement {
            by_sender: self.dropped_by_sender,
            by_us: self.dropped_by_us.saturating_add(length(keep.len().saturating_sub(elements.len()))),
        };
        elements.extend((cut.by_us > 0 || cut.by_sender.is_some()).then(|| encode(&cut)));
        format!("[{}]", elements.join(","))
    }

    /// Reads the output of [`Log::to_bounded_json`].
    ///
    /// # Errors
    /// [`serde_json::Error`] if the text is not a JSON array of log lines.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        let elements: Vec<Element> = serde_json::from_str(json)?;
        let mut log = Self::default();
        let mut tags: Vec<String> = Vec::new();
        for element in elements {
            match element {
                Element::Line(StoredLine { time, level, tag, text }) => {
                    let tag = tag.and_then(|tag| match tag {
                        StoredTag::Text(text) => {
                            tags.push(text.to_string());
                            tags.last().cloned()
                        }
                        StoredTag::Number(number) => tags.get(number).cloned(),
                    });
                    log.lines.push(LogLine { time, level, tag, text: text.into_owned() });
                }
                Element::TruncatedElement(TruncatedElement { by_sender, by_us }) => {
                    log.dropped_by_sender = by_sender;
                    log.dropped_by_us = by_us;
                }
            }
        }
        Ok(log)
    }

    /// Returns the log within the limits of its stored form.
    pub(crate) fn bounded(self) -> Self {
        let keep = self.choose();
        let dropped = length(keep.iter().filter(|keep| !**keep).count());
        let lines =
            self.lines.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(line, _)| line).collect();
        Self { lines, dropped_by_us: self.dropped_by_us.saturating_add(dropped), ..self }
    }

    /// Chooses which lines to store: errors first, then warnings, then the rest, each as far as they fit.
    fn choose(&self) -> Vec<bool> {
        // Computed with every tag written out, so never less than what is stored.
        let costs: Vec<usize> = self.lines.iter().map(|line| encode(line).len().saturating_add(1)).collect();
        let mut keep = vec![false; costs.len()];
        let mut elements = MAX_LOG_LINES - 1;
        let mut bytes = MAX_LOG_BYTES - FRAME_BYTES;
        for rank in 0..=2 {
            for ((line, cost), keep) in self.lines.iter().zip(costs.iter().copied()).zip(&mut keep) {
                if rank_of(line.level) == rank && elements > 0 && cost <= bytes {
                    *keep = true;
                    elements -= 1;
                    bytes -= cost;
                }
            }
        }
        keep
    }
}

const fn rank_of(level: Level) -> u8 {
    match level {
        Level::Error => 0,
        Level::Warning => 1,
        _ => 2,
    }
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Encodes a line. Strings and integers cannot fail to encode; if they did, the result would be an empty line.
fn encode<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| r#"{"m":""}"#.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(tag: Option<&str>, level: Level, text: &str) -> LogLine {
        LogLine { time: Some(1), level, tag: tag.map(Into::into), text: text.into() }
    }

    #[test]
    fn a_tag_is_written_once_and_read_back_for_every_line() -> Result<(), serde_json::Error> {
        let lines = vec![
            line(Some("A-B"), Level::Information, "one"),
            line(None, Level::Information, "two"),
            line(Some("C-D"), Level::Warning, "three"),
            line(Some("A-B"), Level::Information, "four"),
            line(Some("0"), Level::Information, "five"),
            line(Some("0"), Level::Information, "six"),
        ];
        let log = Log { lines, dropped_by_sender: Some(7), dropped_by_us: 0 };
        let json = log.to_bounded_json();
        assert_eq!(json.matches("A-B").count(), 1, "{json}");
        assert_eq!(Log::from_json(&json)?, log);
        Ok(())
    }

    #[test]
    fn a_complete_log_says_nothing_of_a_cut() {
        let log = Log { lines: vec![line(None, Level::Error, "one"); 2], ..Log::default() };
        assert_eq!((log.count(Level::Error), log.count(Level::Warning), log.is_truncated()), (2, 0, false));
        assert_eq!(Log::default().to_bounded_json(), "[]");
        assert!(Log { dropped_by_us: 1, ..Log::default() }.is_truncated());
        assert!(Log { dropped_by_sender: Some(0), ..Log::default() }.is_truncated());
    }

    #[test]
    fn errors_stay_before_warnings_and_these_before_the_rest() {
        let mut lines = vec![line(None, Level::Information, "x"); MAX_LOG_LINES];
        lines.extend([line(None, Level::Warning, "w"), line(None, Level::Error, "e")]);
        let log = Log { lines, dropped_by_us: 2, ..Log::default() }.bounded();
        assert_eq!((log.lines.len(), log.dropped_by_us), (MAX_LOG_LINES - 1, 5));
        assert_eq!((log.count(Level::Warning), log.count(Level::Error)), (1, 1));
        let warned = Log { lines: vec![line(None, Level::Warning, "w"); MAX_LOG_LINES], ..Log::default() };
        let mut lines = warned.lines;
        lines.push(line(None, Level::Error, "e"));
        let log = Log { lines, ..Log::default() }.bounded();
        assert_eq!((log.lines.len(), log.count(Level::Error)), (MAX_LOG_LINES - 1, 1));
    }

    #[test]
    fn a_log_is_cut_by_its_size_too() {
        let lines = vec![line(Some("A-B"), Level::Information, &"x".repeat(8000)); 40];
        let log = Log { lines, ..Log::default() };
        let kept = log.clone().bounded().lines.len();
        assert_eq!(kept, 32, "as many as fit into 256 KiB");
        assert!(log.to_bounded_json().len() <= MAX_LOG_BYTES);
    }

    #[test]
    fn a_number_without_its_tag_is_a_line_without_one() -> Result<(), serde_json::Error> {
        let log = Log::from_json(r#"[{"l":"i","g":5,"m":"x"},{"l":"i","g":"A-B","m":"y"}]"#)?;
        assert_eq!(log.lines.iter().map(|line| line.tag.as_deref()).collect::<Vec<_>>(), [None, Some("A-B")]);
        Ok(())
    }

    #[test]
    fn the_first_line_of_a_tag_may_be_the_one_that_is_left_out() -> Result<(), serde_json::Error> {
        let mut lines = vec![line(Some("A-B"), Level::Information, &"x".repeat(MAX_LOG_BYTES))];
        lines.extend((0..5).map(|number| line(Some("A-B"), Level::Information, &number.to_string())));
        let read = Log::from_json(&Log { lines, ..Log::default() }.to_bounded_json())?;
        assert_eq!(read.dropped_by_us, 1);
        assert!(read.lines.iter().all(|line| line.tag.as_deref() == Some("A-B")));
        assert_eq!(read.lines.len(), 5);
        Ok(())
    }
}
