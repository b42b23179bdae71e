//! One incident.

use duplistatus::{
    dto::{
        Moment,
        incidents::{IncidentRow, TimelineEntry},
    },
    units::span,
};
use leptos::prelude::*;

use super::{
    group::Group,
    words::{check_name, closed_words, entry_words},
};
use crate::{
    format::{text::visible, time::calendar_time},
    locale::{Locale, use_locale},
    tr,
    ui::{
        badge::verdict_word,
        form::failure::chosen,
        icon::{Icon, Shape, verdict_tone},
        link::Link,
        relative_time::{LocalTime, RelativeTime},
    },
};

/// One incident, or those of a silent server: what it is about, since when, why, who has acknowledged it, and its timeline.
#[component]
pub fn IncidentItem(
    /// The incident, with others that have the same cause; their names were written by a sender.
    group: Group,
    /// When the data was asked for.
    now: Moment,
    /// Whether it can be chosen.
    chooses: bool,
) -> impl IntoView {
    let locale = use_locale();
    let Group { first: row, others } = group;
    let count = others.len() + 1;
    let (name, to) = match (row.server_id, row.job_id) {
        (Some(server), _) if count > 1 => (
            tr!(locale, incidents.silent_server, count = count, server = row.server_name.clone()),
            Some(format!("/servers/{server}")),
        ),
        (_, Some(job)) => (row.full_name(), Some(format!("/jobs/{job}"))),
        (Some(server), None) => (row.full_name(), Some(format!("/servers/{server}"))),
        _ => (row.full_name(), None),
    };
    let words = name.clone();
    let title = match to {
        Some(to) => view! { <Link to=to>{words}</Link> }.into_any(),
        None => words.into_any(),
    };
    let choose = (chooses && row.closed.is_none()).then(|| {
        let ids: Vec<String> = [&row].into_iter().chain(&others).map(|row| row.id.to_string()).collect();
        let ids = ids.join(" ");
        let is_chosen = chosen("ids[]", &ids).unwrap_or(false);
        view! { <input type="checkbox" name="ids[]" value=ids checked=is_chosen aria-label=name /> }
    });
    let word = verdict_word(locale, row.problem);
    let worst = (row.worst != row.problem)
        .then(|| tr!(locale, incidents.worst, problem = verdict_word(locale, row.worst)));
    let state = state_words(locale, &row, now);
    let notified = notified(locale, &row);
    let (since, problem, why) = (row.since, row.problem, reason(locale, &row));
    let body = if others.is_empty() {
        timeline(locale, row.timeline, now).into_any()
    } else {
        let rows = [row].into_iter().chain(others);
        rows.map(|row| {
            let name = row.job_name.clone();
            let title = match row.job_id {
                Some(job) => {
                    view! { <Link to=format!("/jobs/{job}") class="text-link">{name}</Link> }.into_any()
                }
                None => name.into_any(),
            };
            view! {
                <div class="incident-job">
                    {title} {timeline(locale, row.timeline, now)}
                </div>
            }
        })
        .collect_view()
        .into_any()
    };
    view! {
        <li class="card incident">
            {choose}
            <span class="disc" data-tone=verdict_tone(problem)>
                <Icon shape=Shape::of_verdict(problem) />
            </span>
            <div class="incident-text">
                <div class="incident-head">
                    <h2>{title}</h2>
                    <span class="muted">
                        <RelativeTime at=since now=now />
                    </span>
                </div>
                <p>
                    <strong>{word}</strong>
                    " "
                    {tr!(locale, incidents.since, time = calendar_time(locale, since, now))}
                    {worst.map(|worst| format!(" · {worst}"))}
                    {state.map(|words| format!(" · {words}"))}
                </p>
                {why}
                {notified.map(|words| view! { <p class="muted small">{words}</p> })}
                {body}
            </div>
        </li>
    }
}

fn timeline(locale: Locale, entries: Vec<TimelineEntry>, now: Moment) -> impl IntoView {
    view! {
        <details>
            <summary>{tr!(locale, incidents.timeline, count = entries.len())}</summary>
            <ol class="incident-timeline" role="list">
                {entries.into_iter().map(|entry| timeline_entry(locale, entry, now)).collect_view()}
            </ol>
        </details>
    }
}

/// Failures in a row, the checks that failed, and the first error.
pub fn reason(locale: Locale, row: &IncidentRow) -> Option<impl IntoView + use<>> {
    let failures = (row.failures > 1).then(|| tr!(locale, incidents.failures, count = row.failures));
    let checks = row.checks.iter().map(|check| check_name(locale, check));
    let words: Vec<String> = failures.into_iter().chain(checks).collect();
    let message = row.message.as_deref().map(|text| visible(text.trim()).into_owned());
    (!words.is_empty() || message.is_some()).then(|| {
        let words = words.join(" · ");
        let words = if words.is_empty() || message.is_none() { words } else { format!("{words}: ") };
        view! {
            <p class="incident-reason">
                {words} {message.map(|text| view! { <q>{text}</q> })}
            </p>
        }
    })
}

/// The channels that were notified, each once.
fn notified(locale: Locale, row: &IncidentRow) -> Option<String> {
    let mut channels: Vec<&str> = Vec::new();
    for entry in row.timeline.iter().filter(|entry| entry.event == "told") {
        channels.extend(entry.actor.as_deref().filter(|channel| !channels.contains(channel)));
    }
    (!channels.is_empty()).then(|| tr!(locale, incidents.notified, channels = channels.join(", ")))
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
