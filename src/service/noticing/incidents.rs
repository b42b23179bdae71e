//! Incidents as people see them, and what they do about them.

use serde_json::json;

use crate::{
    access::Permission,
    db::{
        Connection, StoreError, Tx,
        tables::{
            jobs,
            noticing::{
                incident_changes,
                incidents::{self, EventRow, IncidentRow as Row, Wanted},
            },
            run_lists,
        },
    },
    dto::{
        Paging,
        incidents::{IncidentFilter, IncidentPage, IncidentQuery, IncidentRow, TimelineEntry},
    },
    error::Error,
    ids::{JobId, RunId, ServerId},
    noticing::incident::{Closing, Entry, Event, Track},
    service::{Actor, Services, audit, notifications, rows::moment},
    time::Timestamp,
    verdict::Verdict,
    zone::Zone,
};

/// Incidents on a page.
const PAGE: i64 = 25;
/// Incidents that are handled at once.
const AT_ONCE: usize = 200;
/// Characters of a note.
const NOTE: usize = 500;
/// The longest time for which an incident is snoozed: seconds.
const LONGEST: i64 = 90 * 86_400;

/// What a person does about incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Acknowledges them: no reminders until they grow worse.
    Acknowledge {
        /// A note.
        note: String,
    },
    /// Writes something into their timelines, and changes nothing.
    Note {
        /// The note.
        note: String,
    },
    /// Snoozes them for so many seconds: then they are told again.
    Snooze {
        /// How long.
        seconds: i64,
    },
    /// Closes them. The same is not opened again; what is worse, or begins later, is.
    Close {
        /// Why.
        reason: String,
    },
}

impl Act {
    const fn action(&self) -> &'static str {
        match self {
            Self::Acknowledge { .. } => "incident.acknowledge",
            Self::Note { .. } => "incident.note",
            Self::Snooze { .. } => "incident.snooze",
            Self::Close { .. } => "incident.close",
        }
    }

    fn check(&self) -> Result<(), Error> {
        let invalid = |field, hint: &str| Err(Error::Invalid { field, hint: hint.into() });
        match self {
            Self::Acknowledge { note: text } | Self::Note { note: text } | Self::Close { reason: text }
                if text.chars().count() > NOTE =>
            {
                invalid("note", "use at most 500 characters")
            }
            Self::Note { note } if note.trim().is_empty() => invalid("note", "write a note"),
            Self::Close { reason } if reason.trim().is_empty() => {
                invalid("reason", "say why the incident is closed")
            }
            Self::Snooze { seconds } if !(60..=LONGEST).contains(seconds) => {
                invalid("until", "choose a time between a minute and 90 days from now")
            }
            _ => Ok(()),
        }
    }

    fn on(&self, track: &mut Track, by: &str, now: Timestamp) -> Option<Entry> {
        let by = by.to_owned();
        match self.clone() {
            Self::Acknowledge { note } => track.acknowledge(by, note.trim().to_owned(), now),
            Self::Note { note } => track.note(by, note.trim().to_owned(), now),
            Self::Snooze { seconds } => track.snooze(by, now.plus(seconds), now),
            Self::Close { reason } => track.dismiss(by, reason.trim().to_owned(), now),
        }
    }
}

/// One page of incidents.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn list(services: &Services, actor: &Actor, query: IncidentQuery) -> Result<IncidentPage, Error> {
    actor.may(Permission::ViewBackups)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    Ok(services
        .db
        .read(move |conn| {
            let IncidentQuery { filter, server, job, problem, page } = query;
            let wanted = Wanted { filter: Some(filter), server, job, worst: problem, before: None };
            let mut counts = Vec::new();
            for filter in IncidentFilter::ALL {
                counts.push((filter, incidents::count(conn, Wanted { filter: Some(filter), ..wanted })?));
            }
            let total = counts.iter().find(|(known, _)| *known == filter).map_or(0, |(_, count)| *count);
            let paging = Paging::new(page, PAGE, total);
            let rows = incidents::list(conn, wanted, PAGE, paging.offset())?;
            let rows = rows.into_iter().map(|row| with_timeline(conn, &zone, row));
            Ok(IncidentPage { now: zone.moment(now), counts, rows: rows.collect::<Result<_, _>>()?, paging })
        })
        .await?)
}

