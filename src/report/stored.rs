//! Logs as other programs store them: lists of lines as JSON texts, in separate columns. Invariant: text that is not
//! valid JSON is kept as text, and nothing is listed twice.

use std::collections::HashSet;

use serde_json::Value;

use super::{gather::RawLog, json, limits::Limits, line::Level, log::Log, time, versions};

/// The three lists of a run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct StoredLists<'a> {
    /// All lines, or only the informational ones.
    pub(crate) messages: Option<&'a str>,
    /// The warnings, which may also be among the messages.
    pub(crate) warnings: Option<&'a str>,
    /// The errors, which may also be among the messages.
    pub(crate) errors: Option<&'a str>,
}

/// The result of reading the lists.
#[derive(Debug, Default)]
pub(crate) struct ReadLists {
    /// The log, within its limits.
    pub(crate) log: Log,
    /// Versions that the log names, newest first, in seconds since 1970 UTC.
    pub(crate) versions: Vec<i64>,
    /// Number of lists that were not JSON and were kept as text.
    pub(crate) damaged: usize,
}

impl StoredLists<'_> {
    /// Builds a log from the lists. `zone` is a time with the sender's offset, used for dates without one.
    pub(crate) fn read(self, zone: Option<&str>) -> ReadLists {
        let mut raw = RawLog::default();
        let mut damaged = 0;
        let lists =
            [(self.messages, Level::Other), (self.warnings, Level::Warning), (self.errors, Level::Error)];
        for (text, level) in lists {
            let Some(text) = text.filter(|text| !text.trim().is_empty()) else { continue };
            let Some(lines) = entries(text) else {
                damaged += 1;
                raw.add_text(text, level);
                continue;
            };
            let known: HashSet<String> = raw.entries.iter().map(|(_, entry)| entry.clone()).collect();
            for line in lines.into_iter().filter(|line| !known.contains(line)) {
                raw.add_entry(level, line);
            }
        }
        raw.merge_lists();
        let offset = zone.and_then(time::parse_iso).and_then(|(_, offset)| offset);
        let versions = versions::available_versions(&raw, offset, None);
        ReadLists { log: raw.to_log().bounded(), versions, damaged }
    }
}

/// Returns the elements of a JSON array as texts; `None` if it is not an array.
fn entries(text: &str) -> Option<Vec<String>> {
    // The common case, an array of texts, is flat and needs none of the limits for untrusted documents.
    if let Ok(lines) = serde_json::from_str::<Vec<String>>(text) {
        return Some(lines);
    }
    match json::parse(text, &Limits::default()).ok()? {
        Value::Null => Some(Vec::new()),
        Value::Array(lines) => Some(
            lines
                .into_iter()
                .filter(|line| !line.is_null())
                .map(|line| line.as_str().map_or_else(|| line.to_string(), str::to_owned))
                .collect(),
        ),
        _ => None,
    }
}

/// Returns the times in a JSON array of ISO texts, newest first.
pub(crate) fn stored_versions(text: &str) -> Option<Vec<i64>> {
    let mut times: Vec<i64> = entries(text)?.iter().filter_map(|text| time::parse_instant(text)).collect();
    times.sort_unstable_by(|a, b| b.cmp(a));
    times.dedup();
    Some(times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_become_one_log_without_repetitions() {
        let lists = StoredLists {
            messages: Some(
                r#"["2026-01-01 02:00:00 +01 - [Information-A.B-C]: one","2026-01-01 02:00:02 +01 - [Warning-A.B-D]: two"]"#,
            ),
            warnings: Some(r#"["2026-01-01 02:00:02 +01 - [Warning-A.B-D]: two"]"#),
            errors: Some(r#"["2026-01-01 02:00:01 +01 - [Error-A.B-E]: three", null, {"odd":1}]"#),
        };
        let read = lists.read(None);
        let texts: Vec<&str> = read.log.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["one", "two", "three", r#"{"odd":1}"#], "unsorted, since one line has no time");
        assert_eq!((read.log.count(Level::Warning), read.damaged), (1, 0));
    }

    #[test]
    fn what_is_not_json_is_kept_as_text() {
        let lists =
            StoredLists { messages: Some("[\"cut off"), errors: Some("{}"), ..StoredLists::default() };
        let read = lists.read(None);
        assert_eq!(read.damaged, 2);
        let texts: Vec<&str> = read.log.lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["[\"cut off", "{}"]);
        assert_eq!(read.log.lines.last().map(|line| line.level), Some(Level::Error));
    }

    #[test]
    fn a_list_that_is_null_is_empty() {
        let read = StoredLists { messages: Some("null"), warnings: Some(" "), errors: None }.read(None);
        assert_eq!((read.damaged, read.log), (0, Log::default()));
    }

    #[test]
    fn versions_are_read_by_the_senders_clock() {
        let lists = StoredLists {
            messages: Some(
                r#"["2026-01-03 02:00:00 +01 - [Information-A.B-C]: Backups to consider: 02.01.2026 02:00:00, 01.01.2026 02:00:00"]"#,
            ),
            ..StoredLists::default()
        };
        assert_eq!(lists.read(None).versions, [1_767_315_600, 1_767_229_200]);
        assert_eq!(
            stored_versions(r#"["2026-01-01T01:00:00.000Z","2026-01-02T01:00:00.000Z","x"]"#),
            Some(vec![1_767_315_600, 1_767_229_200])
        );
        assert_eq!(stored_versions("nonsense"), None);
    }
}
