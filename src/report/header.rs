//! The first line of a text report, its only identity: `Duplicati Backup report for NAME (machine-id, backup-id, host)`.
//! Invariant: parentheses within a name are preserved; the last group is removed only if it holds identifiers.

use std::borrow::Cow;

use super::identity::{self, Identity};

/// Maximum lines of a header: a job's name may have line breaks.
const MAX_LINES: usize = 6;

/// Returns the header of a text as one line. A name with line breaks continues up to the group of ids.
pub(crate) fn of_text(text: &str, within: usize) -> Option<Cow<'_, str>> {
    let at = text.lines().take(within).position(|line| Header::parse(line).is_some())?;
    let first = text.lines().nth(at)?;
    if ends_with_ids(first) {
        return Some(Cow::Borrowed(first));
    }
    let mut whole = first.trim().to_owned();
    for line in text.lines().skip(at + 1).take(MAX_LINES) {
        let line = line.trim();
        // Below the header are values; a line that looks like one is not taken for a part of the name.
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

/// Returns whether a header ends with a group that must be ids, including the empty machine id of a new server.
fn ends_with_ids(line: &str) -> bool {
    split_last_group(line.trim()).is_some_and(|(_, group)| {
        let mut items = group.split(',').map(str::trim);
        let machine = items.next().unwrap_or_default();
        let backup = items.next().unwrap_or_default();
        (machine.is_empty() || is_machine_id(machine)) && is_backup_id(backup)
    })
}

/// A parsed header line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header<'a> {
    pub(crate) operation: &'a str,
    subject: &'a str,
}

impl<'a> Header<'a> {
    pub(crate) fn parse(line: &'a str) -> Option<Self> {
        let (operation, subject) = line.trim().strip_prefix("Duplicati ")?.split_once("report for")?;
        let operation = operation.trim();
        // A custom template may start the same way and continue as prose.
        let is_name = operation.len() <= 40 && operation.chars().all(|c| c.is_ascii_alphanumeric());
        is_name.then_some(Self { operation, subject: subject.trim() })
    }

    /// Returns the identity. The default template always ends with the group since 2.0.8 (`always_ids`).
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

/// Returns whether a text is 32 hex digits, with or without the dashes of a UUID.
fn is_machine_id(text: &str) -> bool {
    text.bytes().filter(|b| *b != b'-').count() == 32
        && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// Returns whether a text is `DB-n`, the id of a server's job, or a hex hash, which the command line derives from its
/// destination.
fn is_backup_id(text: &str) -> bool {
    let is_job =
        text.strip_prefix("DB-").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    is_job || (text.len() >= 16 && text.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const MACHINE: &str = "fedcba9876543210fedcba9876543210";

    #[rstest]
    #[case::id(MACHINE, true)]
    #[case::uuid("fedcba98-7654-3210-fedc-ba9876543210", true)]
    #[case::short("fedcba9876543210fedcba987654321", false)]
    #[case::long("fedcba9876543210fedcba98765432100", false)]
    #[case::no_hex("fedcba9876543210fedcba987654321g", false)]
    fn machine_ids(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_machine_id(text), expected);
    }

    #[rstest]
    #[case::job("DB-12", true)]
    #[case::no_number("DB-", false)]
    #[case::no_digits("DB-1x", false)]
    #[case::hash("0123456789abcdef", true)]
    #[case::short("0123456789abcde", false)]
    #[case::no_hex("0123456789abcdeg", false)]
    fn backup_ids(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_backup_id(text), expected);
    }

    #[rstest]
    #[case::report("Duplicati Backup report for Photos", true)]
    #[case::no_operation("Duplicati report for Photos", true)]
    #[case::prose("Duplicati is done, see the report for Photos", false)]
    #[case::too_long("Duplicati aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa report for Photos", false)]
    fn a_header_names_an_operation(#[case] line: &str, #[case] expected: bool) {
        assert_eq!(Header::parse(line).is_some(), expected);
    }

    #[rstest]
    #[case::of_a_name("a (x, y)", "a (x, y) b (MACHINE, DB-1)")]
    #[case::with_a_machine("a (MACHINE, y)", "a (MACHINE, y) b (MACHINE, DB-1)")]
    #[case::with_a_backup("a (x, DB-1)", "a (x, DB-1) b (MACHINE, DB-1)")]
    #[case::with_both("a (MACHINE, DB-1)", "a (MACHINE, DB-1)")]
    #[case::of_a_new_server("a (, DB-1)", "a (, DB-1)")]
    fn a_name_of_two_lines_ends_with_its_ids(#[case] first: &str, #[case] expected: &str) {
        let text =
            format!("Hello\nDuplicati Backup report for {first}\nb (MACHINE, DB-1)\nParsedResult: Success");
        let expected = format!("Duplicati Backup report for {expected}").replace("MACHINE", MACHINE);
        assert_eq!(of_text(&text.replace("MACHINE", MACHINE), 20).as_deref(), Some(expected.as_str()));
    }

    #[rstest]
    #[case::a_name_with_a_group("Photos (Plum, old)", false, [None, None, Some("Photos (Plum, old)"), None])]
    #[case::always("Photos (Plum, old)", true, [Some("Plum"), Some("old"), Some("Photos"), None])]
    #[case::a_backup("Photos (Plum, DB-1)", false, [Some("Plum"), Some("DB-1"), Some("Photos"), None])]
    #[case::a_machine("Photos (MACHINE, x, nas)", false, [Some(MACHINE), Some("x"), Some("Photos"), Some("nas")])]
    #[case::a_host_with_a_group("Photos (, DB-1, nas (2))", false, [None, Some("DB-1"), Some("Photos"), Some("nas (2)")])]
    #[case::one_item("Photos (DB-1)", true, [None, None, Some("Photos (DB-1)"), None])]
    fn the_last_group_is_taken_off_when_it_holds_ids(
        #[case] subject: &str,
        #[case] always: bool,
        #[case] expected: [Option<&str>; 4],
    ) {
        let line = format!("Duplicati Backup report for {}", subject.replace("MACHINE", MACHINE));
        let identity = Header::parse(&line).map(|header| header.identity(always)).unwrap_or_default();
        let Identity { machine_id, backup_id, backup_name, machine_name } = &identity;
        assert_eq!([machine_id, backup_id, backup_name, machine_name].map(|part| part.as_deref()), expected);
    }
}
