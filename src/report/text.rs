//! Text reports of every version since 2.0.2. Invariant: a text is a report only if it names a run; everything else
//! stays unidentified.

use serde_json::{Value, json};

use super::build::Parts;
use super::exception;
use super::gather::{LISTS, RawLog};
use super::header::{self, Header};
use super::identity::Identity;
use super::line::{self, Level};
use super::value::Object;
use super::versions::LABELS;
use crate::duplicati_version::DuplicatiVersion;

/// Maximum number of `Key: Value` lines stored.
const MAX_FIELDS: usize = 500;
/// Number of lines in which the header is searched; custom templates have greetings above it.
const HEADER_LINES: usize = 20;
/// Keys that end the text of an exception although their values are not numbers.
const RESULT_KEYS: [&str; 8] = [
    "MainOperation",
    "ParsedResult",
    "Version",
    "EndTime",
    "BeginTime",
    "Duration",
    "PartialBackup",
    "Interrupted",
];

/// The key of the results of copies to second destinations.
const COPIES: &str = "RemoteSynchronizationResults";
/// Keys of which a result has at least one.
const RESULT: [&str; 4] = ["ParsedResult", "MainOperation", "BeginTime", "ExaminedFiles"];

/// Returns whether a text has the header of a report.
pub(crate) fn names_a_job(text: &str) -> bool {
    header::of_text(text, HEADER_LINES).is_some()
}

/// Parses a text report; `None` if the text names no run.
pub(crate) fn parse(text: &str) -> Option<Parts> {
    let header_text = header::of_text(text, HEADER_LINES);
    let header = header_text.as_deref().and_then(Header::parse);
    let mut reader = Reader::default();
    for line in text.lines() {
        reader.read(line);
    }
    let Reader { fields, failed, details, mut log, lists, log_text, .. } = reader;
    if let Some(text) = log_text {
        log.add_text(&text, Level::Other);
    }
    if log.entries.is_empty() {
        for (level, entry) in lists {
            log.add_entry(level, entry);
        }
        log.merge_lists();
    }
    let is_failure = failed.is_some() && (header.is_some() || details.is_some());
    let is_result = RESULT.iter().any(|key| fields.contains_key(*key));
    // Duplicati prints `null?` for a missing result. Any other text below a header is a custom message.
    let has_none = header.is_some() && text.lines().any(|line| line.trim() == "null?");
    if !is_failure && !is_result && !has_none {
        return None;
    }
    Some(Parts {
        exception: details.or(failed).and_then(|text| exception::from_text(&text)),
        failed: is_failure && !fields.contains_key("ParsedResult"),
        operation: header.as_ref().map(|header| header.operation.to_owned()),
        identity: header.map(|header| header.identity(names_ids(&fields))).unwrap_or_default(),
        data: (!fields.is_empty()).then_some(fields),
        log,
        ..Parts::default()
    })
}

/// Returns whether the sender is 2.0.8 or newer, whose default template always includes the ids.
fn names_ids(fields: &Object) -> bool {
    let version = fields.get("Version").and_then(Value::as_str).unwrap_or_default();
    version.parse::<DuplicatiVersion>().is_ok_and(|version| version >= DuplicatiVersion::NAMES_IDS)
}

/// The state of the reader.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum ReaderState {
    #[default]
    Fields,
    Details,
    List(Level),
    /// A list of results of steps; `copies` if the steps are copies to second destinations.
    Nested {
        copies: bool,
    },
    Log,
}

#[derive(Debug, Default)]
struct Reader {
    place: ReaderState,
    fields: Object,
    failed: Option<String>,
    details: Option<String>,
    lists: Vec<(Level, String)>,
    /// Whether the next line of a list starts an item.
    item_ended: bool,
    /// Whether the list has the run's first messages, and whether its last item is stored.
    first_messages: bool,
    is_kept: bool,
    log: RawLog,
    log_text: Option<String>,
}

impl Reader {
    fn read(&mut self, line: &str) {
        match self.place {
            ReaderState::Log => append(&mut self.log_text, line),
            ReaderState::List(level) => self.read_item(level, line),
            ReaderState::Nested { copies } => self.read_nested(copies, line),
            ReaderState::Fields | ReaderState::Details if line.trim_end() == "Log data:" => {
                self.place = ReaderState::Log;
                self.log_text = Some(String::new());
            }
            ReaderState::Details if field(line).is_none_or(|(key, value)| !ends_details(key, value)) => {
                append(&mut self.details, line);
            }
            ReaderState::Fields | ReaderState::Details => self.read_field(line),
        }
    }

