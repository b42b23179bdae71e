//! Incidents, and what happened in them.

use super::{Listed, Part, Position};
use crate::{
    access::Permission,
    db::tables::{
        id_lists::{self, WantedEvents},
        noticing::incidents::{self, Wanted},
    },
    dto::incidents::{IncidentFilter, IncidentRow, TimelineEntry},
    error::Error,
    ids::{JobId, ServerId},
    service::{
        Actor, Services,
        noticing::incidents::{entry, with_timeline},
    },
    verdict::Verdict,
};

/// Which incidents are wanted; what is not said narrows nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Open, acknowledged or closed.
    pub state: Option<IncidentFilter>,
    /// Of this server.
    pub server: Option<ServerId>,
    /// Of this job.
    pub job: Option<JobId>,
    /// What they were about at their worst.
    pub problem: Option<Verdict>,
}

/// Of which incidents events are wanted; what is not said narrows nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of this incident.
    pub incident: Option<i64>,
    /// Of incidents of this job.
    pub job: Option<JobId>,
    /// Of incidents of this server.
    pub server: Option<ServerId>,
}

/// What happened in an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentEvent {
    /// Its id: a later event has a higher one.
    pub id: i64,
    /// The incident.
    pub incident: i64,
    /// The server of the incident, unless it was deleted.
    pub server: Option<ServerId>,
    /// The job of the incident, unless it was deleted.
    pub job: Option<JobId>,
    /// What happened.
    pub entry: TimelineEntry,
}

/// A part of the incidents, with their timelines, those that were opened last first.
///
/// # Errors
/// When the actor may not view backups; database errors.
pub async fn list(
    services: &Services,
    actor: &Actor,
    filter: Filter,
    part: Part,
) -> Result<Listed<IncidentRow>, Error> {
    actor.may(Permission::ViewBackups)?;
    let zone = services.zone.clone();
    let Filter { state, server, job, problem } = filter;
    let wanted = Wanted { filter: state, server, job, worst: problem, before: part.before() };
    Ok(services
        .db
        .read(move |conn| {
            let rows = incidents::list(conn, wanted, part.read(), 0)?;
            let Listed { rows, next } =
                Listed::of(part, rows, |row| Position { at: row.opened_at.parse().ok(), id: row.id });
            let rows = rows.into_iter().map(|row| with_timeline(conn, &zone, row));
            Ok(Listed { rows: rows.collect::<Result<_, _>>()?, next })
        })
        .await?)
}

/// One incident, with its timeline.
///
/// # Errors
/// [`Error::NotFound`] if there is none; when the actor may not view backups.
pub async fn find(services: &Services, actor: &Actor, id: i64) -> Result<IncidentRow, Error> {
    actor.may(Permission::ViewBackups)?;
    let zone = services.zone.clone();
    let found = services.db.read(move |conn| {
        let row = incidents::find(conn, id)?;
        row.map(|row| with_timeline(conn, &zone, row)).transpose()
    });
    found.await?.ok_or(Error::NotFound)
}

/// A part of the events of all incidents, newest first.
///
/// # Errors
/// When the actor may not view backups; database errors.
pub async fn events(
    services: &Services,
    actor: &Actor,
    filter: EventFilter,
    part: Part,
) -> Result<Listed<IncidentEvent>, Error> {
    actor.may(Permission::ViewBackups)?;
    let zone = services.zone.clone();
    let EventFilter { incident, job, server } = filter;
    let wanted = WantedEvents { incident, job, server };
    let rows =
        services.db.read(move |conn| id_lists::events(conn, wanted, part.below(), part.read())).await?;
    let listed = Listed::of(part, rows, |(row, _)| Position { at: None, id: row.id });
    Ok(listed.map(|(row, (incident, server, job))| IncidentEvent {
        id: row.id,
        incident,
        server: server.map(ServerId),
        job: job.map(JobId),
        entry: entry(&zone, row),
    }))
}
