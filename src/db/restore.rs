//! A candidate takes the place of the database, and what that means is told.

use std::{path::Path, time::Instant};

use super::{
    StoreError,
    candidate::Candidate,
    copies,
    swap::{self, Swapped},
};
use crate::{dto::database::RestoreReport, time::Timestamp, units::milliseconds};

/// Puts a candidate in the place of a database that nobody here has open. What it lacks is looked for before, while nothing
/// can arrive any more.
///
/// # Errors
/// As [`swap::put`]; the database is as it was then.
pub fn into_place(
    candidate: &Candidate,
    database: &Path,
    now: Timestamp,
) -> Result<(RestoreReport, Swapped), StoreError> {
    let began = Instant::now();
    // A damaged one may tell nothing, and is the reason to restore.
    let lost = candidate.lacks(database).ok();
    let swapped = swap::put(database, candidate.path(), now)?;
    let compared = lost.is_some();
    let lost = lost.unwrap_or_default();
    let report = RestoreReport {
        servers: candidate.servers,
        runs: candidate.runs,
        migrated: candidate.migrated.clone(),
        kept: swapped.kept.as_ref().map(|path| path.display().to_string()),
        compared,
        lost: lost.servers,
        lost_runs: lost.runs,
        lost_operations: lost.operations,
        changed_runs: lost.changed,
        waited: milliseconds(began.elapsed()),
    };
    if let Ok(folder) = copies::folder(database)
        && let Err(error) = copies::prune(&folder, swap::REASON, copies::KEPT)
    {
        tracing::warn!(%error, "old copies could not be deleted");
    }
    Ok((report, swapped))
}
