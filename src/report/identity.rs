//! Who sent a report. Invariant: every part is trimmed, printable, at most 200 characters, and never empty.

use serde::{Deserialize, Serialize};

use super::{
    limits::MAX_IDENTITY_CHARS,
    value::{self, Object},
};

/// The machine and job named in a message. Any part may be missing, and none is authenticated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// `machine-id`: 32 hex digits unless overridden. From `Extra`, `metadata` or the header line of a text
    /// report.
    pub machine_id: Option<String>,
    /// `machine-name`: the host's name.
    pub machine_name: Option<String>,
    /// `backup-id`: `DB-n` for jobs of a server, a hash for the command line.
    pub backup_id: Option<String>,
    /// `backup-name`: the name the user gave the job.
    pub backup_name: Option<String>,
}

impl Identity {
    /// Returns whether no part is known.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        let Self { machine_id, machine_name, backup_id, backup_name } = self;
        machine_id.is_none() && machine_name.is_none() && backup_id.is_none() && backup_name.is_none()
    }

    /// Reads the `Extra` object of a report, or the parameters of a form.
    pub(crate) fn from_extra(extra: &Object) -> Self {
        let part = |key| value::text(extra, key).and_then(|text| clean(&text));
        Self {
            machine_id: part("machine-id"),
            machine_name: part("machine-name"),
            backup_id: part("backup-id"),
            backup_name: part("backup-name"),
        }
    }

    /// Fills missing parts from a less trusted source.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            machine_id: self.machine_id.or(other.machine_id),
            machine_name: self.machine_name.or(other.machine_name),
            backup_id: self.backup_id.or(other.backup_id),
            backup_name: self.backup_name.or(other.backup_name),
        }
    }
}

/// Cleans one part of an identity for storing and display; `None` if nothing is left.
pub(crate) fn clean(text: &str) -> Option<String> {
    // Masked before it is cut: half a secret could no longer be recognized.
    let masked = super::own_secrets::hide(text);
    // Line breaks become spaces, as in a text report.
    let spaced = masked.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let printable: String = spaced.filter(|c| !is_invisible(*c)).collect();
    let bounded: String = printable.trim().chars().take(MAX_IDENTITY_CHARS).collect();
    let bounded = bounded.trim_end();
    (!value::is_absent_word(bounded)).then(|| bounded.to_owned())
}

/// Returns whether a character is a control character or a mark that reorders or hides text. Without them,
/// names that look equal are equal.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_enough_for_an_identity() {
        assert!(Identity::default().is_empty());
        let part = || Some("x".to_owned());
        let known = [
            Identity { machine_id: part(), ..Identity::default() },
            Identity { machine_name: part(), ..Identity::default() },
            Identity { backup_id: part(), ..Identity::default() },
            Identity { backup_name: part(), ..Identity::default() },
        ];
        for identity in known {
            assert!(!identity.is_empty(), "{identity:?}");
        }
    }

    #[test]
    fn names_that_look_equal_are_equal() {
        for name in
            ["nas", " nas\u{7} ", "n\u{200B}as", "n\u{202E}as", "n\u{2060}as", "\u{2066}nas", "\u{FEFF}nas"]
        {
            assert_eq!(clean(name).as_deref(), Some("nas"), "{name:?}");
        }
        assert_eq!(clean("two\nlines").as_deref(), Some("two lines"));
        assert_eq!(clean("null"), None);
        let long = format!("{} x", "A".repeat(MAX_IDENTITY_CHARS - 1));
        assert_eq!(clean(&long), Some("A".repeat(MAX_IDENTITY_CHARS - 1)));
    }
}
