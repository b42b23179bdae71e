//! The server's jobs, as the dashboard shows them.

use duplistatus::{
    dto::{Moment, dashboard::JobRow},
    ids::ServerId,
};
use leptos::prelude::*;

use crate::{locale::use_locale, pages::dashboard::row::JobTableRow, tr};

/// One row for each job; nothing when there is none.
#[component]
pub fn Jobs(
    /// The server.
    server: ServerId,
    /// Its jobs.
    jobs: Vec<JobRow>,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    (!jobs.is_empty()).then(|| {
        let rows = jobs.into_iter().map(|job| view! { <JobTableRow server=server job=job now=now /> });
        let column = |label: String, class: Option<&'static str>| {
            view! {
                <th scope="col" role="columnheader" class=class>
                    {label}
                </th>
            }
        };
        view! {
            <section class="card servers">
                <table class="table jobs" role="table">
                    <caption class="visually-hidden">{tr!(locale, server.jobs)}</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            {column(tr!(locale, common.columns.job), None)}
                            {column(tr!(locale, common.columns.state), None)}
                            {column(tr!(locale, common.columns.recent), None)}
                            {column(tr!(locale, common.columns.last_success), Some("num"))}
                            {column(tr!(locale, common.columns.duration), Some("num"))}
                            {column(tr!(locale, common.columns.source), Some("num"))}
                            {column(tr!(locale, common.columns.stored), Some("num"))}
                            {column(tr!(locale, common.columns.versions), Some("num"))}
                            {column(tr!(locale, common.columns.next), Some("num"))}
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows.collect_view()}</tbody>
                </table>
            </section>
        }
    })
}
