//! The first line of a text report, its only identity: `Duplicati Backup report for NAME (machine-id, backup-id, host)`.
//! Invariant: a name keeps its own parentheses; the last group is taken off only when it holds identifiers.

use super::identity::{self, Identity};

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
