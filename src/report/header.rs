//! The first line of a text report, its only identity: `Duplicati Backup report for NAME (machine-id, backup-id, host)`.
//! Invariant: a name keeps its own parentheses; the last group is taken off only when it holds identifiers.

use std::borrow::Cow;

use super::identity::{self, Identity};

/// Most lines of a header: a job's name may have line ends.
const MAX_LINES: usize = 6;

/// The header of a text, on one line: where a name has line ends, it goes on to the group of ids.
pub(crate) fn of_text(text: &str, within: usize) -> Option<Cow<'_, str>> {
    let at = text.lines().take(within).position(|line| Header::parse(line).is_some())?;
    let first = text.lines().nth(at)?;
    if ends_with_ids(first) {
        return Some(Cow::Borrowed(first));
    }
    let mut whole = first.trim().to_owned();
    for line in text.lines().skip(at + 1).take(MAX_LINES) {
        let line = line.trim();
        // Below the header stand values; a name that looks like one is not guessed at.
        if line.split_once(": ").is_some_and(|(key, _)| key.chars().all(|c| c.is_ascii_alphanumeric())) {
            break;
        }
        whole.push(' ');
        whole.push_str(line);
        if ends_with_ids(&whole) {
            return Some(Cow::Owned(whole));
        }
    }
    Some(Cow::Borrowed(first))
}

/// Whether a header ends with ids that can only be ids: the empty machine id of a new server, too.
fn ends_with_ids(line: &str) -> bool {
    split_last_group(line.trim()).is_some_and(|(_, group)| {
        let mut items = group.split(',').map(str::trim);
        let machine = items.next().unwrap_or_default();
        let backup = items.next().unwrap_or_default();
        (machine.is_empty() || is_machine_id(machine)) && is_backup_id(backup)
    })
}

/// What the header line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header<'a> {
    pub(crate) operation: &'a str,
    subject: &'a str,
}

impl<'a> Header<'a> {
    pub(crate) fn parse(line: &'a str) -> Option<Self> {
        let (operation, subject) = line.trim().strip_prefix("Duplicati ")?.split_once("report for")?;
        let operation = operation.trim();
        // A custom template may begin alike and go on as prose.
        let is_name = operation.len() <= 40 && operation.chars().all(|c| c.is_ascii_alphanumeric());
        is_name.then_some(Self { operation, subject: subject.trim() })
    }

    /// The identity; since 2.0.8 (`always_ids`) the default template always ends with the group.
    pub(crate) fn identity(&self, always_ids: bool) -> Identity {
        let named = |name: &str| Identity { backup_name: identity::clean(name), ..Identity::default() };
        let Some((name, group)) = split_last_group(self.subject) else {
            return named(self.subject);
        };
        let items: Vec<&str> = group.splitn(3, ',').map(str::trim).collect();
        let (machine_id, backup_id, machine_name) = match *items.as_slice() {
            [machine, backup] => (machine, backup, ""),
            [machine, backup, host] => (machine, backup, host),
            _ => return named(self.subject),
        };
        if !always_ids && !is_machine_id(machine_id) && !is_backup_id(backup_id) {
            return named(self.subject);
        }
        Identity {
            machine_id: identity::clean(machine_id),
            backup_id: identity::clean(backup_id),
            machine_name: identity::clean(machine_name),
            ..named(name)
        }
    }
}

/// Splits `name (group)` at the parenthesis that matches the last one; host names may have parentheses, too.
fn split_last_group(subject: &str) -> Option<(&str, &str)> {
    let inner = subject.strip_suffix(')')?;
    let mut depth = 1_usize;
    for (at, c) in inner.char_indices().rev() {
        match c {
            ')' => depth = depth.saturating_add(1),
            '(' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            let (name, group) = inner.split_at_checked(at)?;
            return Some((name.trim_end(), group.strip_prefix('(')?));
        }
    }
    None
}

/// 32 hex digits, with or without the dashes of a UUID.
fn is_machine_id(text: &str) -> bool {
    text.bytes().filter(|b| *b != b'-').count() == 32
        && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// `DB-n` of a server's job, or the hex hash the command line makes of its destination.
fn is_backup_id(text: &str) -> bool {
    let is_job =
        text.strip_prefix("DB-").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    is_job || (text.len() >= 16 && text.bytes().all(|b| b.is_ascii_hexdigit()))
}
