//! What would have been raised about a job in the past, had other settings held.

use crate::{
    access::Permission,
    db::tables::{
        backup_ids, jobs,
        noticing::{downtimes, reports_since, settings},
        servers,
    },
    error::Error,
    ids::{JobId, ServerId},
    noticing::{
        rehearsal::{self, Alarm, Closed},
        schedule::Schedule,
        settings::Tolerance,
    },
    service::{Actor, Services, rows::missing_is_not_found},
    time::Timestamp,
};

/// Days before those that are asked for: what was usual is learnt from them.
const LEARNED_FROM: i64 = 60;
/// Runs that are read.
const RUNS: i64 = 20_000;
/// The longest time that is rehearsed: days.
const LONGEST: i64 = 400;

/// Settings to try; what is not said is as it is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trial {
    /// A schedule.
    pub schedule: Option<Schedule>,
    /// A tolerance.
    pub tolerance: Option<Tolerance>,
}

/// The alarms of the last days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsed {
    /// The job, as `server/job`.
    pub name: String,
    /// With the settings that were tried.
    pub tried: Vec<Alarm>,
    /// With those that are set.
    pub set: Vec<Alarm>,
}

/// The job of a name `SERVER/JOB`.
///
/// # Errors
/// [`Error::Invalid`] when there is none.
pub async fn find(services: &Services, actor: &Actor, name: &str) -> Result<JobId, Error> {
    actor.may(Permission::ViewBackups)?;
    let wanted = name.to_owned();
    let found = services
        .db
        .read(move |conn| {
            for server in servers::all(conn)? {
                for name in [Some(&server.name), server.alias.as_ref()].into_iter().flatten() {
                    let job = wanted.strip_prefix(name.as_str()).and_then(|rest| rest.strip_prefix('/'));
                    let Some(job) = job else { continue };
                    if let Some(known) = backup_ids::find_by_name(conn, ServerId(server.id), job)? {
                        return Ok(Some(JobId(known.id)));
                    }
                }
            }
            Ok(None)
        })
        .await?;
    found.ok_or_else(|| Error::Invalid {
        field: "job",
        hint: format!("there is no job “{name}”: write SERVER/JOB, as the server list shows them"),
    })
}

/// Rehearses a job over its last days.
///
/// # Errors
/// [`Error::NotFound`] when there is no such job; [`Error::Invalid`] for days that cannot be rehearsed.
pub async fn job(
    services: &Services,
    actor: &Actor,
    job: JobId,
    days: i64,
    trial: Trial,
) -> Result<Rehearsed, Error> {
    actor.may(Permission::ViewBackups)?;
    if !(1..=LONGEST).contains(&days) {
        return Err(Error::Invalid { field: "days", hint: format!("use 1 to {LONGEST} days") });
    }
    let (zone, now) = (services.zone.clone(), services.clock.now());
    let from = now.plus(-days.saturating_mul(86_400));
    let read = services.db.read(move |conn| {
        let job = jobs::find(conn, job)?;
        let place = job.job_ref();
        let name = format!("{}/{}", servers::find(conn, place.server)?.display_name(), job.name);
        let reports = reports_since(conn, place, from.plus(-LEARNED_FROM * 86_400), RUNS)?;
        Ok((name, reports, settings::resolve(conn, place)?, downtimes::lately(conn, now)?))
    });
    let (name, reports, stored, down) = read.await.map_err(missing_is_not_found)?;
    let set = stored.at(now, &zone);
    let mut tried = set.clone();
    if let Some(schedule) = trial.schedule {
        (tried.schedule, tried.schedule_zone, tried.schedule_set) = (Some(schedule), None, None);
    }
    tried.tolerance = trial.tolerance.unwrap_or(tried.tolerance);
    let of = |settings| {
        let alarms = rehearsal::past(&name, settings, reports.clone(), &down, now);
        alarms.into_iter().filter(|alarm| is_since(alarm, from)).collect()
    };
    let (tried, set) = (of(&tried), of(&set));
    Ok(Rehearsed { name, tried, set })
}

/// Whether an alarm was still open at a time, or was raised after it.
fn is_since(alarm: &Alarm, from: Timestamp) -> bool {
    match alarm.closed {
        Closed::At(closed) => closed.is_none_or(|closed| closed >= from),
        Closed::OfAnother => alarm.opened >= from,
    }
}
