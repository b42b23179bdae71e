//! The audit trail: who did what, when, from where, to what.
//!
//! What changes something is recorded in the transaction that changes it, so neither is there without the other.

pub mod export;

use std::net::IpAddr;

use serde_json::{Map, Value};

use super::{Actor, Proof, Services, rows::count};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError, Tx,
        tables::{
            audit::{self, AuditFilter, AuditRecord},
            audit_repeats,
        },
    },
    dto::{
        Paging,
        audit::{AuditPage, AuditQuery, AuditRow, EXPORT_ROWS},
    },
    error::Error,
    throttle::network,
    time::Timestamp,
    zone::Zone,
};

/// Rows on a page.
const PAGE: i64 = 50;
/// Entries deleted in one transaction.
const BATCH: i64 = 500;
/// Characters of a name that are kept.
const NAME: usize = 200;
/// Failures of one address at one person in an hour that are written one by one: [`NO_SUCH_PERSON`] is one person.
const FAILURES: i64 = 5;
/// The same of names that nobody has.
const FAILURES_AT_NOBODY: i64 = 1;
/// Sign-ins, and changes of the own account, of one person in an hour that are written one by one.
const OWN_DOINGS: i64 = 50;

/// Stands in the trail for a name that nobody has: what was typed may be a password.
pub(in crate::service) const NO_SUCH_PERSON: &str = "(unknown user)";

/// What was done, ready to be recorded.
#[derive(Debug, Clone)]
pub struct Entry {
    action: &'static str,
    target: Option<(&'static str, Option<i64>, String)>,
    success: bool,
    before: Option<Value>,
    after: Option<Value>,
}

impl Entry {
    /// Something that worked. Actions are `noun.verb`: `user.create`.
    pub fn new(action: &'static str) -> Self {
        Self { action, target: None, success: true, before: None, after: None }
    }

    /// To what it was done: `("user", id, "jo")`.
    pub fn on(mut self, kind: &'static str, id: impl Into<Option<i64>>, name: impl Into<String>) -> Self {
        self.target = Some((kind, id.into(), name.into()));
        self
    }

    /// What it was like before. Never a secret: say "set" or "changed" instead.
    pub fn before(mut self, value: Value) -> Self {
        self.before = Some(value);
        self
    }

    /// What it is like now. Never a secret.
    pub fn after(mut self, value: Value) -> Self {
        self.after = Some(value);
        self
    }

    /// It was tried, and did not work.
    pub fn failed(mut self) -> Self {
        self.success = false;
        self
    }

    /// How many like this are written in an hour; none where each is. What an actor can repeat at will must not fill the
    /// disk, and nobody reads a thousand equal entries: those beyond are counted.
    fn most(&self, actor: &Actor) -> Option<i64> {
        match actor {
            Actor::CommandLine | Actor::System => None,
            _ if !self.success => Some(match &self.target {
                Some((_, _, name)) if name == NO_SUCH_PERSON => FAILURES_AT_NOBODY,
                _ => FAILURES,
            }),
            _ if ["session.", "account."].iter().any(|start| self.action.starts_with(start)) => {
                Some(OWN_DOINGS)
            }
            _ => None,
        }
    }

    fn record(self, actor: &Actor, now: Timestamp) -> AuditRecord {
        let who = EntryOrigin::of(actor);
        let (target_kind, target_id, target_name) = match self.target {
            Some((kind, id, name)) => (Some(kind.to_owned()), id, Some(name.chars().take(NAME).collect())),
            None => (None, None, None),
        };
        // Only what differs says something.
        let (before, after) = differences(self.before, self.after);
        AuditRecord {
            at: now.to_string(),
            actor_kind: who.kind.into(),
            actor_id: who.id,
            actor_name: who.name,
            address: who.address,
            action: self.action.into(),
            target_kind,
            target_id,
            target_name,
            success: self.success,
            before: before.map(|value| value.to_string()),
            after: after.map(|value| value.to_string()),
        }
    }
}

/// Leaves of two objects what is not the same in both.
fn differences(before: Option<Value>, after: Option<Value>) -> (Option<Value>, Option<Value>) {
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let keep = |of: &Map<String, Value>, other: &Map<String, Value>| -> Value {
                of.iter()
                    .filter(|(key, value)| other.get(*key) != Some(*value))
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect()
            };
            (Some(keep(&before, &after)), Some(keep(&after, &before)))
        }
        both => both,
    }
}

struct EntryOrigin {
    kind: &'static str,
    id: Option<i64>,
    name: String,
    address: Option<String>,
}

impl EntryOrigin {
    fn of(actor: &Actor) -> Self {
        let nameless = |kind: &'static str, name: &str, address: Option<&String>| Self {
            kind,
            id: None,
            name: name.to_owned(),
            address: address.cloned(),
        };
        match actor {
            Actor::User(identity) => {
                let (kind, id, name) = match &identity.proof {
                    Proof::Session(_) => ("user", identity.user.0, identity.name.clone()),
                    Proof::ApiKey { id, name } => ("api_key", id.0, format!("{} ({name})", identity.name)),
                };
                Self { kind, id: Some(id), name, address: Some(identity.address.clone()) }
            }
            Actor::Anonymous { address } => nameless("anonymous", "anonymous", Some(address)),
            Actor::Guest { address } => nameless("anonymous", "guest", Some(address)),
            Actor::Sender { key, .. } => {
                Self { id: key.map(|key| key.0), ..nameless("ingest_key", "ingest key", None) }
            }
            Actor::CommandLine => nameless("command_line", "command line", None),
            Actor::System => nameless("system", "duplistatus", None),
        }
    }
}

