//! Incidents of a report.

use duplistatus::{dto::report::ReportedIncident, units::span};
use leptos::prelude::*;

use super::words::name_of;
use crate::{
    locale::Locale,
    tr,
    ui::{link::Link, notification::topic_word, relative_time::LocalTime},
};

/// A list of incidents, and how many are not in it.
pub(super) fn list(locale: Locale, all: Vec<ReportedIncident>, count: i64, is_closed: bool) -> AnyView {
    if all.is_empty() {
        let text = if is_closed { tr!(locale, report.none_closed) } else { tr!(locale, report.none_open) };
        return view! { <p class="muted">{text}</p> }.into_any();
    }
    let more = count.saturating_sub(i64::try_from(all.len()).unwrap_or(i64::MAX));
    let more = (more > 0).then(|| view! { <p class="muted">{tr!(locale, report.more, count = more)}</p> });
    let items = all.into_iter().map(|incident| item(locale, &incident)).collect_view();
    view! {
        <ul class="report-incidents" role="list">
            {items}
        </ul>
        {more}
    }
    .into_any()
}

fn item(locale: Locale, incident: &ReportedIncident) -> impl IntoView + use<> {
    let word = topic_word(locale, incident.topic);
    let name = name_of(incident);
    let name = match incident.id {
        Some(id) => view! { <Link to=format!("/jobs/{id}")>{name}</Link> }.into_any(),
        None => name.into_any(),
    };
    let times = match incident.until {
        Some(until) => {
            let lasted = span(until.at.since(incident.since.at));
            let end = if incident.has_recovered {
                tr!(locale, report.recovered_after, span = lasted)
            } else {
                tr!(locale, report.closed_after, span = lasted)
            };
            view! { <LocalTime at=incident.since /> " · " {end} }.into_any()
        }
        None => view! { {tr!(locale, report.since)} " " <LocalTime at=incident.since /> }.into_any(),
    };
    let known = incident.acknowledged.clone().filter(|_| incident.until.is_none());
    let known = known.map(|by| view! { " · " {tr!(locale, report.acknowledged, name = by)} });
    let why = incident.why.clone().map(|why| view! { <p class="report-why">{why}</p> });
    view! {
        <li>
            <p>
                <strong>{name}</strong>
                " · "
                {word}
                " · "
                <span class="muted">{times} {known}</span>
            </p>
            {why}
        </li>
    }
}
