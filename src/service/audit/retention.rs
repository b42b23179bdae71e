//! Retention of the audit log, and entries for repeated events that were only counted.

use super::{Entry, note};
use crate::{
    db::tables::{audit, audit_repeats},
    error::Error,
    service::{Actor, Services, rows::count},
    time::Timestamp,
};

/// Number of entries deleted in one transaction.
const BATCH: i64 = 500;

/// Writes the entries of events that were only counted in past hours.
///
/// # Errors
///
/// Database errors.
pub async fn settle_repeats(services: &Services) -> Result<(), Error> {
    let now = services.clock.now();
    if services.db.read(move |conn| audit_repeats::is_due(conn, now)).await? {
        services.db.write_unseen(move |tx| audit_repeats::settle(tx.conn, now)).await?;
    }
    Ok(())
}

/// Deletes entries past their retention. Returns how many.
///
/// # Errors
///
/// Database errors.
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

/// Returns how many entries are older than `days`.
///
/// # Errors
///
/// Database errors.
pub async fn expiring(services: &Services, days: i64) -> Result<i64, Error> {
    let before = kept_since(services, days);
    Ok(services.db.read(move |conn| audit::count_before(conn, before)).await?)
}

fn kept_since(services: &Services, days: i64) -> Timestamp {
    services.clock.now().plus(days.saturating_mul(-86_400))
}