/// An incident as lists show it.
pub(in crate::service) fn with_timeline(
    conn: &mut Connection,
    zone: &Zone,
    row: Row,
) -> Result<IncidentRow, StoreError> {
    let events = incidents::timeline(conn, row.id)?;
    let cause =
        events.iter().rev().find(|event| matches!(event.event.as_str(), "opened" | "changed" | "found"));
    let message = match cause.and_then(|event| event.run_id) {
        Some(run) => run_lists::headline(conn, run)?,
        None => None,
    };
    let failures = match row.job_id {
        Some(job) if row.closed_at.is_none() && row.problem == Verdict::Failed.as_str() => {
            jobs::failures(conn, JobId(job))?
        }
        _ => 0,
    };
    let mut timeline: Vec<TimelineEntry> = events.into_iter().map(|event| entry(zone, event)).collect();
    timeline.extend(notifications::told_of(conn, zone, row.id)?);
    timeline.sort_by_key(|entry| entry.at.at);
    let at = |text: &str| zone.moment(text.parse().unwrap_or_default());
    let verdict = |word: &str| word.parse().unwrap_or(Verdict::Check);
    Ok(IncidentRow {
        id: row.id,
        job_id: row.job_id.map(JobId),
        server_id: row.server_id.map(ServerId),
        problem: verdict(&row.problem),
        worst: verdict(&row.worst),
        since: at(&row.since),
        opened: at(&row.opened_at),
        snoozed_until: moment(zone, row.snoozed_until.as_deref()),
        failures,
        checks: serde_json::from_str(&row.checks).unwrap_or_default(),
        message,
        closed: moment(zone, row.closed_at.as_deref()),
        server_name: row.server_name,
        job_name: row.job_name,
        acknowledged_by: row.acknowledged_by,
        closed_why: row.closed_why,
        timeline,
    })
}

/// An event as an entry of a timeline.
pub(in crate::service) fn entry(zone: &Zone, row: EventRow) -> TimelineEntry {
    let happened = row.event();
    let mut entry = TimelineEntry {
        at: zone.moment(row.at.parse().unwrap_or_default()),
        event: row.event,
        problem: None,
        check: None,
        actor: row.actor,
        note: None,
        until: None,
        run: row.run_id.map(RunId),
        setting: None,
    };
    let text = |text: String| (!text.is_empty()).then_some(text);
    let verdict = |problem| crate::noticing::state::Verdict::Wrong(problem).into();
    match happened {
        Some(Event::Opened { problem, .. } | Event::Changed { to: problem, .. }) => {
            entry.problem = Some(verdict(problem));
        }
        Some(Event::Found { check }) => {
            entry.check = serde_json::to_value(check).ok().and_then(|word| Some(word.as_str()?.to_owned()));
        }
        Some(Event::Acknowledged { note, .. } | Event::Noted { note, .. }) => entry.note = text(note),
        Some(Event::Snoozed { until, .. }) => entry.until = Some(zone.moment(until)),
        Some(Event::Set { what, note, .. }) => {
            entry.setting = Some(what.as_str().to_owned());
            entry.note = text(note);
        }
        Some(Event::Closed { why: Closing::Person { reason, .. } }) => entry.note = text(reason),
        Some(Event::Closed { why: Closing::Gone { what } }) => entry.note = text(what),
        _ => {}
    }
    entry
}

/// Does the same about some incidents. Those that are closed meanwhile are left out. Returns how many it was done to.
///
/// # Errors
/// [`Error::Invalid`] when nothing or too much is chosen, or a text or a time cannot be taken.
pub async fn handle(services: &Services, actor: &Actor, ids: Vec<i64>, act: Act) -> Result<usize, Error> {
    actor.may(Permission::HandleIncidents)?;
    act.check()?;
    if ids.is_empty() || ids.len() > AT_ONCE {
        return Err(Error::Invalid { field: "incidents", hint: format!("select 1 to {AT_ONCE} incidents") });
    }
    let (actor, now) = (actor.clone(), services.clock.now());
    Ok(services
        .db
        .write(move |tx: &mut Tx<'_>| {
            let by = audit::name_of(&actor);
            let mut handled = 0;
            for id in ids {
                let Some(row) = incident_changes::handle(tx.conn, id, |track| act.on(track, &by, now))?
                else {
                    continue;
                };
                handled += 1;
                let name = format!("{} / {}", row.server_name, row.job_name);
                let entry = audit::Entry::new(act.action()).on("incident", id, name);
                let entry = match &act {
                    Act::Acknowledge { note } | Act::Note { note } => entry.after(json!({ "note": note })),
                    Act::Snooze { seconds } => {
                        entry.after(json!({ "until": now.plus(*seconds).to_string() }))
                    }
                    Act::Close { reason } => entry.after(json!({ "reason": reason })),
                };
                audit::record(tx, &actor, now, entry)?;
            }
            Ok(handled)
        })
        .await?)
}
