//! The health of the program: one list of checks for the page, the API and `duplistatus doctor`, and the readiness response
//! for monitors.

mod facts;
mod judge;
mod space;
#[cfg(test)]
mod tests;

use std::path::Path;

pub use judge::judge;
use serde::Serialize;
pub use space::{DiskSpace, DiskSpaceCache};

use super::{Actor, Services, rows::count, security, security::RequestEnvironment};
use crate::{
    access::Permission,
    crypto::SecretKeys,
    db::{
        StoreError, StoreErrorKind,
        care::health as stored,
        engine::{connection, files},
        tables::{channels, notifications::reach},
    },
    dto::{
        channel::Reach,
        health::{Fact, Judged, ReadOnly, State, SystemProblem},
        security::State as Weakness,
    },
    error::Error,
    notify::own::FailingChannel,
    time::Timestamp,
    zone::Zone,
};

/// The response for monitors: whether the program is working. It contains nothing confidential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// `"healthy"`; `"degraded"` while nothing can be stored; `"unavailable"` if the database does not respond.
    pub status: &'static str,
    /// This program's version.
    pub version: &'static str,
    /// `"ok"`, `"read-only"`, `"full"` (the disk), `"locked"`, `"closed"` (it could not be opened again after it was
    /// replaced, and is being retried) or `"silent"`.
    pub database: &'static str,
    /// `"ok"`; `"failing"` while a channel in use does not deliver; `"none"` while nobody would be told; `"unknown"`.
    pub notifications: &'static str,
}

impl Readiness {
    /// Returns whether reports are stored.
    pub fn is_ready(&self) -> bool {
        self.status == "healthy"
    }
}

/// Tests whether the database responds.
pub async fn ready(services: &Services) -> Readiness {
    let answered = services
        .db
        .read(|conn| {
            let is_told = reach::reach(conn)? != Reach::Nobody;
            Ok(if channels::failing(conn)?.is_empty() { is_told.then_some("ok") } else { Some("failing") })
        })
        .await;
    let notifications = answered.as_ref().map_or("unknown", |told| told.unwrap_or("none"));
    let read_only = services.db.read_only();
    // A damaged file counts as responding, as far as it can be read.
    let answers = match &answered {
        Ok(_) => true,
        Err(error) => error.kind == StoreErrorKind::Corrupt && read_only.is_some(),
    };
    let (status, database) = match (answers, read_only) {
        _ if answered.is_err() && services.db.closed().is_some() => ("unavailable", "closed"),
        (false, _) => ("unavailable", "silent"),
        (true, None) => ("healthy", "ok"),
        (true, Some(ReadOnly::Full)) => ("degraded", "full"),
        (true, Some(ReadOnly::Locked)) => ("degraded", "locked"),
        (true, Some(_)) => ("degraded", "read-only"),
    };
    Readiness { status, version: env!("CARGO_PKG_VERSION"), database, notifications }
}

/// Returns all checks, worst first.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators. A database that does not respond is a check in the list, not an error.
pub async fn list(
    services: &Services,
    actor: &Actor,
    around: &RequestEnvironment,
) -> Result<Vec<Judged>, Error> {
    actor.may(Permission::ViewDatabase)?;
    let (mut all, stored) = ask(services).await?;
    if stored.is_some() {
        let weak = security::overview(services, actor, around).await?.checks;
        all.push(Fact::Weak { count: count(weak.iter().filter(|one| one.state == Weakness::Weak).count()) });
    }
    Ok(judged(all))
}

/// The checks of the program itself, and its channels that do not deliver, for messages about them.
///
/// # Errors
/// When the database does not answer: then nobody knows what is wrong.
pub(in crate::service) async fn itself(
    services: &Services,
) -> Result<(Vec<Judged>, Vec<FailingChannel>), Error> {
    let (all, stored) = ask(services).await?;
    let stored =
        stored.ok_or_else(|| StoreError::new(StoreErrorKind::Other, "the database does not answer"))?;
    Ok((judged(all), stored.failing_channels))
}

