//! A copy of the database as it is at one moment, made while it is in use.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

/// Makes a copy, in a file that does not exist yet. What is written meanwhile is not in it.
///
/// # Errors
/// When the database cannot be read, or the disk has too little space.
pub fn copy(from: &Path, to: &Path) -> Result<(), rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(from, flags)?;
    connection.execute_batch("PRAGMA busy_timeout = 5000;")?;
    connection.execute("VACUUM INTO ?", [to.to_string_lossy()])?;
    Ok(())
}
