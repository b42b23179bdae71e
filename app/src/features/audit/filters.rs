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
    ui::form::get_form::GetForm,
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
    view! {
        <GetForm to=PATH class="card audit-filters" role="search">
            {select("actor", tr!(locale, audit.filters.actor), people.into_any())}
            {select("action", tr!(locale, audit.filters.action), actions_by_group(locale, &action, actions))}
            {input("from", "date", tr!(locale, audit.filters.from), from)}
            {input("to", "date", tr!(locale, audit.filters.to), to)}
            {select("result", tr!(locale, audit.filters.result), results.into_any())}
            {input("text", "search", tr!(locale, audit.filters.text), text)}
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

fn choice(chosen: &str, value: &str, label: String) -> impl IntoView + use<> {
    let selected = chosen == value;
    view! {
        // The property as well: what a person chose before would outweigh the attribute.
        <option value=value.to_owned() selected=selected prop:selected=selected>
            {label}
        </option>
    }
}

fn select(name: &'static str, label: String, options: AnyView) -> impl IntoView {
    let id = format!("audit-{name}");
    view! {
        <div class="audit-field">
            <label for=id.clone()>{label}</label>
            <select class="field" id=id name=name>
                {options}
            </select>
        </div>
    }
}

fn input(name: &'static str, kind: &'static str, label: String, value: String) -> impl IntoView {
    let id = format!("audit-{name}");
    view! {
        <div class="audit-field">
            <label for=id.clone()>{label}</label>
            <input
                class="field"
                id=id
                type=kind
                name=name
                value=value.clone()
                prop:value=value
                maxlength="200"
                autocomplete="off"
                spellcheck="false"
            />
        </div>
    }
}
