//! The server's jobs, as the dashboard shows them.

use duplistatus::{
    dto::{Moment, dashboard::JobRow},
    ids::ServerId,
};
use leptos::prelude::*;

use crate::{
    locale::use_locale,
    pages::dashboard::{columns::JobColumns, row::JobTableRow},
    tr,
    ui::keyed::keyed,
};

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
        let rows =
            keyed(jobs, |job| job.id, move |job| view! { <JobTableRow server=server job=job now=now /> });
        view! {
            <section class="card servers">
                <table class="table jobs" role="table">
                    <caption class="visually-hidden">{tr!(locale, server.jobs)}</caption>
                    <JobColumns />
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </section>
        }
    })
}
