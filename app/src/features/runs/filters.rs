//! The filters: a form whose fields are the words of the URL, and those in force.

use duplistatus::{
    dto::{dashboard::Labels, runs::RunsQuery},
    outcome::RunOutcome,
    status::Status,
    time::Day,
};
use leptos::prelude::*;

use super::query::{PATH, path};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::status_word,
        filter_form::{FilterInput, FilterSelect, LabelFilters, choice, kept_order},
        form::get_form::GetForm,
    },
};

/// Outcomes that people ask for together.
const RESULTS: [&[RunOutcome]; 5] = [
    &RunOutcome::FAILURES,
    &[RunOutcome::Partial, RunOutcome::Stopped, RunOutcome::Skipped],
    &[RunOutcome::Good],
    &[RunOutcome::Rehearsal],
    &[RunOutcome::Unknown],
];

/// What a choice of outcomes is called; one that is in no list names its parts.
fn result_words(locale: Locale, outcomes: &[RunOutcome]) -> String {
    match RESULTS.iter().position(|known| *known == outcomes) {
        Some(0) => tr!(locale, runs.results.failures),
        Some(1) => tr!(locale, runs.results.incomplete),
        Some(2) => tr!(locale, runs.results.good),
        Some(3) => tr!(locale, common.outcome.rehearsal),
        Some(4) => tr!(locale, common.status.unknown),
        _ => joined(outcomes),
    }
}

fn joined(outcomes: &[RunOutcome]) -> String {
    outcomes.iter().map(|outcome| outcome.as_str()).collect::<Vec<_>>().join(",")
}

fn status_words(locale: Locale, statuses: &[Status]) -> String {
    statuses.iter().map(|status| status_word(locale, *status)).collect::<Vec<_>>().join(", ")
}

/// The form. Sending it keeps the order.
#[component]
pub fn Filters(
    /// What was asked for.
    query: RunsQuery,
    /// By whose calendar the days are.
    zone: String,
    /// Groups and tags.
    labels: Labels,
) -> impl IntoView {
    let locale = use_locale();
    let words = query.words();
    let word = move |wanted: &str| {
        words.iter().find(|(name, _)| *name == wanted).map(|(_, word)| word.clone()).unwrap_or_default()
    };
    let (outcome, status) = (word("outcome"), word("status"));
    let mut results = vec![choice(&outcome, "", tr!(locale, runs.any))];
    results.extend(RESULTS.map(|known| choice(&outcome, &joined(known), result_words(locale, known))));
    // A shared address may ask for another choice than those.
    if !outcome.is_empty() && !RESULTS.contains(&query.outcomes.as_slice()) {
        results.push(choice(&outcome, &outcome, outcome.clone()));
    }
    let mut statuses = vec![choice(&status, "", tr!(locale, runs.any))];
    statuses.extend(Status::ALL.map(|one| choice(&status, one.as_str(), status_word(locale, one))));
    if query.statuses.len() > 1 {
        statuses.push(choice(&status, &status, status_words(locale, &query.statuses)));
    }
    view! {
        <GetForm to=PATH class="card filter-form" role="search">
            <FilterSelect name="outcome" label=tr!(locale, runs.filters.result)>
                {results}
            </FilterSelect>
            <FilterSelect name="status" label=tr!(locale, runs.filters.status)>
                {statuses}
            </FilterSelect>
            <FilterInput name="from" label=tr!(locale, runs.filters.from) kind="date" value=word("from") />
            <FilterInput name="to" label=tr!(locale, runs.filters.to) kind="date" value=word("to") />
            <FilterInput name="server" label=tr!(locale, runs.filters.server) value=word("server") />
            <FilterInput name="job" label=tr!(locale, runs.filters.job) value=word("job") />
            <LabelFilters labels=labels group=query.group tag=query.tag />
            <FilterInput name="text" label=tr!(locale, runs.filters.text) value=word("text") />
            {kept_order(&word)}
            <button type="submit" class="btn" data-variant="primary">
                {tr!(locale, runs.filters.submit)}
            </button>
            <p class="muted small runs-zone">{tr!(locale, runs.zone, zone = zone)}</p>
        </GetForm>
    }
}

/// What each filter in force says, and the path without it.
pub(super) fn active(locale: Locale, query: &RunsQuery) -> Vec<(String, String)> {
    let first = RunsQuery { page: 1, ..query.clone() };
    let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    let RunsQuery { outcomes, statuses, from, to, server, job, group, tag, text, .. } = query;
    let all = [
        (
            tr!(locale, runs.filters.result),
            result_words(locale, outcomes),
            RunsQuery { outcomes: Vec::new(), ..first.clone() },
        ),
        (
            tr!(locale, runs.filters.status),
            status_words(locale, statuses),
            RunsQuery { statuses: Vec::new(), ..first.clone() },
        ),
        (tr!(locale, runs.filters.from), day(*from), RunsQuery { from: None, ..first.clone() }),
        (tr!(locale, runs.filters.to), day(*to), RunsQuery { to: None, ..first.clone() }),
        (
            tr!(locale, runs.filters.server),
            server.clone(),
            RunsQuery { server: String::new(), ..first.clone() },
        ),
        (tr!(locale, runs.filters.job), job.clone(), RunsQuery { job: String::new(), ..first.clone() }),
        (tr!(locale, labels.group), group.clone(), RunsQuery { group: String::new(), ..first.clone() }),
        (tr!(locale, labels.tag), tag.clone(), RunsQuery { tag: String::new(), ..first.clone() }),
        (tr!(locale, runs.filters.text), text.clone(), RunsQuery { text: String::new(), ..first.clone() }),
    ];
    let is_on = |(_, words, _): &(String, String, RunsQuery)| !words.is_empty();
    let chips = all.into_iter().filter(is_on);
    chips.map(|(name, words, without)| (format!("{name}: {words}"), path(&without))).collect()
}
