//! Replaces the database file while nobody has it open. The old file is kept and can be put back. There is always a file at the
//! path: however the program ends, the next start finds the old or the new one.

use std::path::{Path, PathBuf};

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::Text};

use super::{StoreError, StoreErrorKind, connection::establish, copy, files, header, owner::Owner};
use crate::time::Timestamp;

/// The reason in the names of replaced databases.
pub const REASON: &str = "before-restore";

/// The result of a replacement.
#[derive(Debug)]
pub struct Swapped {
    /// Path of the old file; `None` if there was none.
    pub kept: Option<PathBuf>,
}

/// Puts a complete file in the place of the database. The old file is kept among the copies; if it is too damaged to move its log
/// into it, the log is kept as well.
///
/// # Errors
/// [`StoreErrorKind::Busy`] if another process has it open; otherwise if files cannot be renamed. The old file is in its place
/// then.
pub fn put(database: &Path, new: &Path, now: Timestamp) -> Result<Swapped, StoreError> {
    if !database.exists() {
        // A log without its file is useless.
        clear(database)?;
        files::rename(new, database)?;
        return Ok(Swapped { kept: None });
    }
    let is_sound = close_log(database)?;
    let kept = copy::second_name(database, &Owner::of_file(database), REASON, now)?;
    let log = files::log(database);
    if !is_sound && log.exists() {
        files::rename(&log, &files::log(&kept))?;
    }
    let swapped = Swapped { kept: Some(kept) };
    if let Err(error) = clear(database).and_then(|()| files::rename(new, database)) {
        swapped.back(database)?;
        return Err(error);
    }
    Ok(swapped)
}

impl Swapped {
    /// Puts the old file back.
    ///
    /// # Errors
    /// If files cannot be renamed; the old file is still among the copies.
    pub fn back(&self, database: &Path) -> Result<(), StoreError> {
        if self.kept.as_ref().is_some_and(|kept| !kept.exists() && database.exists()) {
            // It is already back.
            return Ok(());
        }
        clear(database)?;
        let Some(kept) = &self.kept else { return files::remove(database) };
        let log = files::log(kept);
        if log.exists() {
            files::rename(&log, &files::log(database))?;
        }
        // A rename does nothing if both names are links to the same file.
        files::rename(kept, database)?;
        files::remove(kept)
    }
}

/// Deletes the log and other files of a database that is closed or missing.
fn clear(database: &Path) -> Result<(), StoreError> {
    ["-wal", "-shm", "-journal"].iter().try_for_each(|suffix| files::remove(&files::beside(database, suffix)))
}

/// Moves the log into the file and deletes it, which works only if no other process has the file open. Returns false if the file is
/// too damaged.
fn close_log(database: &Path) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Mode {
        #[diesel(sql_type = Text)]
        journal_mode: String,
    }
    if !header::has_sound_header(database).unwrap_or(false) {
        // Opening it would delete its log.
        return Ok(false);
    }
    let closed = establish(database).and_then(|mut conn| {
        conn.batch_execute("PRAGMA busy_timeout = 5000;")?;
        let mode: Mode = diesel::sql_query("PRAGMA journal_mode = DELETE").get_result(&mut conn)?;
        Ok(mode.journal_mode)
    });
    match closed {
        Ok(mode) if mode == "delete" => Ok(true),
        Err(error) if error.is_busy() => Err(in_use(database)),
        Ok(_) => Err(in_use(database)),
        Err(_) => Ok(false),
    }
}

fn in_use(database: &Path) -> StoreError {
    StoreError::new(
        StoreErrorKind::Locked,
        format!(
            "{} is open in another program{}: close that program and try again",
            database.display(),
            files::others(database)
        ),
    )
}

#[cfg(test)]
#[path = "swap_file_tests.rs"]
mod tests;
