//! When the job should run, how that is known, and what is left out of it.

use duplistatus::dto::job::JobPage as Data;
use leptos::prelude::*;

use crate::{
    features::monitoring::{
        place::Place,
        wider::Wider,
        windows::Windows,
        words::{schedule_words, set_for, source_words, tolerance_source, tolerance_words},
    },
    format::time::calendar_time,
    locale::use_locale,
    tr,
    ui::{relative_time::RelativeTime, ticker::use_now},
};

/// Schedule, next runs, tolerance, last good run, maintenance.
#[component]
pub fn Plan(
    /// The page's data.
    page: Data,
    /// Where inherited things are set.
    wider: Wider,
) -> impl IntoView {
    let locale = use_locale();
    let Data { now, schedule, tolerance, job, windows, .. } = page;
    let clock = use_now(now);
    let source = wider.said(set_for(&schedule), source_words(locale, &schedule, job.runs));
    let tolerance_from = wider.said(tolerance.origin, tolerance_source(locale, &tolerance));
    let next = schedule.next.clone();
    let next_words = move || match next.as_slice() {
        [] => tr!(locale, common.none),
        times => {
            times.iter().map(|at| calendar_time(locale, *at, clock.get())).collect::<Vec<_>>().join(", ")
        }
    };
    let last = match job.last_success {
        Some(at) => view! { <RelativeTime at=at now=now /> }.into_any(),
        None => tr!(locale, common.never).into_any(),
    };
    let last_sub =
        move || job.last_success.map(|at| calendar_time(locale, at, clock.get())).unwrap_or_default();
    view! {
        <section class="card job-plan" aria-label=tr!(locale, job.plan)>
            <dl>
                <div>
                    <dt>{tr!(locale, job.facts.schedule)}</dt>
                    <dd>{schedule_words(locale, &schedule)}</dd>
                    <dd class="muted">{source}</dd>
                </div>
                <div>
                    <dt>{tr!(locale, job.facts.next)}</dt>
                    <dd>{next_words}</dd>
                    <dd class="muted">{tr!(locale, job.facts.zone, zone = &schedule.zone)}</dd>
                </div>
                <div>
                    <dt>{tr!(locale, job.facts.tolerance)}</dt>
                    <dd>{tolerance_words(locale, &tolerance)}</dd>
                    <dd class="muted">{tolerance_from}</dd>
                </div>
                <div>
                    <dt>{tr!(locale, job.facts.last_good)}</dt>
                    <dd>{last}</dd>
                    <dd class="muted">{last_sub}</dd>
                </div>
            </dl>
            <Windows
                place=Place::Job(job.id)
                wider=wider
                windows=windows
                may_manage=wider.may_manage
                now=now
            />
        </section>
    }
}
