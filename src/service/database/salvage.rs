//! Recovers everything readable from a damaged file into a new one that passes every check.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use serde_json::json;

use super::dump::has_folder;
use crate::{
    access::Permission,
    db::{
        Connection, StoreError, StoreErrorKind, Tx,
        care::{
            derived, invariants, orphans, row_repair,
            salvage::{OnProgress, Salvage, TableState},
        },
        engine::{
            connection, integrity, migrate,
            temp_folder::{TEMP_PREFIX, TempFolder},
        },
        tables::{raw_reports, settings},
    },
    dto::database::salvage::{SalvageReport, SalvagedTable},
    error::Error,
    ids::RunId,
    service::{
        Actor, audit,
        ingest::again::{self, Again},
    },
    time::Timestamp,
    zone::Zone,
};

/// Maximum number of gaps of a table that are reported.
const GAPS: usize = 20;

/// Recovers everything readable from `broken` into `target`, which must not exist. `broken` is not changed, and `target`
/// appears once it is complete and passes every check. Blocks until then.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; otherwise if the new file exists or cannot be written, or nothing can be
/// read from the old one.
pub fn salvage(
    actor: &Actor,
    (broken, target): (&Path, &Path),
    zone: &Zone,
    now: Timestamp,
    progress: OnProgress<'_>,
) -> Result<SalvageReport, Error> {
    actor.may(Permission::ManageDatabase)?;
    if fs::symlink_metadata(target).is_ok() {
        let hint = format!("{} already exists: choose another name", target.display());
        return Err(Error::Invalid { field: "new file", hint });
    }
    has_folder("new file", target)?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // In the folder of the new file, so that the last step is a rename.
    let scratch = TempFolder::make(folder, TEMP_PREFIX, None).map_err(|e| at(folder, &e))?;
    let made = scratch.path().join("new.db");
    let mut salvage = Salvage::begin(broken, &made, progress)?;
    salvage.read()?;
    if salvage.tables.values().all(|table| table.walked + table.from_pages + table.from_index == 0) {
        let hint = format!("{} contains no readable row", broken.display());
        return Err(Error::Invalid { field: "damaged file", hint });
    }
    let report = Finish { actor, zone, now, broken }.run(salvage, &made)?;
    File::open(&made).and_then(|file| file.sync_all()).map_err(|error| at(&made, &error))?;
    fs::rename(&made, target).map_err(|error| at(target, &error))?;
    Ok(report)
}

/// The steps after everything was read.
struct Finish<'a> {
    actor: &'a Actor,
    zone: &'a Zone,
    now: Timestamp,
    broken: &'a Path,
}

impl Finish<'_> {
    fn run(&self, mut salvage: Salvage<'_>, made: &Path) -> Result<SalvageReport, Error> {
        let partial: Vec<i64> = salvage.partial_runs.iter().copied().collect();
        let conn = &mut salvage.conn;
        connection::salvaged(conn)?;
        let (mended, again) = connection::in_transaction(conn, |conn| {
            let mut mended = row_repair::repair_rows(conn, self.now)?;
            // Migrates an older schema to the current one.
            migrate::finish(conn)?;
            let again = runs_again(conn, &partial)?;
            mended.extend(row_repair::parents(conn, self.now)?);
            Ok((mended, again))
        })?;
        connection::in_transaction(conn, |conn| {
            settings::set(conn, settings::SITE_TIME_ZONE, self.zone.name(), self.now)?;
            derive(conn, self.zone, self.now)?;
            let entry = audit::Entry::new("database.salvage")
                .on("database", None, self.broken.display().to_string())
                .after(json!({ "mended": mended }));
            audit::record(&mut Tx { conn }, self.actor, self.now, entry)
        })?;
        let tables = std::mem::take(&mut salvage.tables);
        let mut told = Vec::new();
        for (name, state) in tables {
            let kept = salvage.count(&name)?;
            told.push(table(name, &state, kept, again));
        }
        check(&mut salvage.conn, self.zone)?;
        connection::settle(&mut salvage.conn)?;
        let is_whole = salvage.is_whole();
        let Salvage { conn, notes, .. } = salvage;
        drop(conn);
        let size = fs::metadata(made).map_err(|error| at(made, &error))?.len();
        Ok(SalvageReport {
            // A row recovered from an index is not complete.
            complete: is_whole && told.iter().all(|table| table.lost == Some(0) && table.from_index == 0),
            tables: told,
            mended,
            notes,
            size,
        })
    }
}

/// Rebuilds all data derived from the runs. The time of a job's next run is kept if it is plausible.
pub(super) fn derive(conn: &mut Connection, zone: &Zone, now: Timestamp) -> Result<(), StoreError> {
    derived::rebuild(conn, zone, now).map(drop)
}

/// Reads runs from their raw reports that are missing, or were recovered only from an index. Returns how many were
/// created and how many completed.
pub(super) fn runs_again(conn: &mut Connection, partial: &[i64]) -> Result<(i64, i64), StoreError> {
    let (mut made, mut completed) = (0, 0);
    for (run, raw) in raw_reports::without_run(conn, partial)? {
        match again::run(conn, RunId(run), &raw)? {
            Again::Made => made += 1,
            Again::Completed => completed += 1,
            Again::No => {}
        }
    }
    Ok((made, completed))
}

fn table(name: String, state: &TableState, kept: i64, again: (i64, i64)) -> SalvagedTable {
    let (made, completed) = if name == "backups" { again } else { (0, 0) };
    SalvagedTable {
        expected: state.expected,
        kept,
        from_table: state.walked,
        from_pages: state.from_pages,
        from_reports: made + completed,
        from_index: state.from_index - completed,
        refused: state.refused,
        lost: state.expected.map(|expected| (expected - kept).max(0)),
        gaps: state.gaps.ranges().iter().take(GAPS).map(|range| (*range.start(), *range.end())).collect(),
        table: name,
    }
}

/// Runs all checks of `db integrity`.
fn check(conn: &mut Connection, zone: &Zone) -> Result<(), StoreError> {
    check_but(conn, zone, |_| false)
}

/// Same, but ignores known findings about the structure.
pub(super) fn check_but(
    conn: &mut Connection,
    zone: &Zone,
    is_known: impl Fn(&str) -> bool,
) -> Result<(), StoreError> {
    let mut found = integrity::check(conn)?;
    found.retain(|line| !is_known(line));
    found.extend(
        orphans::orphans(conn)?
            .into_iter()
            .map(|row| format!("{} has a row without its {}", row.table, row.parent)),
    );
    found.extend(
        orphans::damaged_values(conn)?
            .0
            .into_iter()
            .map(|row| format!("{} {}: {:?}", row.table, row.row, row.what)),
    );
    let derived = invariants::verify(conn, zone)?.discrepancies;
    found.extend(
        derived
            .into_iter()
            .map(|row| format!("{} of {}: {:?} is not what its runs say", row.table, row.row, row.column)),
    );
    if found.is_empty() {
        return Ok(());
    }
    let first: Vec<String> = found.iter().take(5).cloned().collect();
    Err(StoreError::new(
        StoreErrorKind::Corrupt,
        format!("the new file would not pass the checks: {}", first.join("; ")),
    ))
}

fn at(path: &Path, error: &io::Error) -> Error {
    StoreError::new(StoreErrorKind::Io, format!("{}: {error}", path.display())).into()
}
