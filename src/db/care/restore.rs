//! A candidate takes the place of the database, and what that means is told.

use std::{path::Path, time::Instant};

use super::{
    restore_candidate::{Candidate, RestoreForecast},
    restore_losses::Lost,
};
use crate::{
    db::{
        StoreError,
        engine::{
            copy, files,
            owner::Owner,
            swap_file::{self, Swapped},
        },
    },
    dto::database::{RestoreChoice, RestoreReport},
    time::Timestamp,
    units::milliseconds,
};

/// Puts a candidate in the place of a database that nobody here has open. What it lacks is looked for before, while nothing
/// can arrive any more.
///
/// # Errors
/// As [`swap_file::put`]; the database is as it was then.
pub fn into_place(
    candidate: &Candidate,
    database: &Path,
    choice: RestoreChoice,
    now: Timestamp,
) -> Result<(RestoreReport, Swapped), StoreError> {
    let began = Instant::now();
    // A damaged one may tell nothing, and is the reason to restore.
    let lost = candidate.lacks(database).ok();
    let owner = Owner::of_file(database);
    let (revoked_since, audit_entries) = if database.exists() {
        candidate.take_over(database, choice.revive, now)
    } else {
        Default::default()
    };
    candidate.take_id(database)?;
    let swapped = swap_file::put(database, candidate.path(), now)?;
    let report = RestoreReport {
        kept: swapped.kept.as_ref().map(|path| path.display().to_string()),
        revoked_since,
        revived: choice.revive,
        audit_entries,
        waited: milliseconds(began.elapsed()),
        ..told(candidate, lost)
    };
    if let Some(kept) = &swapped.kept
        && let Err(error) = copy::prune(files::folder_of(kept), swap_file::REASON, &owner, copy::KEPT, kept)
    {
        tracing::warn!(%error, "old copies could not be deleted");
    }
    Ok((report, swapped))
}

/// What a candidate is, and what it lacks, if that is known.
fn told(candidate: &Candidate, lost: Option<Lost>) -> RestoreReport {
    let compared = lost.is_some();
    let lost = lost.unwrap_or_default();
    RestoreReport {
        servers: candidate.servers,
        runs: candidate.runs,
        migrated: candidate.migrated.clone(),
        compared,
        lost: lost.servers,
        lost_runs: lost.runs,
        lost_operations: lost.operations,
        changed_runs: lost.changed,
        ..RestoreReport::default()
    }
}

/// What [`into_place`] would do at this moment, while others use the database. Nothing is changed.
pub fn preview(candidate: &Candidate, database: &Path, now: Timestamp) -> (RestoreReport, bool) {
    // Of a damaged one nothing may be known.
    let Ok(forecast) = candidate.forecast(database, now) else { return (told(candidate, None), false) };
    let RestoreForecast { lost, revoked_since, audit_entries, nobody_left } = forecast;
    (RestoreReport { revoked_since, audit_entries, ..told(candidate, Some(lost)) }, nobody_left)
}
