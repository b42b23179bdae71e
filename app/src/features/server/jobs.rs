//! The server's jobs, as the dashboard shows them.

use duplistatus::{
    dto::{
        Moment,
        dashboard::{JobRow, Verification},
    },
    ids::{JobId, ServerId},
    units::thousands,
};
use leptos::prelude::*;

use crate::{
    features::job_table::{columns::JobColumns, row::JobTableRow},
    locale::use_locale,
    tr,
    ui::{keyed::keyed, relative_time::RelativeTime},
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
        let verified = view! { <Verified jobs=jobs.clone() now=now /> };
        let rows =
            keyed(jobs, |job| job.id, move |job| view! { <JobTableRow server=server job=job now=now /> });
        view! {
            <section class="card servers">
                <table class="table jobs" role="table">
                    <caption class="visually-hidden">{tr!(locale, server.jobs)}</caption>
                    <JobColumns />
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
                {verified}
            </section>
        }
    })
}

/// When the destinations of jobs were last verified, and how that ended.
#[component]
fn Verified(
    /// The jobs.
    jobs: Vec<JobRow>,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let verified: Vec<(JobId, String, Verification)> =
        jobs.into_iter().filter_map(|job| Some((job.id, job.name, job.verification?))).collect();
    let line = move |(_, name, Verification { at, failed, damaged }): (JobId, String, Verification)| {
        let result = match (failed, damaged) {
            (false, _) => tr!(locale, server.verified.well),
            (true, Some(files)) => {
                tr!(locale, server.verified.damaged, count = files, number = thousands(files))
            }
            (true, None) => tr!(locale, server.verified.failed),
        };
        view! {
            <li data-failed=failed.then_some("true")>
                {name} ": " {tr!(locale, server.verified.when)} " " <RelativeTime at=at now=now /> ": " {result}
            </li>
        }
    };
    (!verified.is_empty()).then(|| {
        let lines = keyed(verified, |(job, ..)| *job, line);
        view! {
            <ul class="verified muted" role="list">
                {lines}
            </ul>
        }
    })
}
