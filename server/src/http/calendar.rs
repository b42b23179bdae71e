//! Runs as a calendar (RFC 5545). Times are UTC, so a calendar shows them by the clock of its owner.

use app::features::public_pages::words;
use axum::{
    Extension,
    extract::{Path, State},
    http::HeaderMap,
    response::Response,
};
use duplistatus::{
    service::{
        session::Caller,
        sharing::calendar::{self, Calendar},
    },
    time::Timestamp,
};
use icalendar::Component as _;

use super::{answer::service_problem, conditional};
use crate::state::AppState;

/// `GET /calendar/{token}`: the calendar.
pub async fn show(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Response {
    let token = token.strip_suffix(".ics").unwrap_or(&token);
    match calendar::show(&state.services, &caller, token).await {
        Ok(calendar) => conditional::text(&headers, "text/calendar; charset=utf-8", written(&calendar), None),
        Err(error) => service_problem(&error),
    }
}

fn written(calendar: &Calendar) -> String {
    let mut all = icalendar::Calendar::empty();
    all.append_property(("VERSION", "2.0"));
    all.append_property(("PRODID", "-//duplistatus//runs//EN"));
    all.name(&plain(&words::calendar_title(&calendar.name)));
    for event in &calendar.events {
        let mut entry = icalendar::Event::with_uid(&event.id);
        entry
            .summary(&plain(&words::run(&event.name, event.is_missed)))
            // The same as long as nothing changes.
            .add_property("DTSTAMP", utc(calendar.created))
            .add_property("DTSTART", utc(event.at))
            .add_property("DTEND", utc(event.at.plus(event.lasts)))
            // Nobody is busy meanwhile.
            .add_property("TRANSP", "TRANSPARENT")
            .add_property("CATEGORIES", if event.is_missed { "MISSED" } else { "EXPECTED" });
        all.push(entry.done());
    }
    all.to_string()
}

/// A text without letters that no line of a calendar contains.
fn plain(text: &str) -> String {
    text.replace(char::is_control, "\u{fffd}")
}

/// `20261123T020000Z`.
fn utc(at: Timestamp) -> String {
    at.to_string().replace(['-', ':'], "")
}
