//! Whose run this is, what came of it, and when.

use duplistatus::{dto::run::RunPage as Data, ids::RunId, units::short_version};
use leptos::prelude::*;

use crate::{
    context::url::href,
    format::time::{calendar_time, full_time},
    locale::use_locale,
    tr,
    ui::{
        badge::RunBadge,
        link::Link,
        relative_time::{LocalTime, RelativeTime},
    },
};

/// Way back, name, times, state, neighbours.
#[component]
pub fn Heading(
    /// The page's data.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data {
        now,
        id,
        server_id,
        server_name,
        job_id,
        job_name,
        status,
        outcome,
        started,
        ended,
        received,
        ..
    } = page;
    let (crumb, server) = (job_name.clone(), server_name.clone());
    let (previous, next) = page.neighbours;
    let mut facts = Vec::new();
    facts.extend(
        page.duplicati_version.map(|version| tr!(locale, run.duplicati, version = short_version(&version))),
    );
    facts.extend(page.destination_type.map(|kind| tr!(locale, run.destination, kind = kind)));
    let begun = if page.start_assumed {
        let text = tr!(locale, run.assumed.about, time = full_time(locale, started));
        view! { <time datetime=started.at.to_string()>{text}</time> }.into_any()
    } else {
        view! { <LocalTime at=started now=now /> }.into_any()
    };
    let ended = ended.filter(|_| !page.start_assumed).map(|at| {
        // The day is said once when it is the same.
        let end = if at.day() == started.day() { at.clock() } else { calendar_time(locale, at, now) };
        view! { "–" <time datetime=at.at.to_string()>{end}</time> }
    });
    view! {
        <header class="page-head">
            <div class="page-head-main">
                <nav class="crumbs" aria-label=tr!(locale, run.crumbs)>
                    <Link to="/">{tr!(locale, run.servers)}</Link>
                    <span aria-hidden="true">"/"</span>
                    <Link to=format!("/servers/{server_id}")>{server_name}</Link>
                    <span aria-hidden="true">"/"</span>
                    <Link to=format!("/jobs/{job_id}")>{crumb}</Link>
                </nav>
                <h1 class="run-title">
                    {tr!(locale, run.heading, server = server, job = job_name)} " "
                    <RunBadge status=status outcome=outcome />
                </h1>
                <p class="muted">
                    {begun}
                    {ended}
                    " · "
                    {tr!(locale, run.received)}
                    " "
                    <RelativeTime at=received now=now />
                    {facts.into_iter().map(|fact| format!(" · {fact}")).collect::<String>()}
                </p>
            </div>
            <nav class="run-nav" aria-label=tr!(locale, run.neighbours)>
                <Neighbour run=previous rel="prev" label=tr!(locale, run.previous) />
                <Neighbour run=next rel="next" label=tr!(locale, run.next) />
                {page
                    .has_raw
                    .then(|| {
                        view! {
                            <Link to=format!("/runs/{id}/raw") class="btn">
                                {tr!(locale, run.raw_link)}
                            </Link>
                        }
                    })}
            </nav>
        </header>
    }
}

/// A link to the run before or after, if there is one.
#[component]
fn Neighbour(
    /// The run.
    run: Option<RunId>,
    /// `prev` or `next`.
    rel: &'static str,
    /// Its words.
    label: String,
) -> impl IntoView {
    run.map(|id| {
        view! {
            <a class="btn" rel=rel href=href(&format!("/runs/{id}"))>
                {label}
            </a>
        }
    })
}
