//! The filters: a form whose fields are the words of the URL, and those in force.

use duplistatus::{
    dto::{
        dashboard::Labels,
        schedules::{ScheduleFrom, SchedulesQuery},
    },
    verdict::Verdict,
};
use leptos::prelude::*;

use super::query::{PATH, path};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::verdict_word,
        filter_form::{FilterInput, FilterSelect, LabelFilters, choice, kept_order},
        form::get_form::GetForm,
    },
};

/// Where a schedule comes from.
pub(super) fn source_word(locale: Locale, source: ScheduleFrom) -> String {
    match source {
        ScheduleFrom::Set => tr!(locale, schedules.source.set),
        ScheduleFrom::Told => tr!(locale, schedules.source.told),
        ScheduleFrom::Learned => tr!(locale, schedules.source.learned),
        ScheduleFrom::Never => tr!(locale, schedules.source.never),
        ScheduleFrom::None => tr!(locale, schedules.source.none),
    }
}

/// The form. Sending it keeps the order.
#[component]
pub(super) fn Filters(
    /// What was asked for.
    query: SchedulesQuery,
    /// Groups and tags.
    labels: Labels,
) -> impl IntoView {
    let locale = use_locale();
    let words = query.words();
    let word = move |wanted: &str| {
        words.iter().find(|(name, _)| *name == wanted).map(|(_, word)| word.clone()).unwrap_or_default()
    };
    let (state, source) = (word("state"), word("source"));
    let mut states = vec![choice(&state, "", tr!(locale, runs.any))];
    states.extend(Verdict::ALL.map(|one| choice(&state, one.as_str(), verdict_word(locale, one))));
    let mut sources = vec![choice(&source, "", tr!(locale, runs.any))];
    sources.extend(ScheduleFrom::ALL.map(|one| choice(&source, one.as_str(), source_word(locale, one))));
    view! {
        <GetForm to=PATH class="card filter-form" role="search">
            <FilterInput name="text" label=tr!(locale, schedules.filters.text) value=word("text") />
            <FilterSelect name="state" label=tr!(locale, common.columns.state)>
                {states}
            </FilterSelect>
            <FilterSelect name="source" label=tr!(locale, schedules.filters.source)>
                {sources}
            </FilterSelect>
            <LabelFilters labels=labels group=query.group tag=query.tag />
            {kept_order(&word)}
            <button type="submit" class="btn" data-variant="primary">
                {tr!(locale, runs.filters.submit)}
            </button>
        </GetForm>
    }
}

/// What each filter in force says, and the path without it.
pub(super) fn active(locale: Locale, query: &SchedulesQuery) -> Vec<(String, String)> {
    let first = SchedulesQuery { page: 1, ..query.clone() };
    let SchedulesQuery { text, state, source, group, tag, .. } = query;
    let all = [
        (
            tr!(locale, schedules.filters.text),
            text.clone(),
            SchedulesQuery { text: String::new(), ..first.clone() },
        ),
        (
            tr!(locale, common.columns.state),
            state.map(|state| verdict_word(locale, state)).unwrap_or_default(),
            SchedulesQuery { state: None, ..first.clone() },
        ),
        (
            tr!(locale, schedules.filters.source),
            source.map(|source| source_word(locale, source)).unwrap_or_default(),
            SchedulesQuery { source: None, ..first.clone() },
        ),
        (tr!(locale, labels.group), group.clone(), SchedulesQuery { group: String::new(), ..first.clone() }),
        (tr!(locale, labels.tag), tag.clone(), SchedulesQuery { tag: String::new(), ..first.clone() }),
    ];
    all.into_iter()
        .filter(|(_, word, _)| !word.is_empty())
        .map(|(label, word, without)| (format!("{label}: {word}"), path(&without)))
        .collect()
}
