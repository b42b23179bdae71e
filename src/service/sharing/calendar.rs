//! The calendar of expected runs, and of those that were missed.

use super::{
    open, stable_id,
    subject::{job_name, name_of, server_names},
};
use crate::{
    db::tables::subjects,
    dto::sharing::LinkKind,
    error::Error,
    ids::JobId,
    service::{
        Services,
        overview::calendar::{Shared, Slots, slots},
        rows::missing_is_not_found,
        session::Caller,
    },
    time::Timestamp,
};

/// Jobs in a calendar.
const JOBS: i64 = 200;
/// Days of the past of which missed runs are shown.
const DAYS: i64 = 30;
/// The shortest event, so that a calendar has room for its name, and the longest: seconds.
const LASTS: (i64, i64) = (900, 86_400);

/// A calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The name of what it is about; empty for the site.
    pub name: String,
    /// When its link was created.
    pub created: Timestamp,
    /// In the order of their jobs.
    pub events: Vec<CalendarEvent>,
}

/// A run that is expected, or was missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEvent {
    /// A UUID. A run that was expected and did not come keeps it.
    pub id: String,
    /// Server and job.
    pub name: String,
    /// The job.
    pub job: JobId,
    /// When it should begin.
    pub at: Timestamp,
    /// As long as the last one: seconds.
    pub lasts: i64,
    /// Whether it was missed.
    pub is_missed: bool,
}

/// The calendar of a link.
///
/// # Errors
/// [`Error::NotFound`] when the token is not one of ours; [`Error::TooMany`] for an address that tries too many.
pub async fn show(services: &Services, caller: &Caller, token: &str) -> Result<Calendar, Error> {
    let row = open(services, caller, LinkKind::Calendar, token).await?;
    let (zone, now) = (services.zone.clone(), services.clock.now());
    let load = move |conn: &mut _| {
        let mut events = Vec::new();
        let jobs = subjects::jobs(conn, row.about(), JOBS)?;
        let names = server_names(conn, &jobs)?;
        let mut shared = Shared::at(conn, now)?;
        for job in jobs {
            let name = job_name(&names, &job);
            let lasts = job.summary.last_duration.unwrap_or_default().clamp(LASTS.0, LASTS.1);
            let Slots { next, missed } =
                slots(conn, &zone, &mut shared, &job, (now.plus(-DAYS * 86_400), now))?;
            let all = missed.into_iter().map(|at| (at, true)).chain(next.into_iter().map(|at| (at, false)));
            events.extend(all.map(|(at, is_missed)| CalendarEvent {
                id: stable_id(&row, &format!("slot {} {}", job.id, at.unix())),
                name: name.clone(),
                job: JobId(job.id),
                at,
                lasts,
                is_missed,
            }));
        }
        let created = row.created_at.parse().unwrap_or_default();
        Ok(Calendar { name: name_of(conn, row.about())?, created, events })
    };
    services.db.read(load).await.map_err(missing_is_not_found)
}
