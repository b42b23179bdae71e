//! One incident.

use duplistatus::{
    dto::{
        Moment,
        incidents::{IncidentRow, TimelineEntry},
    },
    units::span,
};
use leptos::prelude::*;

use super::words::{closed_words, entry_words};
use crate::{
    format::time::calendar_time,
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::verdict_word,
        icon::{Icon, Shape, verdict_tone},
        link::Link,
        relative_time::{LocalTime, RelativeTime},
    },
};

/// What it is about, since when, who has acknowledged it, and its timeline.
#[component]
pub fn IncidentItem(
    /// The incident; its names were written by a sender.
    row: IncidentRow,
    /// When the data was asked for.
    now: Moment,
    /// Whether it can be chosen.
    chooses: bool,
) -> impl IntoView {
    let locale = use_locale();
    let name = format!("{} / {}", row.server_name, row.job_name);
    let words = name.clone();
    let title = match (row.server_id, row.job_id) {
        (_, Some(job)) => view! { <Link to=format!("/jobs/{job}")>{words}</Link> }.into_any(),
        (Some(server), None) => view! { <Link to=format!("/servers/{server}")>{words}</Link> }.into_any(),
        _ => words.into_any(),
    };
    let choose = (chooses && row.closed.is_none()).then(|| {
        let id = row.id.to_string();
        view! { <input type="checkbox" name="ids[]" value=id aria-label=name /> }
    });
    let word = verdict_word(locale, row.problem);
    let worst = (row.worst != row.problem)
        .then(|| tr!(locale, incidents.worst, problem = verdict_word(locale, row.worst)));
    view! {
        <li class="card incident">
            {choose}
            <span class="disc" data-tone=verdict_tone(row.problem)>
                <Icon shape=Shape::of_verdict(row.problem) />
            </span>
            <div class="incident-text">
                <div class="incident-head">
                    <h2>{title}</h2>
                    <span class="muted">
                        <RelativeTime at=row.since now=now />
                    </span>
                </div>
                <p>
                    <strong>{word}</strong>
                    " "
                    {tr!(locale, incidents.since, time = calendar_time(locale, row.since, now))}
                    {worst.map(|worst| format!(" · {worst}"))}
                    {state_words(locale, &row, now).map(|words| format!(" · {words}"))}
                </p>
                <details>
                    <summary>{tr!(locale, incidents.timeline, count = row.timeline.len())}</summary>
                    <ol class="incident-timeline" role="list">
                        {row.timeline.into_iter().map(|entry| timeline_entry(locale, entry, now)).collect_view()}
                    </ol>
                </details>
            </div>
        </li>
    }
}

/// Acknowledged, snoozed or closed.
pub fn state_words(locale: Locale, row: &IncidentRow, now: Moment) -> Option<String> {
    if let Some(closed) = row.closed {
        let lasted = span(closed.at.since(row.since.at).max(0));
        let why = closed_words(locale, row.closed_why.as_deref().unwrap_or_default());
        return Some(tr!(locale, incidents.closed_after, span = lasted, why = why));
    }
    if let Some(until) = row.snoozed_until {
        return Some(tr!(locale, incidents.snoozed_until, time = calendar_time(locale, until, now)));
    }
    row.acknowledged_by.as_ref().map(|who| tr!(locale, incidents.acknowledged_by, who = who))
}

pub fn timeline_entry(locale: Locale, entry: TimelineEntry, now: Moment) -> impl IntoView {
    let words = entry_words(locale, &entry, now);
    // The answer of a channel stands in the words.
    let note = entry.note.clone().filter(|_| entry.event != "not_told");
    let note = note.map(|note| view! { <q class="incident-note">{note}</q> });
    let run = entry.run.map(|run| {
        view! {
            " "
            <Link to=format!("/runs/{run}") class="text-link">
                {tr!(locale, incidents.run)}
            </Link>
        }
    });
    view! {
        <li>
            <LocalTime at=entry.at now=now />
            <span>{words} {note} {run}</span>
        </li>
    }
}
