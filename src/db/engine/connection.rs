//! Opening the file: permissions, pragmas, in the order in which SQLite honours them.

use std::{fs, io, path::Path};

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::BigInt};

use super::{Connection, StoreError, StoreErrorKind, files, header};

/// Why a database that somebody emptied is not taken for a new one: that would be everybody's to set up.
pub const EMPTIED: &str = "it is empty, although its folder was used before: restore a backup with `duplistatus db restore`, \
     or delete it to start with an empty database";

/// Opens the one connection that writes, making the file if there is none.
///
/// # Errors
/// When the file cannot be made, opened or understood.
pub fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    if files::is_emptied(path) {
        return Err(StoreError::new(StoreErrorKind::Corrupt, EMPTIED));
    }
    let is_new = create_private_file(path)
        .map_err(|error| StoreError::new(StoreErrorKind::Io, format!("{}: {error}", path.display())))?;
    let mut connection = establish(path)?;
    // The busy timeout comes first: every later statement may have to wait for another process.
    connection.batch_execute("PRAGMA busy_timeout = 5000;")?;
    if is_new {
        // Only before the first page is written; auto-vacuum set after WAL is silently ignored.
        connection.batch_execute("PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL;")?;
    }
    // Checkpoints at 64 MB of WAL: a page that many reports change is then copied back once, and not four times.
    connection.batch_execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = -32000; PRAGMA journal_size_limit = 67108864;
         PRAGMA wal_autocheckpoint = 4000;",
    )?;
    Ok(connection)
}

/// Opens a connection of its own for what takes long, as it comes: copying the database is no reading for SQLite.
///
/// # Errors
/// When the file cannot be opened.
pub fn open_apart(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = establish(path)?;
    connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;")?;
    Ok(connection)
}

/// Opens a connection that only reads, whether or not the file can be written.
///
/// # Errors
/// When the file cannot be opened or understood.
pub fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = establish(&readable(path))?;
    prepare_reader(&mut connection)?;
    Ok(connection)
}

/// The same for a file of which nothing is known. One that SQLite would not recognise is not opened: its log would be thrown away.
///
/// # Errors
/// As [`open_reader`].
pub fn open_sound_reader(path: &Path) -> Result<Connection, StoreError> {
    if !header::has_sound_header(path)? {
        return Err(StoreError::new(StoreErrorKind::Corrupt, "its first page cannot be read"));
    }
    // As it is: a connection that could write would move the log into the file when it is closed.
    let is_open = [files::log(path), files::beside(path, "-shm")].iter().any(|file| file.exists());
    let mut connection = establish(&files::uri(path, is_open))?;
    prepare_reader(&mut connection)?;
    Ok(connection)
}

/// The name under which a file can be read whatever the system allows. Without a log beside it the file is all there is, and where
/// the folder cannot be written SQLite must be told so, since it could not make one.
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

/// Prepares a connection of the reading pool.
///
/// # Errors
/// When a pragma is refused.
pub fn prepare_reader(connection: &mut Connection) -> Result<(), diesel::result::Error> {
    connection.batch_execute(
        "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -8000;",
    )
}

/// A number that a pragma answers with.
///
/// # Errors
/// When there is no such pragma.
pub fn pragma(connection: &mut Connection, name: &str) -> Result<i64, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        value: i64,
    }
    // Pragma names cannot be bound; they are literals of this program.
    let row: Row =
        diesel::sql_query(format!("SELECT {name} AS value FROM pragma_{name}")).get_result(connection)?;
    Ok(row.value)
}

/// Ends the exceptions that were made for reading a damaged file; foreign keys stay off until rows have their parents.
///
/// # Errors
/// When the database refuses.
pub fn salvaged(connection: &mut Connection) -> Result<(), StoreError> {
    Ok(connection.batch_execute("PRAGMA writable_schema = OFF; PRAGMA ignore_check_constraints = OFF;")?)
}

/// Moves everything into the file itself, so that it can be renamed.
///
/// # Errors
/// When the database refuses.
pub fn settle(connection: &mut Connection) -> Result<(), StoreError> {
    Ok(connection.batch_execute("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE);")?)
}

/// Runs work in one transaction of a connection that is nobody else's.
///
/// # Errors
/// What the work or the commit failed with; then nothing was changed.
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

/// Makes an empty file that only its owner can read; SQLite gives the WAL the same mode. True when it is new or empty.
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
