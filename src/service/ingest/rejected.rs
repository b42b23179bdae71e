//! Rejected reports. Strangers can cause them, so they are collected in memory, up to a limit, and written at most
//! once a second. The cost is the same for one or a million rejected requests.

use std::{
    collections::{BTreeMap, btree_map},
    sync::Mutex,
    time::Duration,
};

use serde_json::json;
use tokio::sync::Notify;

use crate::{
    access::Permission,
    db::tables::rejected_reports::{self, MAX_ROWS, RejectedRecord},
    dto::{
        Paging,
        rejected::{RejectedPage, RejectedRow},
    },
    error::Error,
    report,
    service::{
        Actor, Services, audit,
        audit::Entry,
        rows::{changed_meanwhile, missing_is_not_found},
    },
    shorten::shorten,
    time::Timestamp,
    zone::Zone,
};

/// Rows per page.
const PAGE: i64 = 25;
/// Maximum bytes stored of the rejected text.
const SAMPLE: usize = 2048;
/// Bodies larger than this (in bytes) are not searched for their sender.
const LOOKED_THROUGH: usize = 64 * 1024;
/// Maximum characters of a machine's or a job's name.
const NAME: usize = 80;

/// Rejections that are not written yet, by source and reason.
#[derive(Debug, Default)]
pub struct PendingRejections {
    waiting: Mutex<BTreeMap<(String, String), RejectedRecord>>,
    arrived: Notify,
}

/// A rejection.
#[derive(Debug, Clone)]
pub struct Rejection<'r> {
    /// What was wrong.
    pub reason: String,
    /// The field that was wrong.
    pub field: Option<String>,
    /// How to correct it.
    pub hint: String,
    /// HTTP status of the response.
    pub http_status: u16,
    /// The address it came from.
    pub source: &'r str,
    /// The body, as far as it was read.
    pub body: &'r [u8],
    /// Its length in bytes, as read or declared.
    pub size: u64,
}

/// Records a rejection in memory; [`write_waiting`] or [`write_periodically`] writes it.
pub fn note(services: &Services, refusal: Rejection<'_>) {
    let Rejection { reason, field, hint, http_status, source, body, size } = refusal;
    let now = services.clock.now().to_string();
    let head = body.get(..body.len().min(SAMPLE * 2)).unwrap_or(body);
    // Extracted from its form, because percent-encoded secrets are not recognized.
    let (masked, _) = report::readable(None, head, SAMPLE * 2);
    let sample: String = masked.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
    let sample = sample.get(..sample.floor_char_boundary(SAMPLE)).unwrap_or_default().to_owned();
    let (machine, job) = sender_of(body);
    let record = RejectedRecord {
        reason: reason.clone(),
        source: source.to_owned(),
        http_status: http_status.into(),
        field,
        hint,
        first_at: now.clone(),
        last_at: now,
        count: 1,
        size: i64::try_from(size).unwrap_or(i64::MAX),
        sample,
        machine,
        job,
    };
    let Ok(mut waiting) = services.rejections.waiting.lock() else { return };
    let full = i64::try_from(waiting.len()).unwrap_or(i64::MAX) >= MAX_ROWS;
    match waiting.entry((source.to_owned(), reason)) {
        btree_map::Entry::Occupied(mut known) => {
            let known = known.get_mut();
            let (count, first_at) = (known.count + 1, known.first_at.clone());
            *known = RejectedRecord { count, first_at, ..record };
        }
        // More rejections within a second than the list can show: the first ones suffice.
        btree_map::Entry::Vacant(_) if full => {}
        btree_map::Entry::Vacant(free) => {
            free.insert(record);
        }
    }
    drop(waiting);
    services.rejections.arrived.notify_one();
}

/// Returns the machine and the job that a rejected body names, as far as it can be read.
fn sender_of(body: &[u8]) -> (Option<String>, Option<String>) {
    if body.is_empty() || body.len() > LOOKED_THROUGH {
        return (None, None);
    }
    let named = report::sender(None, body);
    let name = |part: Option<String>| part.map(|name| shorten(&name, NAME)).filter(|name| !name.is_empty());
    (name(named.machine_name.or(named.machine_id)), name(named.backup_name))
}

