//! The last incidents of the job.

use duplistatus::{
    access::Permission,
    dto::{Moment, incidents::IncidentRow, job::JobPage as Data},
};
use leptos::prelude::*;

use crate::{
    context::viewer::use_viewer,
    features::incidents::item::{reason, state_words, timeline_entry},
    format::time::calendar_time,
    locale::use_locale,
    tr,
    ui::{
        badge::verdict_word,
        icon::{Icon, Shape, verdict_tone},
        keyed::keyed,
        link::Link,
        notice::EmptyState,
    },
};

/// The one that is open first, then those that are closed, newest first.
#[component]
pub fn Incidents(
    /// The page's data.
    page: Data,
) -> impl IntoView {
    let locale = use_locale();
    let Data { now, job, incident, closed, incidents, .. } = page;
    let rows: Vec<IncidentRow> = incident.into_iter().chain(closed).collect();
    let shown = i64::try_from(rows.len()).unwrap_or(0);
    let body = if rows.is_empty() {
        view! {
            <EmptyState title=tr!(locale, job.incidents.empty)>
                <p>{tr!(locale, job.incidents.empty_what)}</p>
            </EmptyState>
        }
        .into_any()
    } else {
        let rows = keyed(rows, |row| row.id, move |row| view! { <Incident row=row now=now /> });
        view! {
            <ul class="job-incidents" role="list">
                {rows}
            </ul>
        }
        .into_any()
    };
    let all = (incidents > shown).then(|| {
        view! {
            <p>
                <Link to=format!("/incidents?state=closed&job={}", job.id) class="text-link">
                    {tr!(locale, job.incidents.all, count = incidents)}
                </Link>
            </p>
        }
    });
    let rule = use_viewer().may(Permission::ManageSettings).then(|| {
        view! {
            <p>
                <Link to=format!("/settings/notifications/rules?job={}#rule-form", job.id) class="text-link">
                    {tr!(locale, job.incidents.rule)}
                </Link>
            </p>
        }
    });
    view! {
        <section class="card job-part" aria-labelledby="incidents-title">
            <h2 id="incidents-title">{tr!(locale, incidents.title)}</h2>
            {body}
            {all}
            {rule}
        </section>
    }
}

#[component]
fn Incident(
    /// The incident.
    row: IncidentRow,
    /// The time of the data.
    now: Moment,
) -> impl IntoView {
    let locale = use_locale();
    let state = state_words(locale, &row, now).unwrap_or_else(|| tr!(locale, job.incidents.open));
    let tone = if row.closed.is_some() { "idle" } else { verdict_tone(row.worst) };
    let why = reason(locale, &row);
    let timeline = row.timeline.into_iter().map(|entry| timeline_entry(locale, entry, now));
    let timeline: Vec<_> = timeline.collect();
    view! {
        <li data-tone=tone>
            <Icon shape=Shape::of_verdict(row.worst) />
            <details>
                <summary>
                    {calendar_time(locale, row.since, now)}
                    " "
                    <strong>{verdict_word(locale, row.worst)}</strong>
                    <span class="muted">" · " {state}</span>
                </summary>
                {why}
                <ol class="incident-timeline" role="list">
                    {timeline}
                </ol>
            </details>
        </li>
    }
}
