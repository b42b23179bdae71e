//! One run in a list.

use duplistatus::{
    dto::{Moment, server::RunRow},
    units::{clock_duration, thousands},
};
use leptos::prelude::*;

use crate::{
    locale::use_locale,
    tr,
    ui::{badge::RunBadge, link::Link, number::Bytes, relative_time::LocalTime},
};

/// A row; the link to the run covers all of it.
#[component]
pub fn HistoryRow(
    /// The run.
    run: RunRow,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let none = tr!(locale, common.none);
    let number = |value: Option<i64>| value.map_or_else(|| none.clone(), thousands);
    let RunRow {
        id,
        job_id: _,
        job_name,
        status,
        outcome,
        started,
        start_assumed,
        duration,
        files,
        source_size,
        storage_size,
        ..
    } = run;
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">
                <Link to=format!("/runs/{id}") class="row-link">
                    {job_name}
                </Link>
            </th>
            <td role="cell">
                <RunBadge status=status outcome=outcome />
            </td>
            <td role="cell" class="history-time">
                <LocalTime at=started now=now />
                {start_assumed
                    .then(|| view! { <span class="muted">" "{tr!(locale, server.history.assumed)}</span> })}
            </td>
            <td role="cell" class="num" data-label=tr!(locale, common.columns.duration)>
                {duration.map_or_else(|| none.clone(), clock_duration)}
            </td>
            <td role="cell" class="num hide-narrow" data-label=tr!(locale, common.columns.files)>
                {number(files)}
            </td>
            <td role="cell" class="num" data-label=tr!(locale, common.columns.source)>
                <Bytes value=source_size />
            </td>
            <td role="cell" class="num hide-narrow" data-label=tr!(locale, common.columns.stored)>
                <Bytes value=storage_size />
            </td>
            <td role="cell" class="num" data-label=tr!(locale, common.columns.uploaded)>
                <Bytes value=run.uploaded_size />
            </td>
            <td role="cell" class="num" data-label=tr!(locale, common.columns.versions)>
                {number(run.versions)}
            </td>
            <td role="cell" class="num hide-narrow" data-label=tr!(locale, common.columns.warnings)>
                {number(run.warnings)}
            </td>
        </tr>
    }
}
