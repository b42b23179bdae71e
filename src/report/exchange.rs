//! A run's log in a format that other programs read, and back. Invariant: [`read`] returns the lines that [`written`] wrote,
//! in the same order.

use serde_json::{Map, Value};

use super::{
    gather::{RawLog, dropped_by_sender},
    json,
    limits::{Limits, MAX_LINE_BYTES, prose, word},
    line::{Level, LogLine, split_stamp, split_tag},
    log::Log,
    stored::{ReadLists, StoredLists},
    time::parse_instant,
    versions,
};
use crate::time::Timestamp;

/// Returns the lines as Duplicati writes them. A line that would not be read back unchanged becomes an object with its
/// parts. If the sender cut its log, the last entry is Duplicati's note of that.
pub(crate) fn written(log: &Log) -> Vec<Value> {
    let mut entries: Vec<Value> = log.lines.iter().map(entry).collect();
    entries.extend(log.dropped_by_sender.map(|dropped| format!("... and {dropped} more").into()));
    entries
}

fn entry(line: &LogLine) -> Value {
    let text = line.to_string();
    if reads_back(line, &text) {
        return text.into();
    }
    let mut parts = Map::new();
    parts.extend(line.time.map(|time| ("time".to_owned(), Timestamp::from_unix(time).to_string().into())));
    parts.insert("level".to_owned(), line.level.as_str().into());
    parts.extend(line.tag.clone().map(|tag| ("tag".to_owned(), tag.into())));
    parts.insert("text".to_owned(), line.text.clone().into());
    parts.into()
}

/// Returns whether a text is read back as this line. The parts are compared unchanged, because they were cleaned before they
/// were stored.
fn reads_back(line: &LogLine, text: &str) -> bool {
    let (time, rest) = match split_stamp(text) {
        Some((stamp, rest)) => (Some(stamp.utc()), rest),
        None => (None, text),
    };
    let (level, tag, message) = split_tag(rest).unwrap_or((Level::Other, "", rest));
    (time, level, tag, message)
        == (line.time, line.level, line.tag.as_deref().unwrap_or_default(), &line.text)
        && dropped_by_sender(text).is_none()
}

/// Reads a log written by another program or by [`written`]: a JSON array of lines, or else plain text.
pub(crate) fn read(text: &str) -> ReadLists {
    let Ok(Value::Array(entries)) = json::parse(text, &Limits::default()) else {
        return StoredLists { messages: Some(text), ..StoredLists::default() }.read(None);
    };
    let (mut log, mut raw) = (Log::default(), RawLog::default());
    for entry in entries.iter().filter(|entry| !entry.is_null()) {
        let text = match (entry, line_of(entry)) {
            (_, Some(line)) => {
                let text = line.to_string();
                log.lines.push(line);
                text
            }
            (Value::String(text), None) => {
                match dropped_by_sender(text) {
                    Some(more) => {
                        log.dropped_by_sender = Some(log.dropped_by_sender.unwrap_or(0).saturating_add(more));
                    }
                    None => log.lines.extend(LogLine::parse(text, Level::Other)),
                }
                text.clone()
            }
            (other, None) => {
                let text = other.to_string();
                log.lines.extend(LogLine::parse(&text, Level::Other));
                text
            }
        };
        raw.add_entry(Level::Other, text);
    }
    ReadLists { log: log.bounded(), versions: versions::available_versions(&raw, None, None), damaged: 0 }
}

/// Reads a line from an object with its parts; `None` if it is something else.
fn line_of(entry: &Value) -> Option<LogLine> {
    let text = prose(entry.get("text")?.as_str()?, MAX_LINE_BYTES)?;
    let part = |name: &str| entry.get(name).and_then(Value::as_str);
    let time = part("time")
        .and_then(|text| text.parse::<Timestamp>().map(Timestamp::unix).ok().or_else(|| parse_instant(text)));
    let level = part("level").and_then(Level::from_sender).unwrap_or_default();
    Some(LogLine { time, level, tag: part("tag").and_then(word), text })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(time: Option<i64>, level: Level, tag: Option<&str>, text: &str) -> LogLine {
        LogLine { time, level, tag: tag.map(Into::into), text: text.into() }
    }

    #[test]
    fn repeated_tags_and_cuts_are_written_out() {
        let lines = vec![
            line(Some(1_767_225_600), Level::Warning, Some("A.B-C"), "one"),
            line(Some(1_767_225_601), Level::Warning, Some("A.B-C"), "two"),
        ];
        let stored = Log { lines, dropped_by_sender: Some(7), dropped_by_us: 3 }.to_bounded_json();
        let log = Log::from_json(&stored).unwrap_or_default();
        assert_eq!(
            Value::from(written(&log)),
            serde_json::json!([
                "2026-01-01 00:00:00 +00 - [warning-A.B-C]: one",
                "2026-01-01 00:00:01 +00 - [warning-A.B-C]: two",
                "... and 7 more"
            ])
        );
    }

    #[test]
    fn lines_that_look_like_others_are_read_back_as_they_were_and_in_their_order() {
        let log = Log {
            lines: vec![
                line(Some(1_767_225_605), Level::Information, Some("A.B-C"), "later, but first"),
                line(Some(1_767_225_601), Level::Retry, None, "no tag"),
                line(Some(-5), Level::Error, Some("A.B-C"), "before 1970"),
                line(None, Level::Other, None, "[Error-A.B-C]: not an error"),
                line(None, Level::Other, None, "2026-01-01 00:00:00 +00 - not a time"),
                line(None, Level::Other, None, "... and 5 more"),
                line(None, Level::Other, Some("no dot"), "text"),
                line(None, Level::Warning, Some("A]B"), "text"),
                line(None, Level::Other, None, "first\nsecond"),
                line(None, Level::Other, None, "{\"text\":\"x\"}"),
                line(None, Level::Other, None, "twice"),
                line(None, Level::Other, None, "twice"),
            ],
            dropped_by_sender: Some(0),
            dropped_by_us: 0,
        };
        let read = read(&Value::from(written(&log)).to_string());
        assert_eq!(read.log, log);
    }

    #[test]
    fn a_text_and_odd_elements_are_read_too() {
        assert_eq!(read("one\ntwo").log.lines.len(), 1, "one that goes on");
        let texts: Vec<String> =
            read(r#"[null,"one",{"odd":1},3]"#).log.lines.into_iter().map(|line| line.text).collect();
        assert_eq!(texts, ["one", r#"{"odd":1}"#, "3"]);
    }
}
