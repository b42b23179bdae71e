//! Filters of a list: the fields of a form, what is in force, and the files with what they let pass.

use duplistatus::{
    dto::dashboard::{Label, Labels},
    units::thousands,
};
use leptos::prelude::*;

use super::{filter::Chip, icon::Shape, link::Link, notice::EmptyState};
use crate::{
    context::url::href,
    locale::{Locale, use_locale},
    tr,
};

/// An option of a select; the one that is `chosen` is selected.
pub fn choice(chosen: &str, value: &str, label: String) -> AnyView {
    let selected = chosen == value;
    view! {
        // The property as well: what a person chose before would outweigh the attribute.
        <option value=value.to_owned() selected=selected prop:selected=selected>
            {label}
        </option>
    }
    .into_any()
}

/// Options for groups or tags, with their jobs; a chosen one that nothing has is among them.
fn label_choices(locale: Locale, of: Vec<Label>, chosen: &str) -> Vec<AnyView> {
    let is_chosen = |name: &str| name.to_lowercase() == chosen.to_lowercase();
    let mut options = vec![choice(chosen, "", tr!(locale, runs.any))];
    if !chosen.is_empty() && !of.iter().any(|label| is_chosen(&label.name)) {
        options.push(choice(chosen, chosen, chosen.to_owned()));
    }
    options.extend(of.into_iter().map(|label| {
        let words = format!("{} ({})", label.name, thousands(label.jobs));
        let chosen = if is_chosen(&label.name) { label.name.as_str() } else { chosen };
        choice(chosen, &label.name, words)
    }));
    options
}

/// A field with a few choices.
#[component]
pub fn FilterSelect(
    /// Name in the URL.
    name: &'static str,
    /// What it is called.
    label: String,
    /// The options.
    children: Children,
) -> impl IntoView {
    let id = format!("filter-{name}");
    view! {
        <div class="filter-field">
            <label for=id.clone()>{label}</label>
            <select class="field" id=id name=name>
                {children()}
            </select>
        </div>
    }
}

/// The fields for a group and a tag; one of which there are none is missing.
#[component]
pub fn LabelFilters(
    /// Groups and tags.
    labels: Labels,
    /// The chosen group, or nothing.
    group: String,
    /// The chosen tag, or nothing.
    tag: String,
) -> impl IntoView {
    let locale = use_locale();
    let field = |name: &'static str, label: String, of: Vec<Label>, chosen: String| {
        (!of.is_empty() || !chosen.is_empty()).then(|| {
            view! {
                <FilterSelect name=name label=label>
                    {label_choices(locale, of, &chosen)}
                </FilterSelect>
            }
        })
    };
    (
        field("group", tr!(locale, labels.group), labels.groups, group),
        field("tag", tr!(locale, labels.tag), labels.tags, tag),
    )
}

/// Hidden fields that keep the order of a list; `word` returns the value of a name in the URL, or nothing.
pub fn kept_order(word: impl Fn(&str) -> String) -> AnyView {
    ["sort", "dir"]
        .map(|name| {
            let value = word(name);
            (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value /> })
        })
        .into_iter()
        .collect_view()
        .into_any()
}

/// A card that says why a list has no rows.
#[component]
pub fn EmptyList(
    /// The path without filters; `None` if none is in force.
    all: Option<&'static str>,
    /// What the filters did not find.
    unmatched: String,
    /// Title without filters.
    title: String,
    /// What would be here.
    what: String,
) -> impl IntoView {
    let locale = use_locale();
    let is_filtered = all.is_some();
    let clear = all.map(|all| {
        view! {
            <Link to=all class="btn">
                {tr!(locale, common.list.clear)}
            </Link>
        }
    });
    view! {
        <div class="card">
            <EmptyState title=if is_filtered { tr!(locale, runs.nothing) } else { title }>
                <p>{if is_filtered { unmatched } else { what }}</p>
                {clear}
            </EmptyState>
        </div>
    }
}

/// A field to fill in.
#[component]
pub fn FilterInput(
    /// Name in the URL.
    name: &'static str,
    /// What it is called.
    label: String,
    /// Type of the `<input>`.
    #[prop(default = "search")]
    kind: &'static str,
    /// What is in it.
    value: String,
) -> impl IntoView {
    let id = format!("filter-{name}");
    view! {
        <div class="filter-field">
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

/// The filters in force, each a link that removes it; nothing when everything is shown.
#[component]
pub fn ActiveFilters(
    /// What each says, and the path without it.
    filters: Vec<(String, String)>,
    /// The path without any.
    all: String,
) -> impl IntoView {
    let locale = use_locale();
    (!filters.is_empty()).then(|| {
        let chips = filters.into_iter().map(|(words, without)| {
            view! {
                <li>
                    <Chip to=without shape=Shape::Cross>
                        <span class="visually-hidden">{tr!(locale, common.list.remove)} " "</span>
                        {words}
                    </Chip>
                </li>
            }
        });
        view! {
            <ul class="chips" role="list" aria-label=tr!(locale, common.list.active)>
                {chips.collect_view()}
                <li>
                    <Chip to=all>{tr!(locale, common.list.clear)}</Chip>
                </li>
            </ul>
        }
    })
}

/// How much passes, and the links to the files with it.
#[component]
pub fn ListFiles(
    /// How much passes.
    count: String,
    /// What else there is to know about the files.
    #[prop(optional)]
    note: String,
    /// Paths of the CSV and the JSON file.
    files: (String, String),
) -> impl IntoView {
    let locale = use_locale();
    // A file is no page: the browser fetches it itself.
    let link = |path: &str, label: String, what: String| {
        view! {
            <a class="btn" href=href(path) rel="external" title=what.clone() aria-label=what>
                {label}
            </a>
        }
    };
    view! {
        <p class="list-files">
            <span class="muted">{count}</span>
            {(!note.is_empty()).then(|| view! { <span class="muted small">{note}</span> })}
            {link(&files.0, tr!(locale, common.list.csv), tr!(locale, common.list.csv_what))}
            {link(&files.1, tr!(locale, common.list.json), tr!(locale, common.list.json_what))}
        </p>
    }
}
