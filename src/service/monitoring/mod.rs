//! What people set about jobs, for them, their server, its group or everything: schedules and tolerances, pauses, maintenance windows, what is
//! expected.
//!
//! Each change and what follows from it for the jobs that it concerns is one transaction: the jobs are judged again in it, and each change is
//! an entry of the audit log. The evaluator wakes by the commit. Nothing here raises an alarm for the past: a schedule counts from when it was
//! set, and what a pause or a window excused stays excused.

mod expected;
mod form;
#[cfg(test)]
mod group_tests;
#[cfg(test)]
mod next_tests;
mod pauses;
mod rules;
#[cfg(test)]
mod tests;
mod windows;

use serde_json::Value;

pub use expected::{accept_warning, expect, expect_word, set_checks, set_target_checks, withdraw_warning};
pub use form::{pause_end, read_rule, read_window};
pub use pauses::{pause, resume};
pub(in crate::service) use rules::set_in;
pub use rules::{Change, RuleChange, SetSchedule, set};
pub use windows::{add_window, end_window, once};

use super::{Actor, Services, audit, audit::Entry, rows::missing_is_not_found};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError, StoreErrorKind, Tx,
        tables::{
            jobs, labels,
            noticing::{Judge, incident_changes, settings::Scope, states},
            servers,
        },
    },
    error::Error,
    ids::{GroupId, JobId, JobRef, ServerId},
    noticing::incident::{Event, Setting},
    time::Timestamp,
    zone::Zone,
};

/// Jobs that are changed at once, in one transaction.
pub const AT_ONCE: usize = 1000;
/// Characters of a name, a reason or a note.
const TEXT: usize = 500;

/// For what something is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Everything.
    Site,
    /// A group, with all of its servers.
    Group(GroupId),
    /// A server, with all of its jobs.
    Server(ServerId),
    /// Jobs. Those that are gone meanwhile are left out.
    Jobs(Vec<JobId>),
}

impl Target {
    fn check(&self) -> Result<(), Error> {
        match self {
            Self::Jobs(jobs) if jobs.is_empty() || jobs.len() > AT_ONCE => {
                Err(Error::Invalid { field: "jobs", hint: format!("choose 1 to {AT_ONCE} jobs") })
            }
            _ => Ok(()),
        }
    }

    /// What it consists of.
    fn places(self, conn: &mut Connection) -> Result<Vec<Place>, StoreError> {
        match self {
            Self::Site => Ok(vec![Place::of(conn, Scope::Site)?]),
            Self::Group(id) => Ok(vec![Place::of(conn, Scope::Group(id))?]),
            Self::Server(id) => Ok(vec![Place::of(conn, Scope::Server(id))?]),
            Self::Jobs(mut ids) => {
                ids.sort_unstable();
                ids.dedup();
                let mut places = Vec::new();
                for id in ids {
                    match Place::of(conn, Scope::Job(id)) {
                        Ok(place) => places.push(place),
                        Err(error) if error.kind == StoreErrorKind::NotFound => {}
                        Err(error) => return Err(error),
                    }
                }
                Ok(places)
            }
        }
    }
}

/// One thing for which something is set.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    scope: Scope,
    /// Its name in the audit log.
    name: String,
}

impl Place {
    /// It, with its name of now.
    fn of(conn: &mut Connection, scope: Scope) -> Result<Self, StoreError> {
        let name = match scope {
            Scope::Site => String::new(),
            Scope::Group(id) => labels::group_name(conn, id)?,
            Scope::Server(id) => servers::find(conn, id)?.display_name().to_owned(),
            Scope::Job(id) => {
                let job = jobs::find(conn, id)?;
                let server = servers::find(conn, ServerId(job.server_id))?;
                format!("{} / {}", server.display_name(), job.name)
            }
        };
        Ok(Self { scope, name })
    }

    fn on(&self, entry: Entry) -> Entry {
        match self.scope {
            Scope::Site => entry,
            Scope::Group(id) => entry.on("group", id.0, &self.name),
            Scope::Server(id) => entry.on("server", id.0, &self.name),
            Scope::Job(id) => entry.on("job", id.0, &self.name),
        }
    }

    /// The jobs that it concerns; of very many, some.
    fn jobs(&self, conn: &mut Connection) -> Result<Vec<JobRef>, StoreError> {
        Ok(match self.scope {
            Scope::Site => jobs::refs(conn, None, AT_ONCE + 1)?,
            Scope::Group(id) => {
                let members = labels::members(conn, id)?;
                jobs::refs(conn, Some(&members), AT_ONCE + 1)?
            }
            Scope::Server(id) => jobs::refs(conn, Some(&[id]), AT_ONCE + 1)?,
            Scope::Job(id) => vec![jobs::find(conn, id)?.job_ref()],
        })
    }
}

