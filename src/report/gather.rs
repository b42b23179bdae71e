//! Collects log lines from all the places a report may have them. Invariant: lines keep the sender's order, and the raw
//! texts are available to [`super::versions`] before anything is cut.

use serde_json::Value;

use super::limits::Limits;
use super::line::{self, Level, LogLine};
use super::log::Log;
use super::value::Object;
use super::{json, time};

/// Lines as the sender wrote them, with the level of the list they were in.
#[derive(Debug, Default)]
pub(crate) struct RawLog {
    /// Each entry, possibly of several lines.
    pub(crate) entries: Vec<(Level, String)>,
    /// Whether the report had a log at all, even an empty one.
    pub(crate) present: bool,
}

/// The lists of older text reports and of the job log in a server's database, in Duplicati's order: worst last.
pub(crate) const LISTS: [(&str, Level); 6] = [
    ("Messages", Level::Information),
    ("Warnings", Level::Warning),
    ("Errors", Level::Error),
    ("LimitedMessages", Level::Information),
    ("LimitedWarnings", Level::Warning),
    ("LimitedErrors", Level::Error),
];

impl RawLog {
    /// Reads `LogLines`, or the lists of a result object if there are no lines.
    pub(crate) fn from_json(root: &Object, data: &Object) -> Self {
        let mut raw = Self::default();
        if let Some(lines) = root.get("LogLines") {
            raw.add(lines, Level::Other);
        }
        if raw.entries.is_empty() {
            for (key, level) in LISTS {
                if let Some(lines) = data.get(key) {
                    raw.add(lines, level);
                }
            }
            raw.merge_lists();
        }
        raw
    }

    fn add(&mut self, lines: &Value, level: Level) {
        match lines {
            Value::Array(lines) => {
                self.present = true;
                self.entries.extend(lines.iter().filter_map(as_entry).map(|entry| (level, entry)));
            }
            Value::String(text) if json::looks_like_json(text) => {
                if let Ok(lines @ Value::Array(_)) = json::parse(text, &Limits::default()) {
                    self.add(&lines, level);
                }
            }
            Value::String(text) => self.add_text(text, level),
            _ => {}
        }
    }

    /// Adds the entries of a text; each extends to the next time stamp.
    pub(crate) fn add_text(&mut self, text: &str, level: Level) {
        self.present = true;
        let mut open = false;
        for line in text.lines() {
            let starts = line::starts_entry(line) || dropped_by_sender(line).is_some();
            match self.entries.last_mut() {
                Some((_, entry)) if open && !starts => {
                    entry.push('\n');
                    entry.push_str(line);
                }
                _ if line.trim().is_empty() => continue,
                _ => self.entries.push((level, line.to_owned())),
            }
            open = true;
        }
    }

    /// Adds one entry of a list in a text report.
    pub(crate) fn add_entry(&mut self, level: Level, entry: String) {
        self.present = true;
        self.entries.push((level, entry));
    }

    /// Merges the lists into one log: sorted by time if every line has one.
    pub(crate) fn merge_lists(&mut self) {
        let local = |entry: &str| line::split_stamp(entry.trim()).map(|(stamp, _)| stamp.local);
        if self.entries.iter().all(|(_, entry)| local(entry).is_some()) {
            self.entries.sort_by_cached_key(|(_, entry)| local(entry));
        }
    }

    /// Parses the whole log. If the sender cut it, its last entry says so.
    pub(crate) fn to_log(&self) -> Log {
        let mut log = Log::default();
        for (level, entry) in &self.entries {
            match dropped_by_sender(entry) {
                Some(dropped) => {
                    log.dropped_by_sender = Some(log.dropped_by_sender.unwrap_or(0).saturating_add(dropped))
                }
                None => log.lines.extend(LogLine::parse(entry, *level)),
            }
        }
        log
    }
}

fn as_entry(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// Parses `... and N more`, which is not a log line but the sender's note that it cut the log.
pub(crate) fn dropped_by_sender(entry: &str) -> Option<i64> {
    let number =
        entry.trim().strip_prefix("...")?.trim_start().strip_prefix("and ")?.strip_suffix(" more")?;
    time::digits(number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entries(root: &Value, data: &Value) -> Vec<String> {
        let empty = Object::new();
        let raw = RawLog::from_json(root.as_object().unwrap_or(&empty), data.as_object().unwrap_or(&empty));
        raw.entries.into_iter().map(|(_, entry)| entry).collect()
    }

    #[test]
    fn lines_are_read_as_a_list_as_its_text_and_as_text() {
        let none = json!({});
        assert_eq!(entries(&json!({ "LogLines": ["one", null, 2] }), &none), ["one", "2"]);
        assert_eq!(entries(&json!({ "LogLines": r#"["one","two"]"# }), &none), ["one", "two"]);
        let text = "\n \n2026-01-01 02:00:00 +00 - one\nmore\n\n2026-01-01 02:00:01 +00 - two";
        let expected = ["2026-01-01 02:00:00 +00 - one\nmore\n", "2026-01-01 02:00:01 +00 - two"];
        assert_eq!(entries(&json!({ "LogLines": text }), &none), expected);
    }

    #[test]
    fn the_lists_count_where_there_are_no_lines() {
        let data = json!({ "Warnings": ["w"], "Errors": ["e"] });
        assert_eq!(entries(&json!({ "LogLines": [] }), &data), ["w", "e"]);
        assert_eq!(entries(&json!({ "LogLines": " \n " }), &data), ["w", "e"], "a blank text has no lines");
        assert_eq!(entries(&json!({ "LogLines": ["one"] }), &data), ["one"]);
    }

    #[test]
    fn lists_are_put_in_order_of_time_where_all_lines_have_one() {
        let data = json!({
            "Messages": ["2026-01-01 02:00:02 +00 - m"], "Errors": ["2026-01-01 02:00:01 +00 - e"],
        });
        let times = ["2026-01-01 02:00:01 +00 - e", "2026-01-01 02:00:02 +00 - m"];
        assert_eq!(entries(&json!({}), &data), times);
    }
}
