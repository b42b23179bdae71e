//! All runs, a page at a time, sorted by any column.

use duplistatus::dto::{
    Moment, Paging,
    server::{RunRow, RunSort, ServerQuery},
};
use leptos::prelude::*;

use super::{
    history_row::HistoryRow,
    query::{self, PathOf},
};
use crate::{
    format::time::day_long,
    locale::{Locale, use_locale},
    tr,
    ui::{
        card::Card,
        filter::Chip,
        keyed::keyed,
        notice::EmptyState,
        pager::Pager,
        table::{Column, Direction, Table},
    },
};

/// The columns in their order: by what they sort, and their class.
const COLUMNS: [(RunSort, &str); 10] = [
    (RunSort::Job, ""),
    (RunSort::Status, ""),
    (RunSort::Started, ""),
    (RunSort::Duration, "num"),
    (RunSort::Files, "num hide-narrow"),
    (RunSort::Source, "num"),
    (RunSort::Stored, "num hide-narrow"),
    (RunSort::Uploaded, "num"),
    (RunSort::Versions, "num"),
    (RunSort::Warnings, "num hide-narrow"),
];

fn column_name(locale: Locale, column: RunSort) -> String {
    match column {
        RunSort::Started => tr!(locale, common.columns.started),
        RunSort::Job => tr!(locale, common.columns.job),
        RunSort::Status => tr!(locale, common.columns.status),
        RunSort::Duration => tr!(locale, common.columns.duration),
        RunSort::Files => tr!(locale, common.columns.files),
        RunSort::Source => tr!(locale, common.columns.source),
        RunSort::Stored => tr!(locale, common.columns.stored),
        RunSort::Uploaded => tr!(locale, common.columns.uploaded),
        RunSort::Versions => tr!(locale, common.columns.versions),
        RunSort::Warnings => tr!(locale, common.columns.warnings),
    }
}

/// The path that sorts by a column: newest and largest first, the other way round when it is sorted so already.
fn sorted_by(path: PathOf, query: &ServerQuery, column: RunSort) -> String {
    let ascending = if query.sort == column { !query.ascending } else { column == RunSort::Job };
    path(&ServerQuery { sort: column, ascending, page: 1, ..query.clone() })
}

/// The history.
#[component]
pub fn History(
    /// What was asked for.
    query: ServerQuery,
    /// One page of runs.
    runs: Vec<RunRow>,
    /// Which page that is.
    paging: Paging,
    /// Expected runs that did not come on the chosen day.
    missed: i64,
    /// When the data was asked for.
    now: Moment,
    /// How the paths of the page are made.
    #[prop(default = query::path)]
    path: PathOf,
) -> impl IntoView {
    let locale = use_locale();
    if let (Some(day), true) = (query.day, runs.is_empty()) {
        let why = match missed {
            0 => tr!(locale, server.history.day_none),
            missed => tr!(locale, server.history.day_missed, count = missed),
        };
        return view! {
            <section class="section" id="history" aria-labelledby="history-title">
                <h2 id="history-title">{tr!(locale, server.history.title)}</h2>
                <DayFilter query=query path=path />
                <div class="card">
                    <EmptyState title=tr!(locale, server.history.day_empty, day = day_long(locale, day))>
                        <p>{why}</p>
                    </EmptyState>
                </div>
            </section>
        }
        .into_any();
    }
    if runs.is_empty() {
        return view! {
            <Card label=tr!(locale, server.history.title) class="section">
                <EmptyState title=tr!(locale, server.history.empty)>
                    <p>{tr!(locale, server.history.empty_hint)}</p>
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let columns = COLUMNS.map(|(column, class)| {
        let direction = (query.sort == column).then(|| Direction::new(query.ascending));
        Column::new(column_name(locale, column))
            .class(class)
            .sorted(sorted_by(path, &query, column), direction)
    });
    let rows = keyed(runs, |run| run.id, move |run| view! { <HistoryRow run=run now=now /> });
    let filter = query.day.map(|_| view! { <DayFilter query=query.clone() path=path /> });
    // Another page of the history begins at the history, not at the top of the page.
    let to = move |page| format!("{}#history", path(&ServerQuery { page, ..query.clone() }));
    view! {
        <section class="section" id="history" aria-labelledby="history-title">
            <h2 id="history-title">
                {tr!(locale, server.history.title)} " "
                <span class="muted">{tr!(locale, common.runs, count = paging.total)}</span>
            </h2>
            {filter}
            <div class="card">
                <Table caption=tr!(locale, server.history.title) class="history" columns=columns.into()>
                    {rows}
                </Table>
            </div>
            <Pager paging=paging to=to />
        </section>
    }
    .into_any()
}

/// The day to which the history is limited, and the way back to all days.
#[component]
fn DayFilter(
    /// What was asked for.
    query: ServerQuery,
    /// How the paths of the page are made.
    path: PathOf,
) -> impl IntoView {
    let locale = use_locale();
    query.day.map(|day| {
        let all = format!("{}#history", path(&ServerQuery { day: None, page: 1, ..query }));
        view! {
            <ul class="chips day-filter" role="list" aria-label=tr!(locale, server.history.day_label)>
                <li>
                    <Chip to=all current=true>
                        {day_long(locale, day)}
                        <span aria-hidden="true">" ×"</span>
                        <span class="visually-hidden">". "{tr!(locale, server.history.day_remove)}</span>
                    </Chip>
                </li>
            </ul>
        }
    })
}

/// Scrolls to the history, if the address names it.
pub fn scroll_to() {
    let is_named = window().location().hash().is_ok_and(|hash| hash == "#history");
    if let (true, Some(history)) = (is_named, document().get_element_by_id("history")) {
        history.scroll_into_view();
    }
}