/// What was done to a place.
struct Done {
    /// As the audit log has it.
    entry: Entry,
    /// What of it stands in the timeline of an incident that is open.
    setting: Setting,
    /// What the person wrote.
    note: String,
}

impl Done {
    fn new(action: &'static str, setting: Setting, (before, after): (Value, Value)) -> Self {
        Self { entry: Entry::new(action).before(before).after(after), setting, note: String::new() }
    }

    fn with_note(self, note: &str) -> Self {
        Self { note: note.to_owned(), ..self }
    }
}

/// Does something to each place of a target, and judges the jobs that it concerns: one transaction. `act` says what it did; nothing where
/// everything was so already. Returns to how many places it was done.
async fn change(
    services: &Services,
    actor: &Actor,
    target: Target,
    act: impl Fn(&mut Connection, Scope, Timestamp) -> Result<Option<Done>, StoreError> + Send + 'static,
) -> Result<usize, Error> {
    actor.may(Permission::ManageMonitoring)?;
    target.check()?;
    let (actor, now, zone) = (actor.clone(), services.clock.now(), services.zone.clone());
    let work = move |tx: &mut Tx<'_>| change_in(tx, (&actor, &zone, now), target, act);
    services.db.write(work).await.map_err(missing_is_not_found)?.ok_or(Error::NotFound)
}

/// Does the same in a transaction; `None` if nothing of the target is there.
fn change_in(
    tx: &mut Tx<'_>,
    (actor, zone, now): (&Actor, &Zone, Timestamp),
    target: Target,
    act: impl Fn(&mut Connection, Scope, Timestamp) -> Result<Option<Done>, StoreError>,
) -> Result<Option<usize>, StoreError> {
    let places = target.places(tx.conn)?;
    if places.is_empty() {
        return Ok(None);
    }
    let judge = Judge::at(tx.conn, zone, now)?;
    let mut changed = 0;
    for place in places {
        let Some(done) = act(tx.conn, place.scope, now)? else { continue };
        changed += 1;
        follow(tx.conn, &judge, &place, actor, (&done, now))?;
        audit::record(tx, actor, now, place.on(done.entry))?;
    }
    Ok(Some(changed))
}

/// Judges what a change concerns. So many jobs that reports would have to wait are left to the evaluator, which is woken by the commit.
fn follow(
    conn: &mut Connection,
    judge: &Judge,
    place: &Place,
    actor: &Actor,
    (done, now): (&Done, Timestamp),
) -> Result<(), StoreError> {
    let jobs = place.jobs(conn)?;
    if jobs.len() > AT_ONCE {
        return states::outdate(conn, place.scope);
    }
    for job in jobs {
        note(conn, job.id, actor, (done.setting, &done.note), now)?;
        judge.reset(conn, job)?;
    }
    Ok(())
}

/// Judges the jobs of servers for which something else may be set, because they came into another group: as [`follow`] does.
pub(in crate::service) fn regrouped(
    conn: &mut Connection,
    zone: &Zone,
    servers: &[ServerId],
    (actor, note): (&Actor, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    if servers.is_empty() {
        return Ok(());
    }
    let judge = Judge::at(conn, zone, now)?;
    let done = Done::new("server.label", Setting::Rules, (Value::Null, Value::Null)).with_note(note);
    let mut judged = 0;
    for server in servers {
        let place = Place::of(conn, Scope::Server(*server))?;
        judged += jobs::refs(conn, Some(&[*server]), AT_ONCE + 1)?.len();
        if judged > AT_ONCE {
            states::outdate(conn, place.scope)?;
        } else {
            follow(conn, &judge, &place, actor, (&done, now))?;
        }
    }
    Ok(())
}

/// Says in the timeline of what is open about a job what a person set.
fn note(
    conn: &mut Connection,
    job: JobId,
    actor: &Actor,
    (what, note): (Setting, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let event = Event::Set { by: audit::name_of(actor), what, note: note.to_owned() };
    incident_changes::note(conn, job, event, now)
}

/// A text that a person writes.
fn text(field: &'static str, value: &str) -> Result<String, Error> {
    let value = value.trim();
    if value.chars().count() > TEXT {
        return Err(Error::Invalid { field, hint: format!("use at most {TEXT} characters") });
    }
    Ok(value.to_owned())
}
