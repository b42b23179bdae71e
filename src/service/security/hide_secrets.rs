//! Masks our own secrets in data stored by versions that did not mask them on arrival. Runs in the background once after an
//! upgrade and after a restore, a few rows at a time, and continues after a restart.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    db::{
        care::own_secrets::{self, ScannedRows},
        tables::settings,
    },
    error::Error,
    service::{Actor, Services, audit},
};

/// The setting that stores the progress: a [`Progress`].
const SETTING: &str = "upgrade.own_secrets";
/// Pause between two batches, so that others can use the disk.
const PAUSE: Duration = Duration::from_millis(20);
/// Number of batches without a secret after which the progress is stored.
const STORED_AFTER: u32 = 100;

/// The progress.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Progress {
    /// The current table; empty before the first.
    table: String,
    /// The last processed row of it.
    after: i64,
    /// Number of texts replaced.
    replaced: usize,
    /// Whether everything was processed.
    done: bool,
}

/// Processes everything that is left. Returns the number of texts replaced.
///
/// # Errors
/// Database errors; the next call continues.
pub async fn run(services: &Services) -> Result<usize, Error> {
    let mut place = place(services).await?;
    let mut unstored = 0;
    while !place.done {
        let (next, changed) = step(services, place, unstored >= STORED_AFTER).await?;
        place = next;
        unstored = if changed || unstored >= STORED_AFTER { 0 } else { unstored + 1 };
        if place.done && place.replaced > 0 {
            tracing::info!(
                texts = place.replaced,
                "keys that older reports quoted were hidden; `duplistatus db vacuum` also takes them out of the free space of the file"
            );
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(place.replaced)
}

async fn place(services: &Services) -> Result<Progress, Error> {
    let stored = services.db.read_little(|conn| settings::get(conn, SETTING)).await?;
    Ok(stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Processes some rows. Returns the new progress, and whether anything was stored.
async fn step(services: &Services, place: Progress, store: bool) -> Result<(Progress, bool), Error> {
    let at = place.clone();
    let (next, changes) = services
        .db
        .read(move |conn| {
            let all = own_secrets::texts(conn)?;
            let Some(texts) = all.iter().find(|texts| texts.table >= at.table) else {
                return Ok((Progress { done: true, ..at }, Vec::new()));
            };
            // The table may be missing, so this may be the next one.
            let after = if texts.table == at.table { at.after } else { 0 };
            let ScannedRows { changes, last } = texts.look(conn, after)?;
            let next = match last {
                Some(last) => Progress { table: texts.table.clone(), after: last, ..at },
                // Sorts after this table and before the next one.
                None => Progress { table: format!("{}\u{1}", texts.table), after: 0, ..at },
            };
            Ok((next, changes))
        })
        .await?;
    if changes.is_empty() && !next.done && !store {
        return Ok((next, false));
    }
    let now = services.clock.now();
    let is_quiet = changes.is_empty();
    let work = move |tx: &mut crate::db::Tx<'_>| {
        let replaced = place.replaced + own_secrets::replace(tx.conn, &changes)?;
        let next = Progress { replaced, ..next };
        let stored = serde_json::to_string(&next).unwrap_or_default();
        settings::set(tx.conn, SETTING, &stored, now)?;
        if next.done && replaced > 0 {
            let entry = audit::Entry::new("database.hide_secrets").on("database", None, "");
            audit::record(tx, &Actor::System, now, entry.after(json!({ "texts": replaced })))?;
        }
        Ok(next)
    };
    let next = match is_quiet {
        true => services.db.write_unseen(work).await?,
        false => services.db.write(work).await?,
    };
    Ok((next, true))
}

#[cfg(test)]
#[path = "hide_secrets_tests.rs"]
mod tests;
