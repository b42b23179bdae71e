//! Mends a file whose tables can be read: what is missing of the schema, indexes, content, parents, totals.

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

/// Repairs a file in one transaction, after a copy of it was made in `copies`; with `dry_run`, only says what would be
/// done. Blocks for as long as that takes, and so do uploads to a running server: those that wait too long are told to
/// come again.
///
/// # Errors
/// When the actor may not, the file cannot be opened or copied, or is damaged beyond this: then nothing was changed.
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
    // SQLite would throw away the log of a file that it does not recognise.
    let sound = header::has_sound_header(path)?;
    let opened = if sound {
        connection::open_writer(path)
    } else {
        Err(StoreError::new(StoreErrorKind::Corrupt, "its first page cannot be read"))
    };
    let mut repaired = opened.and_then(|mut conn| {
        structure::in_transaction(&mut conn, !dry_run, |conn| {
            // While nobody else writes: the copy is of one moment.
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
    // Statements below find their rows by indexes: these go first.
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

/// The field of the error that says that a file is damaged beyond repair in place.
pub const BEYOND: &str = "damage";

/// Under which copies from before a repair are kept.
const COPIES: &str = "before-repair";

/// Deletes a copy that nobody needs, or that is not whole.
fn forget(copy: &Path) {
    for file in [files::log(copy), copy.to_owned()] {
        if let Err(error) = files::remove(&file) {
            tracing::warn!(%error, "a copy that is not needed could not be deleted");
        }
    }
}

/// Says how to go on when it is not the indexes that are damaged.
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
