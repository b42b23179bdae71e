//! Opens the file: permissions, and pragmas in the order that SQLite requires.

use std::{fs, io, path::Path};

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::BigInt};

use super::{Connection, StoreError, StoreErrorKind, files, header};

/// Why an emptied database is not treated as a new one: anyone could then create the first administrator.
pub const EMPTIED: &str = "it is empty, although its folder was used before: restore a backup with `duplistatus db restore`, \
     or delete it to start with an empty database";

/// Opens the writing connection, and creates the file if there is none.
///
/// # Errors
/// [`StoreErrorKind::Corrupt`] if the file was emptied; otherwise if it cannot be created or opened.
pub fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    if files::is_emptied(path) {
        return Err(StoreError::new(StoreErrorKind::Corrupt, EMPTIED));
    }
    let is_new = create_private_file(path)
        .map_err(|error| StoreError::new(StoreErrorKind::Io, format!("{}: {error}", path.display())))?;
    let mut connection = establish(path)?;
    // The busy timeout comes first, because every later statement may have to wait for another process.
    connection.batch_execute("PRAGMA busy_timeout = 5000;")?;
    if is_new {
        // Only possible before the first page is written; auto-vacuum set after WAL is silently ignored.
        connection.batch_execute("PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL;")?;
    }
    // Checkpoints at 64 MB of WAL, so that a page changed by many reports is copied back once instead of four times.
    connection.batch_execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 67108864;
         PRAGMA wal_autocheckpoint = 4000;",
    )?;
    Ok(connection)
}

/// Opens a separate connection for long work, without restricting it to reading: SQLite does not count copying the database as
/// reading.
///
/// # Errors
/// If the file cannot be opened.
pub fn open_unpooled(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = establish(path)?;
    connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;")?;
    Ok(connection)
}

/// Opens a read-only connection, even if the file cannot be written.
///
/// # Errors
/// If the file cannot be opened or is not a database.
pub fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = establish(&readable(path))?;
    prepare_reader(&mut connection)?;
    Ok(connection)
}

/// Opens a read-only connection to a file in unknown condition. Rejects a file with an invalid header, because SQLite would delete
/// its write-ahead log.
///
/// # Errors
/// [`StoreErrorKind::Corrupt`] if the header is invalid; otherwise as [`open_reader`].
pub fn open_sound_reader(path: &Path) -> Result<Connection, StoreError> {
    if !header::has_sound_header(path)? {
        return Err(StoreError::new(StoreErrorKind::Corrupt, "its first page cannot be read"));
    }
    // Opened read-only: closing a writable connection would move the log into the file.
    let is_open = [files::log(path), files::beside(path, "-shm")].iter().any(|file| file.exists());
    let mut connection = establish(&files::uri(path, is_open))?;
    prepare_reader(&mut connection)?;
    Ok(connection)
}

/// Returns the path or URI under which a file can be read with any permissions. If there is no log, the file is complete. In a
/// folder without write permission SQLite must be told so, because it cannot create a log there.
pub(in crate::db) fn readable(path: &Path) -> std::path::PathBuf {
    if files::length(&files::log(path)) > 0 {
        return path.to_owned();
    }
    match establish(path).and_then(|mut open| pragma(&mut open, "schema_version")) {
        Err(error) if matches!(error.kind, StoreErrorKind::Io | StoreErrorKind::ReadOnly) => {
            files::uri(path, false)
        }
        _ => path.to_owned(),
    }
}

/// Prepares a connection of the reader pool.
///
/// # Errors
/// If a pragma fails.
pub fn prepare_reader(connection: &mut Connection) -> Result<(), diesel::result::Error> {
    connection.batch_execute(
        "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -4000;",
    )
}

/// Returns the number a pragma returns.
///
/// # Errors
/// If there is no such pragma.
pub fn pragma(connection: &mut Connection, name: &str) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        value: i64,
    }
    // Pragma names cannot be bound. They are always literals of this program.
    let row: Row =
        diesel::sql_query(format!("SELECT {name} AS value FROM pragma_{name}")).get_result(connection)?;
    Ok(row.value)
}

/// Turns off the exceptions set for reading a damaged file. Foreign keys stay off until all rows have their parents.
///
/// # Errors
/// Database errors.
pub fn salvaged(connection: &mut Connection) -> Result<(), StoreError> {
    Ok(connection.batch_execute("PRAGMA writable_schema = OFF; PRAGMA ignore_check_constraints = OFF;")?)
}

/// Moves the log into the file, so that the file can be renamed.
///
/// # Errors
/// Database errors.
pub fn settle(connection: &mut Connection) -> Result<(), StoreError> {
    Ok(connection.batch_execute("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE);")?)
}

/// Runs work in one transaction of a connection that nobody else uses.
///
/// # Errors
/// The error of the work or the commit; nothing is changed then.
pub fn in_transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    connection.immediate_transaction(work)
}

pub(in crate::db) fn establish(path: &Path) -> Result<Connection, StoreError> {
    let path = path
        .to_str()
        .ok_or_else(|| StoreError::new(StoreErrorKind::Io, "the path of the database is not UTF-8"))?;
    Ok(<Connection as diesel::Connection>::establish(path)?)
}

/// Creates a file that only its owner can read; SQLite gives the WAL the same mode. Returns whether the file is new or empty.
pub(in crate::db) fn create_private_file(path: &Path) -> io::Result<bool> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let is_empty = options.open(path)?.metadata()?.len() == 0;
    if is_empty {
        files::give_to_owner_of_folder(path);
    }
    Ok(is_empty)
}
