//! Another file in the place of the database, while nobody has it open. The old one is kept, and can be put back. At no moment
//! is there no file under the name: whatever ends the program, the next start finds the old or the new one.

use std::path::{Path, PathBuf};

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::Text};

use super::{StoreError, StoreErrorKind, connection::establish, copy, files, header, owner::Owner};
use crate::time::Timestamp;

/// Under which name databases are kept that another one was put in the place of.
pub const REASON: &str = "before-restore";

/// What the old file became.
#[derive(Debug)]
pub struct Swapped {
    /// Where it is kept; none when there was none.
    pub kept: Option<PathBuf>,
}

/// Puts a finished file in the place of the database, which is kept among the copies, with its log when it is so damaged that
/// the log could not be moved into it.
///
/// # Errors
/// [`StoreErrorKind::Busy`] when another process has it open; else when files cannot be renamed. The old file is in its place then.
pub fn put(database: &Path, new: &Path, now: Timestamp) -> Result<Swapped, StoreError> {
    if !database.exists() {
        // A log without its file belongs to nothing.
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
    /// When files cannot be renamed: the old one is still among the copies.
    pub fn back(&self, database: &Path) -> Result<(), StoreError> {
        if self.kept.as_ref().is_some_and(|kept| !kept.exists() && database.exists()) {
            // It was put back before.
            return Ok(());
        }
        clear(database)?;
        let Some(kept) = &self.kept else { return files::remove(database) };
        let log = files::log(kept);
        if log.exists() {
            files::rename(&log, &files::log(database))?;
        }
        // Two names of the same bytes are left as they are by a rename.
        files::rename(kept, database)?;
        files::remove(kept)
    }
}

/// Deletes what belongs to a database that is closed or gone.
fn clear(database: &Path) -> Result<(), StoreError> {
    ["-wal", "-shm", "-journal"].iter().try_for_each(|suffix| files::remove(&files::beside(database, suffix)))
}

/// Moves the log into the file and deletes it, which works only while nobody else has the file open. False when the file is
/// too damaged for that.
fn close_log(database: &Path) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Mode {
        #[diesel(sql_type = Text)]
        journal_mode: String,
    }
    if !header::has_sound_header(database).unwrap_or(false) {
        // To open it would delete its log.
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
