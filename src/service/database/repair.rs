//! Mends a file whose tables can be read: what is missing of the schema, indexes, content, parents, totals.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde_json::json;

use super::salvage::{check, derive, runs_again};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError, StoreErrorKind, Tx, connection, files, invariants, mend, repair as structure,
        settings,
    },
    dto::database::salvage::RepairReport,
    error::Error,
    service::{Actor, audit},
    time::Timestamp,
    zone::Zone,
};

/// Repairs a file in one transaction, after a copy of it was made beside it; with `dry_run`, only says what would be
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
        let hint = format!("there is no {}: say --data-dir", path.display());
        return Err(Error::Invalid { field: "database", hint });
    }
    let repaired = connection::open_writer(path).and_then(|mut conn| {
        structure::in_transaction(&mut conn, !dry_run, |conn| {
            // While nobody else writes: the copy is of one moment.
            let copy = if dry_run { None } else { Some(copy(path, now)?) };
            let mut report = RepairReport {
                dry_run,
                copy: copy.map(|path| path.display().to_string()),
                ..RepairReport::default()
            };
            mend_all(conn, &mut report, zone, now)?;
            let entry = audit::Entry::new("database.repair")
                .on("database", None, path.display().to_string())
                .after(json!({ "created": report.created, "changed": report.changed }));
            audit::record(&mut Tx { conn }, actor, now, entry)?;
            Ok(report)
        })
    });
    repaired.map_err(|error| beyond(error, path))
}

fn mend_all(
    conn: &mut Connection,
    report: &mut RepairReport,
    zone: &Zone,
    now: Timestamp,
) -> Result<(), StoreError> {
    report.found = invariants::integrity_check(conn)?;
    // Statements below find their rows by indexes: these go first.
    report.created = structure::schema(conn)?;
    report.reindexed = structure::named_in(conn, &report.found)?;
    let doubles = structure::indexes(conn)?;
    if doubles > 0 {
        report.changed.insert("rows that were there twice deleted".to_owned(), doubles);
    }
    let before = structure::derived(conn);
    report.changed.extend(mend::content(conn, now)?);
    let (again, _) = runs_again(conn, &[])?;
    if again > 0 {
        report.changed.insert("runs made again from their raw reports".to_owned(), again);
    }
    report.changed.extend(mend::parents(conn, now)?);
    let zone = settings::site_zone(conn, zone)?;
    derive(conn, &zone)?;
    report.totals_changed = before != structure::derived(conn);
    check(conn, &zone)
}

/// Copies the file and what is in its WAL.
fn copy(path: &Path, now: Timestamp) -> Result<PathBuf, StoreError> {
    let stamp: String = now.to_string().chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let to = files::beside(path, &format!(".before-repair-{stamp}"));
    let copied = |from: &Path, to: &Path| -> io::Result<()> {
        fs::copy(from, to)?;
        fs::File::open(to)?.sync_all()
    };
    let failed = |error: io::Error| {
        StoreError::new(StoreErrorKind::Io, format!("no copy could be made ({}): {error}", to.display()))
    };
    copied(path, &to).map_err(failed)?;
    let log = files::log(path);
    if log.is_file() {
        copied(&log, &files::log(&to)).map_err(failed)?;
    }
    Ok(to)
}

/// Says how to go on when it is not the indexes that are damaged.
fn beyond(error: StoreError, path: &Path) -> Error {
    if error.kind != StoreErrorKind::Corrupt {
        return error.into();
    }
    Error::Invalid {
        field: "database",
        hint: format!(
            "it is damaged beyond repair in place, and nothing was changed ({error}). Stop the server, then read what can \
             be read: duplistatus db salvage {} NEW",
            path.display()
        ),
    }
}
