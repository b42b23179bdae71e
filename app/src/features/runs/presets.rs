//! Questions that are asked often, as links.

use duplistatus::{dto::runs::RunsQuery, outcome::RunOutcome, time::Day};
use leptos::prelude::*;

use super::query::path;
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::filter::{Segment, Segmented},
};

/// Days of a week, the last of which is today.
const WEEK: i64 = 7;

/// The runs that failed within the last seven days.
pub(super) fn failures_this_week(today: Day) -> RunsQuery {
    let outcomes = RunOutcome::FAILURES.to_vec();
    RunsQuery { outcomes, from: Some(today.plus(1 - WEEK)), page: 1, ..RunsQuery::default() }
}

fn presets(locale: Locale, today: Day) -> [(String, RunsQuery); 4] {
    let all = RunsQuery { page: 1, ..RunsQuery::default() };
    [
        (tr!(locale, runs.presets.all), all.clone()),
        (tr!(locale, runs.presets.failures), failures_this_week(today)),
        (tr!(locale, runs.presets.today), RunsQuery { from: Some(today), ..all.clone() }),
        (tr!(locale, runs.presets.month), RunsQuery { from: Some(today.plus(-29)), ..all }),
    ]
}

/// The links; the one that is shown is marked.
#[component]
pub fn Presets(
    /// What was asked for.
    query: RunsQuery,
    /// The site's day.
    today: Day,
) -> impl IntoView {
    let locale = use_locale();
    let choices = presets(locale, today)
        .into_iter()
        .map(|(label, preset)| Segment { label, current: path(&preset) == path(&query), to: path(&preset) })
        .collect();
    view! { <Segmented label=tr!(locale, runs.presets.label) choices=choices /> }
}