    fn read_field(&mut self, line: &str) {
        self.place = ReaderState::Fields;
        let Some((key, value)) = field(line) else {
            return;
        };
        match (key, LISTS.iter().find(|(list, _)| *list == key)) {
            ("Failed", _) if self.failed.is_none() => self.failed = Some(value.to_owned()),
            ("Details", _) if self.failed.is_some() && self.details.is_none() => {
                // The line break stays, because the stack trace follows.
                self.details = Some(format!("{value}\n"));
                self.place = ReaderState::Details;
            }
            (_, Some((_, level))) if value.starts_with('[') => {
                self.log.present = true;
                if !value.ends_with(']') {
                    self.place = ReaderState::List(*level);
                    self.first_messages = key == "LimitedMessages";
                    self.item_ended = true;
                }
            }
            (_, None) if value == "[" => self.place = ReaderState::Nested { copies: key == COPIES },
            // The first value wins: recursive variants repeat the keys for child results.
            _ if self.fields.len() < MAX_FIELDS && !self.fields.contains_key(key) => {
                self.fields.insert(key.to_owned(), Value::from(value));
            }
            _ => {}
        }
    }

    /// Reads the result of a step. Only copies to second destinations are stored, with their success.
    fn read_nested(&mut self, copies: bool, line: &str) {
        if line.trim_end() == "]" {
            self.place = ReaderState::Fields;
            return;
        }
        let Some((key, value)) = line.strip_prefix("    ").and_then(field).filter(|_| copies) else { return };
        let list = self.fields.entry(COPIES).or_insert_with(|| Value::Array(Vec::new()));
        let Some(list) = list.as_array_mut() else { return };
        match key {
            "Destination" if list.len() < MAX_FIELDS => list.push(json!({ key: value })),
            "ParsedResult" => {
                if let Some(Value::Object(last)) = list.last_mut() {
                    last.insert(key.to_owned(), Value::from(value));
                }
            }
            _ => {}
        }
    }

    fn read_item(&mut self, level: Level, line: &str) {
        if line.trim_end() == "]" {
            self.place = ReaderState::Fields;
            return;
        }
        let line = line.strip_prefix("    ").unwrap_or(line).trim_end();
        let text = line.strip_suffix(',').unwrap_or(line);
        // Lists are cut after ten items.
        if text == "..." {
            self.item_ended = true;
            return;
        }
        match self.lists.last_mut() {
            _ if !self.item_ended && !self.is_kept && !line::starts_entry(text) => {}
            Some((_, item)) if !self.item_ended && !line::starts_entry(text) => {
                item.push('\n');
                item.push_str(text);
            }
            _ => {
                // The first messages of a run are not its log: JSON reports have none of them unless the log level
                // includes all.
                self.is_kept = !self.first_messages || LABELS.iter().any(|label| text.contains(label));
                if self.is_kept {
                    self.lists.push((level, text.to_owned()));
                }
            }
        }
        self.item_ended = line.ends_with(',');
    }
}

/// Splits `Key: Value` at the start of a line if the key is a property name.
fn field(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once(':')?;
    let is_name =
        key.starts_with(|c: char| c.is_ascii_uppercase()) && key.bytes().all(|b| b.is_ascii_alphanumeric());
    (is_name && key.len() <= 60).then_some((key, value.trim()))
}

/// Returns whether a line ends the text of an exception. Exceptions have lines such as `Message: …` too, so only the
/// keys of a result do.
fn ends_details(key: &str, value: &str) -> bool {
    RESULT_KEYS.contains(&key)
        || LISTS.iter().any(|(list, _)| *list == key && value.starts_with('['))
        || value.parse::<i64>().is_ok()
        || matches!(value, "True" | "False")
}

fn append(text: &mut Option<String>, line: &str) {
    let text = text.get_or_insert_default();
    text.push_str(line);
    text.push('\n');
}

/// Fills the identity of a text report from the other parameters of the form.
pub(crate) fn with_parameters(parts: Parts, parameters: &Object) -> Parts {
    let identity = parts.identity.or(Identity::from_extra(parameters));
    Parts { identity, ..parts }
}

#[cfg(test)]
#[path = "text_tests.rs"]
mod tests;
