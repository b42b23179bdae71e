//! One job in the list.

use duplistatus::{
    dto::{Moment, dashboard::JobRow},
    ids::ServerId,
    units::{clock_duration, thousands},
    verdict::{RUNS_TO_LEARN, Verdict},
};
use leptos::prelude::*;

use crate::{
    charts::strip::Strip,
    context::url::href,
    format::time::{age, calendar_time, relative},
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::{Handled, JobBadge},
        number::Bytes,
        relative_time::{Age, RelativeTime},
        ticker::use_now,
    },
};

/// A time closer than this is told as a distance: seconds.
const SOON: i64 = 2 * 3600;

/// When the next run is expected, or why that is not known.
fn next_words(locale: Locale, job: &JobRow, now: Moment) -> String {
    let Some(at) = job.next_expected else {
        let needed = i64::try_from(RUNS_TO_LEARN).unwrap_or(i64::MAX);
        return if job.runs < needed {
            tr!(locale, dashboard.table.learning, runs = job.runs, needed = needed)
        } else {
            tr!(locale, dashboard.table.irregular)
        };
    };
    match age(at, now) {
        ahead if (-SOON..0).contains(&ahead) => relative(locale, ahead),
        ahead if ahead < 0 => calendar_time(locale, at, now),
        _ => tr!(locale, dashboard.table.expected, time = calendar_time(locale, at, now)),
    }
}

/// When the job last reported, where that was not its last success: then somebody should know that it is not silent.
fn later_report(job: &JobRow) -> Option<Moment> {
    let within = job.duration.unwrap_or(0).saturating_add(3600);
    job.last_report.filter(|at| job.last_success.is_none_or(|success| age(success, *at) > within))
}

/// The row.
#[component]
pub fn JobTableRow(
    /// The job's server.
    server: ServerId,
    /// The job.
    job: JobRow,
    /// When the data was asked for.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let none = move || tr!(locale, common.none);
    let clock = use_now(now);
    let next = {
        let job = job.clone();
        move || next_words(locale, &job, clock.get())
    };
    let to = format!("/jobs/{}", job.id);
    let success = match job.last_success {
        Some(at) => view! { <Age at=at now=now /> }.into_any(),
        None => tr!(locale, common.never).into_any(),
    };
    let report = later_report(&job);
    let JobRow { id, name, verdict, duration, source_size, storage_size, versions, strip, handling, .. } =
        job.clone();
    view! {
        <tr role="row" data-verdict=verdict.as_str()>
            <th scope="row" role="rowheader" class="job">
                <a class="job-name" href=href(&to)>
                    {name}
                </a>
            </th>
            <td role="cell" class="state">
                <JobBadge job=job now=now />
                <Handled handling=handling now=now />
            </td>
            <td role="cell" class="recent">
                <Strip server=server job=id letters=strip />
            </td>
            <td role="cell" class="num success">
                <span class="only-narrow muted">{tr!(locale, dashboard.table.last_success)}" "</span>
                {success}
                {report
                    .map(|at| {
                        view! {
                            <span class="sub not-narrow">
                                {tr!(locale, dashboard.table.report)}
                                " "
                                <RelativeTime at=at now=now />
                            </span>
                        }.into_any()
                    })}
            </td>
            <td role="cell" class="num detail">{duration.map_or_else(none, clock_duration)}</td>
            <td role="cell" class="num detail">
                <Bytes value=source_size />
            </td>
            <td role="cell" class="num detail">
                <Bytes value=storage_size />
            </td>
            <td role="cell" class="num detail">{versions.map_or_else(none, thousands)}</td>
            <td role="cell" class="num next" class:muted=verdict == Verdict::New>
                <span class="only-narrow muted">{tr!(locale, dashboard.table.next)}" "</span>
                {next}
            </td>
        </tr>
    }
}
