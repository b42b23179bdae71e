//! The audit log: who did what, when, from where, to which target.
//!
//! Changes are recorded in the same transaction, so neither exists without the other.

mod entry;
pub mod export;
mod retention;

use std::net::IpAddr;

use serde_json::{Map, Value};

pub use entry::Entry;
pub(in crate::service) use entry::{NO_SUCH_USER, name_of};
pub use retention::{expire, expiring, settle_repeats};

use super::{Actor, Services, rows::count};
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

/// Rows per page.
const PAGE: i64 = 50;
/// Records an action in the transaction of the action.
///
/// # Errors
/// Database errors; the action is rolled back, too.
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

/// Returns the network of an address, which is counted instead of the address. For IPv6 that is the /64 of a
/// household.
fn network_of(address: &str) -> String {
    match address.parse::<IpAddr>().map(network) {
        Ok(network @ IpAddr::V6(_)) => format!("{network}/64"),
        Ok(network) => network.to_string(),
        Err(_) => String::new(),
    }
}

/// Records an action that changes nothing else: a failed attempt, or access to data.
///
/// # Errors
///
/// Database errors.
pub(in crate::service) async fn note(
    services: &Services,
    actor: &Actor,
    entry: Entry,
) -> Result<(), StoreError> {
    let (actor, now) = (actor.clone(), services.clock.now());
    services.db.write_unseen(move |tx| write(tx.conn, &actor, now, entry)).await
}

/// Returns one page of the audit log, newest first.
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

/// Returns all entries that match a filter, newest first, for a file. The export is recorded.
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

/// Converts the query to a database filter. Days are in the site's time zone.
fn filter(zone: &Zone, query: &AuditQuery) -> AuditFilter {
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    AuditFilter {
        actor: text(&query.actor),
        action: text(&query.action),
        success: query.success,
        from: query.from.map(|day| zone.start(day)),
        to: query.to.map(|day| zone.start(day.plus(1))),
        text: text(&query.text),
        before: None,
    }
}

/// An entry as pages show it.
pub(in crate::service) fn row(zone: &Zone, id: i64, record: AuditRecord) -> AuditRow {
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

/// Returns the members of a stored JSON object as text.
fn fields(json: Option<&str>) -> Vec<(String, String)> {
    let object: Map<String, Value> =
        json.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    object
        .into_iter()
        .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect()
}

#[cfg(test)]
mod tests;