/// Writes the waiting rejections. They keep waiting while the database is read-only.
///
/// # Errors
/// Database errors; the waiting rejections are lost then, which is acceptable for such notes.
pub async fn write_waiting(services: &Services) -> Result<(), Error> {
    if services.db.read_only_cause().is_some() {
        return Ok(());
    }
    let waiting = match services.rejections.waiting.lock() {
        Ok(mut waiting) => std::mem::take(&mut *waiting),
        Err(_) => return Ok(()),
    };
    if waiting.is_empty() {
        return Ok(());
    }
    let records: Vec<RejectedRecord> = waiting.into_values().collect();
    Ok(services.db.write(move |tx| rejected_reports::add(tx.conn, &records)).await?)
}

/// Writes rejections as they arrive, at most once a second, for as long as the future is polled.
pub async fn write_periodically(services: Services) {
    loop {
        services.rejections.arrived.notified().await;
        if let Err(error) = write_waiting(&services).await {
            tracing::warn!(%error, "rejected reports could not be recorded");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Converts a rejection to the row that pages show.
pub(in crate::service) fn row(zone: &Zone, id: i64, record: RejectedRecord) -> RejectedRow {
    let at = |text: &str| zone.moment(text.parse().unwrap_or_default());
    let (first, last) = (at(&record.first_at), at(&record.last_at));
    let RejectedRecord {
        reason, source, http_status, field, hint, count, size, sample, machine, job, ..
    } = record;
    RejectedRow {
        id,
        first,
        last,
        count,
        http_status,
        reason,
        field,
        hint,
        machine,
        job,
        source,
        size,
        sample,
    }
}

/// Returns one page of rejections, newest first.
///
/// # Errors
///
/// Database errors.
pub async fn list(services: &Services, actor: &Actor, page: i64) -> Result<RejectedPage, Error> {
    actor.may(Permission::ViewRejected)?;
    let (rows, paging) = services
        .db
        .read(move |conn| {
            let paging = Paging::new(page, PAGE, rejected_reports::count(conn, None)?);
            Ok((rejected_reports::list(conn, PAGE, paging.offset())?, paging))
        })
        .await?;
    let zone = actor.zone(services);
    let rows = rows.into_iter().map(|(id, record)| row(&zone, id, record)).collect();
    Ok(RejectedPage { now: zone.moment(services.clock.now()), rows, paging })
}

/// Deletes a rejection from the list. `reason` and `source` are those that the confirmation showed.
///
/// # Errors
/// [`Error::NotFound`] if there is none; [`Error::Invalid`] if it has changed meanwhile.
pub async fn dismiss(
    services: &Services,
    actor: &Actor,
    id: i64,
    reason: String,
    source: String,
) -> Result<(), Error> {
    dismiss_if(services, actor, id, move |row| row.reason == reason && row.source == source).await
}

/// Deletes a rejection from the list, whatever it is by now.
///
/// # Errors
/// [`Error::NotFound`] if there is none.
pub async fn dismiss_by_id(services: &Services, actor: &Actor, id: i64) -> Result<(), Error> {
    dismiss_if(services, actor, id, |_| true).await
}

async fn dismiss_if(
    services: &Services,
    actor: &Actor,
    id: i64,
    is_meant: impl FnOnce(&RejectedRecord) -> bool + Send + 'static,
) -> Result<(), Error> {
    actor.may(Permission::DismissRejected)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            let Some(row) = rejected_reports::delete(tx.conn, id, is_meant)? else {
                return Ok(Err(changed_meanwhile("row")));
            };
            let before = json!({ "reports": row.count, "address": row.source });
            audit::record(
                tx,
                &actor,
                now,
                Entry::new("rejected.dismiss").on("rejected", id, row.reason).before(before),
            )?;
            Ok(Ok(()))
        })
        .await
        .map_err(missing_is_not_found)?
}

/// Deletes all rejections last seen up to a time, which are those that a page of that time showed.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn dismiss_all(services: &Services, actor: &Actor, until: Timestamp) -> Result<(), Error> {
    actor.may(Permission::DismissRejected)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    Ok(services
        .db
        .write(move |tx| {
            let (rows, reports) = rejected_reports::delete_until(tx.conn, until)?;
            let entry =
                Entry::new("rejected.dismiss_all").before(json!({ "entries": rows, "reports": reports }));
            audit::record(tx, &actor, now, entry)
        })
        .await?)
}

#[cfg(test)]
#[path = "rejected_tests.rs"]
mod tests;
