//! Groups and tags: links and a GET form, so that they work without a script and can be shared.

use duplistatus::{
    dto::dashboard::{DashboardQuery, Label, Labels},
    units::thousands,
    verdict::Verdict,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    query::{filter_word, sort_word, to_path},
    search::kept,
};
use crate::{
    locale::use_locale,
    tr,
    ui::{
        filter::Chip,
        form::get_form::GetForm,
        icon::{Shape, verdict_tone},
    },
};

/// The row above the filters; nothing while there are neither groups nor tags.
#[component]
pub fn LabelTools<'a>(
    /// Groups and tags.
    labels: &'a Labels,
    /// What was asked for.
    query: &'a DashboardQuery,
) -> impl IntoView + use<> {
    let locale = use_locale();
    let has_groups = labels.groups_total > 0 || !query.group.is_empty();
    let has_tags = labels.tags_total > 0 || !query.tag.is_empty();
    let groups = has_groups.then(|| view! { <Groups labels=labels query=query /> });
    let tags = has_tags.then(|| {
        let is_chosen = |name: &str| same(name, &query.tag);
        let known = labels.tags.iter().any(|label| is_chosen(&label.name));
        let missing = (!known && !query.tag.is_empty()).then(|| empty(&query.tag));
        let chips = missing.iter().chain(&labels.tags).map(|label| {
            let current = is_chosen(&label.name);
            // The chosen one leads back to all.
            let tag = if current { String::new() } else { label.name.clone() };
            let to = to_path(&DashboardQuery { tag, page: 1, ..query.clone() });
            let words = label.name.clone();
            let worst = label.worst.unwrap_or(Verdict::Paused);
            view! {
                <li>
                    <Chip to=to current=current shape=Shape::of_verdict(worst) tone=verdict_tone(worst)>
                        {words}
                    </Chip>
                </li>
            }
            .into_any()
        });
        let chips = chips.collect_view();
        let more = labels.tags_total - i64::try_from(labels.tags.len()).unwrap_or(0);
        let more = (more > 0).then(|| tr!(locale, dashboard.more, count = more));
        view! {
            <ul class="chips" role="list" aria-label=tr!(locale, dashboard.labels.tags)>
                {chips}
                {more.map(|more| view! { <li class="muted small">{more}</li> }.into_any())}
            </ul>
        }
        .into_any()
    });
    (has_groups || has_tags).then(|| view! { <div class="tools labels">{groups} {tags}</div> }.into_any())
}

/// Whether two names are those of one group or tag.
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

fn empty(name: &str) -> Label {
    Label { name: name.to_owned(), jobs: 0, worst: None }
}

/// The choice of a group. With a script it is followed at once.
#[component]
fn Groups<'a>(labels: &'a Labels, query: &'a DashboardQuery) -> impl IntoView + use<> {
    let locale = use_locale();
    let known = labels.groups.iter().any(|label| same(&label.name, &query.group));
    let missing = (!known && !query.group.is_empty()).then(|| empty(&query.group));
    let option = |value: String, words: String, selected: bool| {
        view! {
            // The property as well: what a person chose before would outweigh the attribute.
            <option value=value selected=selected prop:selected=selected>
                {words}
            </option>
        }
        .into_any()
    };
    let all = option(String::new(), tr!(locale, dashboard.labels.all_groups), query.group.is_empty());
    let each = missing.iter().chain(&labels.groups).map(|label| {
        let words = format!("{} ({})", label.name, thousands(label.jobs));
        option(label.name.clone(), words, same(&label.name, &query.group))
    });
    let options = [all].into_iter().chain(each).collect_view();
    let hidden = [
        kept("filter", filter_word(query.filter)),
        kept("tag", &query.tag),
        kept("q", &query.search),
        kept("sort", sort_word(query.sort)),
    ];
    let (navigate, asked) = (use_navigate(), query.clone());
    let chosen = move |event| {
        let group = event_target_value(&event);
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate(&to_path(&DashboardQuery { group, page: 1, ..asked.clone() }), options);
    };
    view! {
        <GetForm to="/" class="group-choice">
            {hidden}
            <select
                class="field"
                name="group"
                aria-label=tr!(locale, dashboard.labels.group)
                on:change=chosen
            >
                {options}
            </select>
            <button type="submit" class="btn">
                {tr!(locale, dashboard.labels.show)}
            </button>
        </GetForm>
    }
}
