//! Queues digests whose time has come: each period once, whatever happens to the program or its clock.

use super::zone_of;
use crate::{
    db::{
        Connection, StoreError,
        tables::digests::{self, DigestRow, Period},
    },
    error::Error,
    ids::DigestId,
    notify::timing::{Round, Timing},
    service::Services,
    time::Timestamp,
    zone::Zone,
};

fn timing(row: &DigestRow) -> Timing {
    Timing::new(row.every(), row.second, row.weekday, row.month_day)
}

/// When a digest is due.
pub(super) fn due(row: &DigestRow, site: &Zone, now: Timestamp) -> Timestamp {
    timing(row).due(row.covered_until(), row.next_due(), now, &zone_of(row, site))
}

/// The period of a digest that is sent before it is due.
pub(super) fn until_now(row: &DigestRow, now: Timestamp) -> Period {
    timing(row).until(row.covered_until(), now)
}

/// The round of a digest, if it is due.
fn round(row: &DigestRow, site: &Zone, now: Timestamp) -> Option<Round> {
    if !row.is_enabled {
        return None;
    }
    timing(row).round(row.covered_until(), due(row, site, now), now, &zone_of(row, site))
}

/// Queues the digests that are due. The row of the outbox and the time of the next one are written together.
///
/// # Errors
/// Database errors.
pub async fn queue_due(services: &Services) -> Result<(), Error> {
    let (site, now) = (services.zone.clone(), services.clock.now());
    let is_any = {
        let site = site.clone();
        move |conn: &mut Connection| -> Result<bool, StoreError> {
            Ok(digests::all(conn)?.iter().any(|row| round(row, &site, now).is_some()))
        }
    };
    if !services.db.read(is_any).await? {
        return Ok(());
    }
    services
        .db
        .write(move |tx| {
            for row in digests::all(tx.conn)? {
                let Some(Round { from, until, next }) = round(&row, &site, now) else { continue };
                digests::queue(tx.conn, &row, (from, until), now)?;
                digests::advance(tx.conn, DigestId(row.id), until, next)?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// When the next digest is due.
///
/// # Errors
/// Database errors.
pub async fn next_due(services: &Services) -> Result<Option<Timestamp>, Error> {
    let (site, now) = (services.zone.clone(), services.clock.now());
    Ok(services
        .db
        .read(move |conn| {
            let rows = digests::all(conn)?;
            Ok(rows.iter().filter(|row| row.is_enabled).map(|row| due(row, &site, now)).min())
        })
        .await?)
}
