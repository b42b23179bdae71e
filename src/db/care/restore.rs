//! Restores a candidate in place of the database, and reports the consequences.

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

/// Replaces a database that this process does not have open. What the candidate lacks is determined before, when no more
/// reports can arrive.
///
/// # Errors
/// Same as [`swap_file::put`]; the database is unchanged then.
pub fn into_place(
    candidate: &Candidate,
    database: &Path,
    choice: RestoreChoice,
    now: Timestamp,
) -> Result<(RestoreReport, Swapped), StoreError> {
    let began = Instant::now();
    // A damaged database may be unreadable, and is the reason for the restore.
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

/// Describes a candidate and what it lacks, if known.
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

/// Returns what [`into_place`] would do now, while others use the database, and whether no administrator could sign in.
/// Changes nothing.
pub fn preview(candidate: &Candidate, database: &Path, now: Timestamp) -> (RestoreReport, bool) {
    // A damaged database may be unreadable.
    let Ok(forecast) = candidate.forecast(database, now) else { return (told(candidate, None), false) };
    let RestoreForecast { lost, revoked_since, audit_entries, no_administrator_left } = forecast;
    (RestoreReport { revoked_since, audit_entries, ..told(candidate, Some(lost)) }, no_administrator_left)
}
