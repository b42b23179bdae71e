//! The filters: a form whose fields are the words of the URL.

use duplistatus::dto::audit::AuditQuery;
use leptos::prelude::*;

use super::{
    query::PATH,
    words::{action_words, group_words},
};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{
        filter_form::{FilterInput, FilterSelect, choice},
        form::get_form::GetForm,
    },
};

/// The form.
#[component]
pub fn Filters(
    /// What was asked for.
    query: AuditQuery,
    /// Actors that occur.
    actors: Vec<String>,
    /// Actions that occur, in the order of their words.
    actions: Vec<String>,
) -> impl IntoView {
    let locale = use_locale();
    let [(_, actor), (_, action), (_, result), (_, from), (_, to), (_, text), _] = query.words();
    let mut people = vec![choice(&actor, "", tr!(locale, audit.filters.anybody))];
    // The list is bounded, and a shared address may name somebody who is not in it.
    let missing = (!actor.is_empty() && !actors.contains(&actor)).then(|| actor.clone());
    people.extend(missing.into_iter().chain(actors).map(|name| choice(&actor, &name, name.clone())));
    let results = [
        choice(&result, "", tr!(locale, audit.filters.any_result)),
        choice(&result, "ok", tr!(locale, audit.result.ok)),
        choice(&result, "failed", tr!(locale, audit.result.failed)),
    ];
    let actions = actions_by_group(locale, &action, actions);
    view! {
        <GetForm to=PATH class="card filter-form" role="search">
            <FilterSelect name="actor" label=tr!(locale, audit.filters.actor)>
                {people}
            </FilterSelect>
            <FilterSelect name="action" label=tr!(locale, audit.filters.action)>
                {actions}
            </FilterSelect>
            <FilterInput name="from" label=tr!(locale, audit.filters.from) kind="date" value=from />
            <FilterInput name="to" label=tr!(locale, audit.filters.to) kind="date" value=to />
            <FilterSelect name="result" label=tr!(locale, audit.filters.result)>
                {results.into_iter().collect_view()}
            </FilterSelect>
            <FilterInput name="text" label=tr!(locale, audit.filters.text) value=text />
            <button type="submit" class="btn" data-variant="primary">
                {tr!(locale, audit.filters.submit)}
            </button>
        </GetForm>
    }
}

/// All actions of a kind, and each of them, under the kind's name.
fn actions_by_group(locale: Locale, chosen: &str, actions: Vec<String>) -> AnyView {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    let is_missing = !chosen.is_empty() && !chosen.ends_with('.') && !actions.iter().any(|a| a == chosen);
    for action in actions.into_iter().chain(is_missing.then(|| chosen.to_owned())) {
        let group = action.split_once('.').map_or(action.as_str(), |(group, _)| group).to_owned();
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, actions)) => actions.push(action),
            None => groups.push((group, vec![action])),
        }
    }
    let groups = groups.into_iter().map(|(group, actions)| {
        let whole = format!("{group}.");
        let all = (actions.len() > 1 || whole == chosen).then(|| {
            choice(chosen, &whole, tr!(locale, audit.filters.all_of, group = group_words(locale, &group)))
        });
        let each = actions.into_iter().map(|action| choice(chosen, &action, action_words(locale, &action)));
        view! {
            <optgroup label=group_words(locale, &group)>
                {all} {each.collect_view()}
            </optgroup>
        }
    });
    (choice(chosen, "", tr!(locale, audit.filters.any_action)), groups.collect_view()).into_any()
}