/// All facts but those of the security page; what is stored is missing if the database does not answer.
async fn ask(services: &Services) -> Result<(Vec<Fact>, Option<stored::Stored>), Error> {
    let now = services.clock.now();
    // Before a query of this function waits itself.
    let pool = services.db.pool();
    let since = now.plus(-facts::DAY);
    let read = services.db.read(move |conn| stored::stored(conn, since)).await;
    let read_only = services.db.read_only();
    let is_locked = read_only == Some(ReadOnly::Locked);
    let holders = if is_locked { services.db.holders().await? } else { Vec::new() };
    let mut all = vec![Fact::Database { answers: read.is_ok() }, Fact::Writing { read_only, holders }];
    match &read {
        Ok(stored) => all.extend(facts::of_stored(stored, services.zone.name(), now)),
        Err(error) => tracing::warn!(%error, "the database does not answer"),
    }
    all.push(services.room().fact());
    all.push(Fact::Log { bytes: files::length(&files::log(services.db.path())) });
    all.push(Fact::Queue { reads: pool.waiting, writes: pool.writes_waiting });
    all.push(facts::secrets(read.as_ref().ok(), &services.secrets.keys()));
    Ok((all, read.ok()))
}

/// Returns the checks of a data folder that this process does not serve, in any condition. Neither writes nor migrates. Also
/// returns the begin of the newest run, to detect a clock that was set back.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators.
pub fn list_at_rest(
    actor: &Actor,
    database: &Path,
    zone: &Zone,
    keys: &SecretKeys,
    now: Timestamp,
) -> Result<(Vec<Judged>, Option<Timestamp>), Error> {
    actor.may(Permission::ViewDatabase)?;
    let read = if files::is_emptied(database) {
        Some(Err(StoreError::new(StoreErrorKind::Corrupt, connection::EMPTIED)))
    } else if files::length(database) == 0 {
        None
    } else {
        Some(connection::open_sound_reader(database).and_then(|mut conn| {
            let schema = stored::schema(&mut conn)?;
            // Another schema may lack the tables, so only its version is read.
            if schema.newer || schema.missing > 0 {
                return Ok((schema, false));
            }
            Ok((stored::stored(&mut conn, now.plus(-facts::DAY))?, true))
        }))
    };
    let mut all = Vec::new();
    let (mut newest, mut known) = (None, None);
    match read {
        None => {}
        Some(Err(error)) => {
            tracing::warn!(%error, "the database cannot be read");
            all.push(Fact::Database { answers: false });
        }
        Some(Ok((stored, is_known))) => {
            newest = stored.newest_run;
            all.push(Fact::Database { answers: true });
            if is_known {
                all.extend(facts::of_stored(&stored, zone.name(), now));
            } else {
                all.push(facts::schema(&stored));
            }
            known = Some(stored);
        }
    }
    all.push(DiskSpace::of(database).fact());
    all.push(Fact::Log { bytes: files::length(&files::log(database)) });
    // Before the first start there is no key and nothing that needs one.
    if files::length(database) > 0 {
        all.push(facts::secrets(known.as_ref(), keys));
    }
    Ok((judged(all), newest))
}

fn judged(facts: Vec<Fact>) -> Vec<Judged> {
    let mut all: Vec<Judged> = facts.into_iter().map(|fact| Judged { state: judge(&fact), fact }).collect();
    all.sort_by_key(|one| one.state);
    all
}

/// Returns the channels that do not deliver, for those who may change them: every page of theirs says so.
pub async fn failing_channels(services: &Services, actor: &Actor) -> Vec<FailingChannel> {
    if !matches!(actor, Actor::User(_)) || actor.may(Permission::ViewSettings).is_err() {
        return Vec::new();
    }
    // A page without the banner is better than none.
    services.db.read(channels::failing).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the channels could not be read");
        Vec::new()
    })
}

/// Returns the problem that every page shows to signed-in users. Cheap, because every page calls it.
pub fn system_problem(services: &Services, actor: &Actor) -> Option<SystemProblem> {
    let Actor::User(_) = actor else { return None };
    if let Some(why) = services.db.read_only() {
        return Some(SystemProblem::ReadOnly(why));
    }
    let is_low = || judge(&services.room().fact()) <= State::Warning;
    (actor.may(Permission::ViewDatabase).is_ok() && is_low()).then_some(SystemProblem::LowSpace)
}
