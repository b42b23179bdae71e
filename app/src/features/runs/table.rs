//! The runs.

use duplistatus::{
    dto::{
        Moment,
        runs::{RunsQuery, RunsRow, RunsSort},
    },
    units::clock_duration,
};
use leptos::prelude::*;

use super::query::{PATH, path};
use crate::{
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::RunBadge,
        filter_form::EmptyList,
        keyed::keyed,
        link::Link,
        number::Bytes,
        relative_time::LocalTime,
        table::{Column, Direction, Table},
    },
};

/// The columns of the table. What is no `RunsSort` cannot be sorted by.
fn columns(locale: Locale, query: &RunsQuery) -> Vec<Column> {
    let sorted = |label: String, sort: RunsSort| {
        let is_current = query.sort == sort;
        let ascending = is_current && !query.ascending;
        let to = path(&RunsQuery { sort, ascending, page: 1, ..query.clone() });
        Column::new(label).sorted(to, is_current.then(|| Direction::new(query.ascending)))
    };
    vec![
        sorted(tr!(locale, common.columns.started), RunsSort::Started),
        Column::new(tr!(locale, runs.columns.whose)),
        Column::new(tr!(locale, common.columns.status)),
        sorted(tr!(locale, common.columns.duration), RunsSort::Duration).class("num"),
        sorted(tr!(locale, common.columns.source), RunsSort::Source).class("num"),
        sorted(tr!(locale, common.columns.stored), RunsSort::Stored).class("num hide-narrow"),
        sorted(tr!(locale, common.columns.uploaded), RunsSort::Uploaded).class("num"),
        Column::new(tr!(locale, runs.columns.headline)),
    ]
}

/// The table, or why there is none.
#[component]
pub fn RunsTable(
    /// What was asked for.
    query: RunsQuery,
    /// The runs.
    rows: Vec<RunsRow>,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    if rows.is_empty() {
        let all = query.is_filtered().then_some(PATH);
        let unmatched = tr!(locale, runs.nothing_what);
        let (title, what) = (tr!(locale, runs.empty), tr!(locale, runs.empty_what));
        return view! { <EmptyList all=all unmatched=unmatched title=title what=what /> }.into_any();
    }
    let columns = columns(locale, &query);
    let rows = keyed(rows, |row| row.run.id, move |row| view! { <Row row=row now=now /> });
    view! {
        <div class="card">
            <Table caption=tr!(locale, runs.caption) class="runs" columns=columns>
                {rows}
            </Table>
        </div>
    }
    .into_any()
}

/// A run. The row leads to it; the names lead to its server and its job.
#[component]
fn Row(
    /// The run.
    row: RunsRow,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let RunsRow { server_id, server_name, run, headline } = row;
    let none = tr!(locale, common.none);
    view! {
        <tr role="row">
            <th scope="row" role="rowheader" class="run-time">
                <Link to=format!("/runs/{}", run.id) class="row-link">
                    <LocalTime at=run.started now=now />
                </Link>
                {run
                    .start_assumed
                    .then(|| view! { <span class="sub">{tr!(locale, server.history.assumed)}</span> })}
            </th>
            <td role="cell" class="run-whose">
                <Link to=format!("/servers/{server_id}") class="over-row">
                    {server_name}
                </Link>
                <span class="muted">" / "</span>
                <Link to=format!("/jobs/{}", run.job_id) class="over-row">
                    {run.job_name}
                </Link>
            </td>
            <td role="cell" class="run-status">
                <RunBadge status=run.status outcome=run.outcome />
            </td>
            <td role="cell" class="num" data-label=tr!(locale, common.columns.duration)>
                {run.duration.map_or_else(|| none.clone(), clock_duration)}
            </td>
            <td role="cell" class="num" data-label=tr!(locale, common.columns.source)>
                <Bytes value=run.source_size />
            </td>
            <td role="cell" class="num hide-narrow" data-label=tr!(locale, common.columns.stored)>
                <Bytes value=run.storage_size />
            </td>
            <td role="cell" class="num" data-label=tr!(locale, common.columns.uploaded)>
                <Bytes value=run.uploaded_size />
            </td>
            <td role="cell" class="run-headline">
                {headline.map(|text| view! { <span title=text.clone()>{text.clone()}</span> })}
            </td>
        </tr>
    }
}
