//! Repairs a file whose tables can be read: schema, indexes, content, parents, totals.

use std::path::Path;

use serde_json::json;

use super::salvage::{check_but, derive, runs_again};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError, StoreErrorKind, Tx,
        care::{
            repair::{self as structure, Indexes},
            row_repair,
        },
        engine::{connection, copy, files, header, integrity, migrate},
        tables::settings,
    },
    dto::database::salvage::RepairReport,
    error::Error,
    service::{Actor, audit},
    time::Timestamp,
    zone::Zone,
};

/// Repairs a file in one transaction, after it was copied into `copies`. With `dry_run`, only reports what would be
/// done. Blocks until it is done; uploads to a running server wait, and fail as busy if they wait too long.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; otherwise if the file cannot be opened or copied, or is too damaged.
/// Nothing was changed then.
pub fn repair(
    actor: &Actor,
    path: &Path,
    dry_run: bool,
    zone: &Zone,
    now: Timestamp,
) -> Result<RepairReport, Error> {
    actor.may(Permission::ManageDatabase)?;
    if !path.is_file() {
        let hint = format!("{} does not exist: set --data-dir", path.display());
        return Err(Error::Invalid { field: "database", hint });
    }
    let mut copied = None;
    // SQLite would delete the log of a file that it does not recognize.
    let sound = header::has_sound_header(path)?;
    let opened = if sound {
        connection::open_writer(path)
    } else {
        Err(StoreError::new(StoreErrorKind::Corrupt, "its first page cannot be read"))
    };
    let mut repaired = opened.and_then(|mut conn| {
        structure::in_transaction(&mut conn, !dry_run, |conn| {
            // Within the transaction, so that the copy is consistent.
            if !dry_run {
                copied = Some(copy::as_it_is(path, COPIES, now).map_err(|error| {
                    error.while_doing("the database was not repaired because it could not be copied first")
                })?);
            }
            let mut report = RepairReport { dry_run, ..RepairReport::default() };
            repair_all(conn, &mut report, zone, now)?;
            let entry = audit::Entry::new("database.repair")
                .on("database", None, path.display().to_string())
                .after(json!({ "created": report.created, "changed": report.changed }));
            audit::record(&mut Tx { conn }, actor, now, entry)?;
            Ok(report)
        })
        .inspect(|report| {
            if report.left_behind
                && !dry_run
                && let Err(error) = structure::reclaim_pages(&mut conn)
            {
                tracing::warn!(%error, "the pages of the damaged indexes are in the file still: `duplistatus db vacuum` gives them back");
            }
        })
    });
    if let Some((owner, copy)) = copied {
        match &mut repaired {
            Ok(report) if !report.nothing_to_do() => {
                report.copy = Some(copy.display().to_string());
                copy::prune(files::folder_of(&copy), COPIES, &owner, copy::KEPT, &copy)?;
            }
            // Nothing was changed.
            _ => forget(&copy),
        }
    }
    repaired.map_err(|error| beyond(error, path))
}

fn repair_all(
    conn: &mut Connection,
    report: &mut RepairReport,
    zone: &Zone,
    now: Timestamp,
) -> Result<(), StoreError> {
    report.found = integrity::check(conn)?;
    // The statements below find their rows by indexes, so indexes are repaired first.
    report.created = structure::schema(conn)?;
    report.reindexed = structure::named_in(conn, &report.found)?;
    let Indexes { doubles, left_behind } = structure::indexes(conn)?;
    if doubles > 0 {
        report.changed.insert("duplicate rows deleted".to_owned(), doubles);
    }
    report.left_behind = !left_behind.is_empty();
    report.reindexed.extend(left_behind);
    report.reindexed.sort();
    report.reindexed.dedup();
    let before = structure::derived(conn);
    report.changed.extend(row_repair::repair_rows(conn, now)?);
    report.created.extend(migrate::finish(conn)?.into_iter().map(|name| format!("migration {name}")));
    let (again, _) = runs_again(conn, &[])?;
    if again > 0 {
        report.changed.insert("runs recreated from their raw reports".to_owned(), again);
    }
    report.changed.extend(row_repair::parents(conn, now)?);
    let zone = settings::site_zone(conn, zone)?;
    derive(conn, &zone, now)?;
    report.totals_changed = before != structure::derived(conn);
    check_but(conn, &zone, |line| report.left_behind && structure::is_obsolete(line))
}

/// The field of the error for a file that cannot be repaired in place.
pub const BEYOND: &str = "damage";

/// The reason in the names of copies from before a repair.
const COPIES: &str = "before-repair";

/// Deletes a copy that is not needed or incomplete.
fn forget(copy: &Path) {
    for file in [files::log(copy), copy.to_owned()] {
        if let Err(error) = files::remove(&file) {
            tracing::warn!(%error, "a copy that is not needed could not be deleted");
        }
    }
}

/// Says what to do if more than indexes is damaged.
fn beyond(error: StoreError, path: &Path) -> Error {
    if error.kind != StoreErrorKind::Corrupt {
        return error.into();
    }
    Error::Invalid {
        field: BEYOND,
        hint: format!(
            "it cannot be repaired in place, and nothing was changed ({error}). Restore the newest backup with \
             `duplistatus db restore`. Or stop the server, recover readable data with `duplistatus db salvage {} NEW`, \
             and restore the result with `duplistatus db restore NEW`",
            path.display()
        ),
    }
}
