//! What would have been raised about a job in the past, had other settings held.

use crate::{
    access::Permission,
    db::tables::{
        backup_ids, jobs,
        noticing::{
            downtimes, facts, reports_since,
            settings::{self, Scope},
        },
        servers,
    },
    error::Error,
    ids::{JobId, ServerId},
    noticing::{
        rehearsal::{self, Alarm, Closed},
        settings::Settings,
    },
    service::{Actor, Services, monitoring::RuleChange, rows::missing_is_not_found},
    time::Timestamp,
};

/// Days before those that are asked for: what was usual is learnt from them.
const LEARNED_FROM: i64 = 60;
/// Runs that are read.
const RUNS: i64 = 20_000;
/// Slots ahead that are told.
pub(in crate::service) const NEXT: usize = 3;
/// The longest time that is rehearsed: days.
const LONGEST: i64 = 400;

/// The alarms of the last days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsed {
    /// The job, as `server/job`.
    pub name: String,
    /// With the settings that were tried.
    pub tried: Vec<Alarm>,
    /// With those that are set.
    pub set: Vec<Alarm>,
    /// The next slots with the settings that were tried.
    pub next: Vec<Timestamp>,
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
    trial: RuleChange,
) -> Result<Rehearsed, Error> {
    trial_of(services, actor, (job, Scope::Job(job)), days, trial).await
}

/// The same, were this set for the job or for one of the scopes that count for it.
pub(in crate::service) async fn trial_of(
    services: &Services,
    actor: &Actor,
    (job, scope): (JobId, Scope),
    days: i64,
    trial: RuleChange,
) -> Result<Rehearsed, Error> {
    actor.may(Permission::ViewBackups)?;
    trial.check()?;
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
        let known = settings::rule(conn, scope)?;
        let tried = settings::resolve_with(conn, place, Some((scope, &trial.on(&known, now))))?;
        let set = settings::resolve(conn, place)?;
        let known = facts::find(conn, place.id)?.unwrap_or_default().facts;
        Ok((name, reports, [tried, set], known, downtimes::lately(conn, now)?))
    });
    let (name, reports, settings, known, down) = read.await.map_err(missing_is_not_found)?;
    // The past is rehearsed as if they had always been set.
    let [tried, set] = settings.map(|stored| Settings { schedule_set: None, ..stored.at(now, &zone) });
    let plan = known.plan(&tried);
    let next = plan.map(|plan| plan.pattern.slots(now, tried.zone_of(plan.source)).take(NEXT).collect());
    let of = |settings| {
        let alarms = rehearsal::past(&name, settings, reports.clone(), &down, now);
        alarms.into_iter().filter(|alarm| is_since(alarm, from)).collect()
    };
    let (tried, set) = (of(&tried), of(&set));
    Ok(Rehearsed { name, tried, set, next: next.unwrap_or_default() })
}

/// Whether an alarm was still open at a time, or was raised after it.
fn is_since(alarm: &Alarm, from: Timestamp) -> bool {
    match alarm.closed {
        Closed::At(closed) => closed.is_none_or(|closed| closed >= from),
        Closed::OfAnother => alarm.opened >= from,
    }
}
