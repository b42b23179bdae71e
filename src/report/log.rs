//! The log of a run. Invariant: the stored form is a JSON array of at most 1,000 elements and 256 KiB whose last element
//! says what was left out, if anything was.

use serde::{Deserialize, Serialize};

use super::limits::{MAX_LOG_BYTES, MAX_LOG_LINES};
use super::line::{Level, LogLine};

/// A run's log and what is missing from it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Log {
    /// The lines, in the order they were written.
    pub lines: Vec<LogLine>,
    /// Lines the sender left out at the end (its `... and N more`).
    pub dropped_by_sender: Option<i64>,
    /// Lines this program left out to stay within its bounds.
    pub dropped_by_us: i64,
}

/// Room kept for the brackets and for the element that says what was left out, in bytes.
const FRAME_BYTES: usize = 80;

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Element {
    Line(LogLine),
    Cut(Cut),
}

/// The last element of a log that is not complete.
#[derive(Serialize, Deserialize)]
struct Cut {
    #[serde(rename = "sender", default, skip_serializing_if = "Option::is_none")]
    by_sender: Option<i64>,
    #[serde(rename = "kept_out", default)]
    by_us: i64,
}

impl Log {
    /// How many lines of one level there are.
    #[must_use]
    pub fn count(&self, level: Level) -> i64 {
        let count = self.lines.iter().filter(|line| line.level == level).count();
        i64::try_from(count).unwrap_or(i64::MAX)
    }

    /// Whether anything is missing from the log.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        self.dropped_by_us > 0 || self.dropped_by_sender.is_some()
    }

    /// JSON array of log lines within 1,000 elements and 256 KiB.
    ///
    /// When cut, errors are kept in preference to warnings and these in preference to the rest, the order is
    /// preserved, and the last element says what was left out.
    #[must_use]
    pub fn to_bounded_json(&self) -> String {
        let encoded: Vec<String> = self.lines.iter().map(encode).collect();
        let keep = self.choose(&encoded);
        let kept = keep.iter().filter(|keep| **keep).count();
        let mut elements: Vec<&str> =
            encoded.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(line, _)| line.as_str()).collect();
        let cut = Cut {
            by_sender: self.dropped_by_sender,
            by_us: self.dropped_by_us.saturating_add(length(encoded.len().saturating_sub(kept))),
        };
        let cut = (cut.by_us > 0 || cut.by_sender.is_some()).then(|| encode(&cut));
        elements.extend(cut.as_deref());
        format!("[{}]", elements.join(","))
    }

    /// Reads what [`Log::to_bounded_json`] wrote.
    ///
    /// # Errors
    /// When the text is not a JSON array of log lines.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        let elements: Vec<Element> = serde_json::from_str(json)?;
        let mut log = Self::default();
        for element in elements {
            match element {
                Element::Line(line) => log.lines.push(line),
                Element::Cut(Cut { by_sender, by_us }) => {
                    log.dropped_by_sender = by_sender;
                    log.dropped_by_us = by_us;
                }
            }
        }
        Ok(log)
    }

    /// The log within the bounds of the stored form.
    pub(crate) fn bounded(self) -> Self {
        let encoded: Vec<String> = self.lines.iter().map(encode).collect();
        let keep = self.choose(&encoded);
        let dropped = length(keep.iter().filter(|keep| !**keep).count());
        let lines =
            self.lines.into_iter().zip(keep).filter(|(_, keep)| *keep).map(|(line, _)| line).collect();
        Self { lines, dropped_by_us: self.dropped_by_us.saturating_add(dropped), ..self }
    }

    /// Which lines stay: first all errors that fit, then warnings, then the rest.
    fn choose(&self, encoded: &[String]) -> Vec<bool> {
        let mut keep = vec![false; encoded.len()];
        let mut elements = MAX_LOG_LINES - 1;
        let mut bytes = MAX_LOG_BYTES - FRAME_BYTES;
        for rank in 0..=2 {
            for ((line, json), keep) in self.lines.iter().zip(encoded).zip(&mut keep) {
                let cost = json.len().saturating_add(1);
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

/// Strings and integers always encode; an empty line would be the answer if that ever changed.
fn encode<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| r#"{"m":""}"#.to_owned())
}
