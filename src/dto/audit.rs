//! The audit trail, as its page shows it.

use serde::{Deserialize, Serialize};

use super::{Moment, Paging};
use crate::time::Day;

/// Most entries in one export.
pub const EXPORT_ROWS: i64 = 100_000;

/// What of the trail is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Name of the actor; empty is everybody.
    pub actor: String,
    /// An action, or the beginning of one (`user.`); empty is all.
    pub action: String,
    /// Only what worked, or only what did not.
    pub success: Option<bool>,
    /// First day, by the site's calendar.
    pub from: Option<Day>,
    /// Last day.
    pub to: Option<Day>,
    /// Occurs in actor, target or address.
    pub text: String,
    /// Page, from 1.
    pub page: i64,
}

impl AuditQuery {
    /// From the words of a URL; what cannot be read is as if it was not there.
    pub fn from_words(word: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| word(name).unwrap_or_default().trim().to_owned();
        Self {
            actor: text("actor"),
            action: text("action"),
            success: match text("result").as_str() {
                "ok" => Some(true),
                "failed" => Some(false),
                _ => None,
            },
            from: text("from").parse().ok(),
            to: text("to").parse().ok(),
            text: text("text"),
            page: text("page").parse().unwrap_or(1),
        }
    }

    /// Its words in a URL; what is not asked for is empty.
    pub fn words(&self) -> [(&'static str, String); 7] {
        let Self { actor, action, success, from, to, text, page } = self;
        let result = match success {
            Some(true) => "ok",
            Some(false) => "failed",
            None => "",
        };
        let day = |day: &Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        [
            ("actor", actor.clone()),
            ("action", action.clone()),
            ("result", result.to_owned()),
            ("from", day(from)),
            ("to", day(to)),
            ("text", text.clone()),
            ("page", if *page > 1 { page.to_string() } else { String::new() }),
        ]
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Row id.
    pub id: i64,
    /// When.
    pub at: Moment,
    /// What kind of actor: `user`, `api_key`, `ingest_key`, `command_line`, `system`, `anonymous`.
    pub actor_kind: String,
    /// Who, as the name was then.
    pub actor: String,
    /// From where.
    pub address: Option<String>,
    /// What: `user.create`.
    pub action: String,
    /// To what kind of thing.
    pub target_kind: Option<String>,
    /// Its row id.
    pub target_id: Option<i64>,
    /// Its name then.
    pub target: Option<String>,
    /// Whether it worked.
    pub success: bool,
    /// What changed, before: names and values.
    pub before: Vec<(String, String)>,
    /// What changed, after.
    pub after: Vec<(String, String)>,
}

/// One page of the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// When it was asked for.
    pub now: Moment,
    /// Entries, newest first.
    pub rows: Vec<AuditRow>,
    /// Which page of how many.
    pub paging: Paging,
    /// Actors that occur.
    pub actors: Vec<String>,
    /// Actions that occur.
    pub actions: Vec<String>,
    /// How long entries are kept: days.
    pub retention_days: i64,
}

impl super::shown::Shown for AuditPage {
    fn now(&self) -> Moment {
        self.now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[(&str, &str)]) -> AuditQuery {
        AuditQuery::from_words(|name| {
            words.iter().find(|(known, _)| *known == name).map(|(_, word)| (*word).to_owned())
        })
    }

    #[test]
    fn every_filter_survives_the_url() {
        let words = [
            ("actor", "jo (widget)"),
            ("action", "user."),
            ("result", "failed"),
            ("from", "2026-11-01"),
            ("to", "2026-11-23"),
            ("text", "192.0.2.7"),
            ("page", "3"),
        ];
        assert_eq!(
            read(&words).words().map(|(name, word)| (name, word)),
            words.map(|(n, w)| (n, w.to_owned()))
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_there() {
        let query = read(&[("result", "perhaps"), ("from", "yesterday"), ("page", "x"), ("actor", "  ")]);
        assert_eq!(query, AuditQuery { page: 1, ..AuditQuery::default() });
        assert!(query.words().iter().all(|(_, word)| word.is_empty()));
    }
}
