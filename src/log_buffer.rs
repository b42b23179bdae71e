//! The newest lines of the program's log, in memory, for the page that shows them. Bounded in lines and in bytes,
//! whatever is logged; what looks like a secret is masked before it is kept, though none should be logged at all.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{clock::Clock, dto::log::LogLevel, report::mask_secrets, time::Timestamp};

/// Most lines.
pub const MAX_LINES: usize = 5_000;
/// Most bytes of all lines together.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Most bytes of one line.
const MAX_LINE: usize = 4 * 1024;
/// Bytes of one text that are looked at: masking can only make a text shorter than this.
const MAX_LOOK: usize = 4 * MAX_LINE;
/// Most bytes of a target or of a field's name.
const MAX_NAME: usize = 100;
/// What a line needs beside its texts, more or less.
const OVERHEAD: usize = 160;

/// One line of the log, as it is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When it was written.
    pub at: Timestamp,
    /// How serious it is.
    pub level: LogLevel,
    /// The part of the program that wrote it.
    pub target: String,
    /// What it says.
    pub message: String,
    /// Names and values that go with it.
    pub fields: Vec<(String, String)>,
}

/// A line that is kept.
#[derive(Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// Its number since the program started, from 1.
    pub number: i64,
    /// The line: masked, bounded, without control characters.
    pub entry: LogEntry,
}

/// The newest lines.
#[derive(Debug)]
pub struct LogBuffer {
    filter: String,
    began: Timestamp,
    ring: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    lines: VecDeque<Arc<LogRecord>>,
    bytes: usize,
    written: i64,
}

impl Default for LogBuffer {
    fn default() -> Self {
        Self::new("", &Clock::system())
    }
}

impl LogBuffer {
    /// An empty one. `filter` says what reaches it, as the command line has it.
    pub fn new(filter: &str, clock: &Clock) -> Self {
        Self { filter: filter.to_owned(), began: clock.now(), ring: Mutex::default() }
    }

    /// What reaches it, as the command line has it.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// When it was made: the start of the program.
    pub fn began(&self) -> Timestamp {
        self.began
    }

    /// Keeps a line, and forgets the oldest ones when there are too many.
    pub fn push(&self, entry: LogEntry) {
        let entry = entry.cleaned();
        let size = entry.size();
        let mut ring = self.ring();
        ring.written += 1;
        ring.bytes += size;
        let number = ring.written;
        ring.lines.push_back(Arc::new(LogRecord { number, entry }));
        while ring.lines.len() > MAX_LINES || ring.bytes > MAX_BYTES {
            let Some(oldest) = ring.lines.pop_front() else { break };
            ring.bytes = ring.bytes.saturating_sub(oldest.entry.size());
        }
    }

    /// All lines, oldest first. They are shared, so that whoever reads them does not hold up those who write.
    pub fn lines(&self) -> Vec<Arc<LogRecord>> {
        self.ring().lines.iter().cloned().collect()
    }

    /// A line is whole or not there at all, also after a panic elsewhere.
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogEntry {
    /// Whether a text occurs in it; `needle` is in lower case.
    pub fn contains(&self, needle: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(needle);
        needle.is_empty()
            || has(&self.message)
            || has(&self.target)
            // As it is shown, so that what was read can be searched.
            || self.fields.iter().any(|(name, value)| has(&format!("{name}={value}")))
    }

    fn size(&self) -> usize {
        let fields: usize = self.fields.iter().map(|(name, value)| name.len() + value.len()).sum();
        OVERHEAD + self.target.len() + self.message.len() + fields
    }

    /// Masked, within its bounds, and without what could move a terminal's cursor.
    fn cleaned(self) -> Self {
        let Self { at, level, target, message, fields } = self;
        let mut room = MAX_LINE - MAX_NAME;
        let mut take = |text: &str| {
            let text = cut(text, room);
            room -= text.len().min(room);
            text
        };
        let message = take(&masked(&message));
        let mut kept = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            // With its name: a secret may be told only by that.
            let pair = masked(&format!("{}={value}", cut(&name, MAX_NAME)));
            let (name, whole) = pair.split_once('=').unwrap_or((&name, ""));
            let (name, value) = (take(name), take(whole));
            // A name alone would say that the value is empty.
            if name.is_empty() || (value.is_empty() && !whole.is_empty()) {
                break;
            }
            kept.push((name, value));
        }
        Self { at, level, target: cut(&target, MAX_NAME), message, fields: kept }
    }
}

fn masked(text: &str) -> String {
    let text: String = text
        .get(..text.floor_char_boundary(MAX_LOOK))
        .unwrap_or_default()
        .chars()
        .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
        .collect();
    mask_secrets(&text).into_owned()
}

/// At most so many bytes of a text; what is missing is said.
fn cut(text: &str, most: usize) -> String {
    const MORE: &str = "…";
    if text.len() <= most {
        return text.to_owned();
    }
    match most.checked_sub(MORE.len()) {
        Some(most) => format!("{}{MORE}", text.get(..text.floor_char_boundary(most)).unwrap_or_default()),
        None => String::new(),
    }
}

#[cfg(test)]
#[path = "log_buffer_tests.rs"]
mod tests;
