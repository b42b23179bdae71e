//! The filters in force, each with its way out.

use duplistatus::dto::audit::AuditQuery;
use leptos::prelude::*;

use super::{
    query::{PATH, is_filtered, path},
    words::action_words,
};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{filter::Chip, icon::Shape},
};

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

/// One chip for each filter; nothing when everything is shown.
#[component]
pub fn ActiveFilters(
    /// What was asked for.
    query: AuditQuery,
) -> impl IntoView {
    let locale = use_locale();
    is_filtered(&query).then(|| {
        let chips = active(locale, &query).into_iter().map(|(words, without)| {
            view! {
                <li>
                    <Chip to=path(&without) shape=Shape::Cross>
                        <span class="visually-hidden">{tr!(locale, audit.active.remove)} " "</span>
                        {words}
                    </Chip>
                </li>
            }
        });
        view! {
            <ul class="chips" role="list" aria-label=tr!(locale, audit.active.label)>
                {chips.collect_view()}
                <li>
                    <Chip to=PATH>{tr!(locale, audit.active.clear)}</Chip>
                </li>
            </ul>
        }
    })
}