/// Records in the transaction of what was done.
///
/// # Errors
/// When the database refuses: then nothing is done either.
pub(in crate::service) fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    entry: Entry,
) -> Result<(), StoreError> {
    write(tx.conn, actor, now, entry)
}

fn write(conn: &mut Connection, actor: &Actor, now: Timestamp, entry: Entry) -> Result<(), StoreError> {
    let most = entry.most(actor);
    let record = entry.record(actor, now);
    let Some(most) = most else { return record.save(conn) };
    let address = record.address.as_deref().filter(|_| !record.success);
    audit_repeats::save(conn, &record, &address.map_or_else(String::new, network_of), most, now)
}

/// An address as it is counted: of IPv6 the network that one household has.
fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(network) {
        Ok(network @ IpAddr::V6(_)) => format!("{network}/64"),
        Ok(network) => network.to_string(),
        Err(_) => String::new(),
    }
}

/// Writes down what was only counted in the hours that are over.
///
/// # Errors
/// When the database refuses.
pub async fn settle_repeats(services: &Services) -> Result<(), Error> {
    let now = services.clock.now();
    if services.db.read(move |conn| audit_repeats::is_due(conn, now)).await? {
        services.db.write_unseen(move |tx| audit_repeats::settle(tx.conn, now)).await?;
    }
    Ok(())
}

/// Records something that changes nothing else: a failed attempt, something looked at.
///
/// # Errors
/// When the database refuses.
pub(in crate::service) async fn note(
    services: &Services,
    actor: &Actor,
    entry: Entry,
) -> Result<(), StoreError> {
    let (actor, now) = (actor.clone(), services.clock.now());
    services.db.write_unseen(move |tx| write(tx.conn, &actor, now, entry)).await
}

/// One page of the audit trail, newest first.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators.
pub async fn list(services: &Services, actor: &Actor, query: AuditQuery) -> Result<AuditPage, Error> {
    actor.may(Permission::ViewAudit)?;
    let zone = actor.zone(services);
    let now = services.clock.now();
    let retention_days = services.settings().audit_days;
    let filter = filter(&services.zone, &query);
    Ok(services
        .db
        .read(move |conn| {
            let paging = Paging::new(query.page, PAGE, audit::count(conn, &filter)?);
            let rows = audit::list(conn, &filter, PAGE, paging.offset())?;
            let (actors, actions) = audit::choices(conn)?;
            let rows = rows.into_iter().map(|(id, record)| row(&zone, id, record)).collect();
            Ok(AuditPage { now: zone.moment(now), rows, paging, actors, actions, retention_days })
        })
        .await?)
}

/// Everything that passes a filter, newest first, for a file; that it was taken is recorded.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators.
pub async fn export(services: &Services, actor: &Actor, query: AuditQuery) -> Result<Vec<AuditRow>, Error> {
    actor.may(Permission::ViewAudit)?;
    let zone = actor.zone(services);
    let filter = filter(&services.zone, &query);
    let rows = services.db.read(move |conn| audit::list(conn, &filter, EXPORT_ROWS, 0)).await?;
    note(services, actor, Entry::new("audit.export").after(serde_json::json!({ "rows": count(rows.len()) })))
        .await?;
    Ok(rows.into_iter().map(|(id, record)| row(&zone, id, record)).collect())
}

/// What was asked for, as the database understands it. Days are the site's.
fn filter(zone: &Zone, query: &AuditQuery) -> AuditFilter {
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    AuditFilter {
        actor: text(&query.actor),
        action: text(&query.action),
        success: query.success,
        from: query.from.map(|day| zone.start(day)),
        to: query.to.map(|day| zone.start(day.plus(1))),
        text: text(&query.text),
    }
}

fn row(zone: &Zone, id: i64, record: AuditRecord) -> AuditRow {
    let AuditRecord {
        at,
        actor_kind,
        actor_id: _,
        actor_name,
        address,
        action,
        target_kind,
        target_id,
        target_name,
        success,
        before,
        after,
    } = record;
    AuditRow {
        id,
        at: zone.moment(at.parse().unwrap_or_default()),
        actor_kind,
        actor: actor_name,
        address,
        action,
        target_kind,
        target_id,
        target: target_name,
        success,
        before: fields(before.as_deref()),
        after: fields(after.as_deref()),
    }
}

/// The members of a stored JSON object, as text.
fn fields(json: Option<&str>) -> Vec<(String, String)> {
    let object: Map<String, Value> =
        json.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    object
        .into_iter()
        .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect()
}

/// Deletes entries that are older than they are to be kept.
///
/// # Errors
/// When the database refuses.
pub async fn expire(services: &Services) -> Result<usize, Error> {
    let before = kept_since(services, services.settings().audit_days);
    let mut deleted = 0;
    loop {
        let batch = services.db.write_unseen(move |tx| audit::expire(tx.conn, before, BATCH)).await?;
        deleted += batch;
        if count(batch) < BATCH {
            break;
        }
    }
    if deleted > 0 {
        let entry = Entry::new("audit.expire").after(serde_json::json!({ "deleted": count(deleted) }));
        note(services, &Actor::System, entry).await?;
    }
    Ok(deleted)
}

/// How many entries are older than so many days.
///
/// # Errors
/// When the database refuses.
pub async fn expiring(services: &Services, days: i64) -> Result<i64, Error> {
    let before = kept_since(services, days);
    Ok(services.db.read(move |conn| audit::count_before(conn, before)).await?)
}

fn kept_since(services: &Services, days: i64) -> Timestamp {
    services.clock.now().plus(days.saturating_mul(-86_400))
}

#[cfg(test)]
mod tests;
