//! The newest lines of the program's log, in memory, for the log page. Lines and total bytes are bounded.
//! Anything that looks like a secret is masked before a line is stored, although secrets should never be logged.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{clock::Clock, dto::log::LogLevel, report::mask_secrets, time::Timestamp};

/// Maximum number of lines.
pub const MAX_LINES: usize = 5_000;
/// Maximum bytes of all lines together.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Maximum bytes of one line.
const MAX_LINE: usize = 4 * 1024;
/// Maximum bytes of a text that are processed. Larger than [`MAX_LINE`], because masking shortens a text.
const MAX_LOOK: usize = 4 * MAX_LINE;
/// Maximum bytes of a target or of a field's name.
const MAX_NAME: usize = 100;
/// Approximate overhead of a line beside its texts, in bytes.
const OVERHEAD: usize = 160;

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When it was written.
    pub at: Timestamp,
    /// How serious it is.
    pub level: LogLevel,
    /// The module that wrote it.
    pub target: String,
    /// The message.
    pub message: String,
    /// Names and values of its fields.
    pub fields: Vec<(String, String)>,
}

/// A stored line.
#[derive(Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// Its number since the program started, from 1.
    pub number: i64,
    /// The line: masked, bounded, without control characters.
    pub entry: LogEntry,
}

/// The ring buffer of the newest lines.
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
    /// Creates an empty buffer. `filter` is the log filter from the command line.
    pub fn new(filter: &str, clock: &Clock) -> Self {
        Self { filter: filter.to_owned(), began: clock.now(), ring: Mutex::default() }
    }

    /// Returns the log filter from the command line.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// Returns when the buffer was created, which is when the program started.
    pub fn began(&self) -> Timestamp {
        self.began
    }

    /// Adds a line and drops the oldest ones when there are too many.
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

    /// Returns all lines, oldest first. The lines are shared, so readers do not hold the lock while they use
    /// them.
    pub fn lines(&self) -> Vec<Arc<LogRecord>> {
        self.ring().lines.iter().cloned().collect()
    }

    /// Locks the ring. A poisoned lock is safe to use, because a line is added as a whole or not at all.
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LogEntry {
    /// Returns whether the line contains a text; `needle` must be lower case.
    pub fn contains(&self, needle: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(needle);
        needle.is_empty()
            || has(&self.message)
            || has(&self.target)
            // Fields are searched in the form in which they are shown.
            || self.fields.iter().any(|(name, value)| has(&format!("{name}={value}")))
    }

    fn size(&self) -> usize {
        let fields: usize = self.fields.iter().map(|(name, value)| name.len() + value.len()).sum();
        OVERHEAD + self.target.len() + self.message.len() + fields
    }

    /// Returns the entry masked, bounded and without control characters.
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
            // Masked together with its name: a secret may be recognizable only by that.
            let pair = masked(&format!("{}={value}", cut(&name, MAX_NAME)));
            let (name, whole) = pair.split_once('=').unwrap_or((&name, ""));
            let (name, value) = (take(name), take(whole));
            // A name without its value would look like an empty value.
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

/// Returns at most `most` bytes of a text; `…` marks where it was cut.
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
