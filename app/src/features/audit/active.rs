//! The filters in force.

use duplistatus::dto::audit::AuditQuery;

use super::words::action_words;
use crate::{locale::Locale, tr};

/// What each filter says, and the query without it.
pub(super) fn active(locale: Locale, query: &AuditQuery) -> Vec<(String, AuditQuery)> {
    let first = AuditQuery { page: 1, ..query.clone() };
    let named = |name: String, value: String| format!("{name}: {value}");
    let mut filters = Vec::new();
    let mut add = |is_on: bool, words: String, without: AuditQuery| {
        if is_on {
            filters.push((words, without));
        }
    };
    add(
        !query.actor.is_empty(),
        named(tr!(locale, audit.filters.actor), query.actor.clone()),
        AuditQuery { actor: String::new(), ..first.clone() },
    );
    add(
        !query.action.is_empty(),
        named(tr!(locale, audit.filters.action), action_words(locale, &query.action)),
        AuditQuery { action: String::new(), ..first.clone() },
    );
    let result = match query.success {
        Some(true) => tr!(locale, audit.result.ok),
        _ => tr!(locale, audit.result.failed),
    };
    add(
        query.success.is_some(),
        named(tr!(locale, audit.filters.result), result),
        AuditQuery { success: None, ..first.clone() },
    );
    let day = |day: Option<_>| day.map(|day: duplistatus::time::Day| day.to_string()).unwrap_or_default();
    add(
        query.from.is_some(),
        named(tr!(locale, audit.filters.from), day(query.from)),
        AuditQuery { from: None, ..first.clone() },
    );
    add(
        query.to.is_some(),
        named(tr!(locale, audit.filters.to), day(query.to)),
        AuditQuery { to: None, ..first.clone() },
    );
    add(
        !query.text.is_empty(),
        named(tr!(locale, audit.filters.text), query.text.clone()),
        AuditQuery { text: String::new(), ..first.clone() },
    );
    filters
}
