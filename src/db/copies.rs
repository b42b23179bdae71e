//! Whole copies of the file, made before something changes it that cannot be undone. They stand in `copies/` beside it,
//! readable by the owner only, and none has its name before it was checked.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::Text};

use super::{
    Connection, StoreError, StoreErrorKind,
    connection::{create_private_file, establish, pragma},
    invariants, space,
};
use crate::time::Timestamp;

/// Copies made before migrations that are kept.
pub const KEPT: usize = 3;

/// The folder of the copies of a database, made if there is none.
///
/// # Errors
/// When it cannot be made.
pub fn folder(database: &Path) -> Result<PathBuf, StoreError> {
    let folder = database.parent().unwrap_or(Path::new("")).join("copies");
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&folder).map_err(|error| io_error(&folder, &error))?;
    Ok(folder)
}

/// Bytes that a copy takes at most.
///
/// # Errors
/// When the file cannot be read.
pub fn size(conn: &mut Connection) -> Result<u64, StoreError> {
    let used = pragma(conn, "page_count")? - pragma(conn, "freelist_count")?;
    Ok(u64::try_from(used.saturating_mul(pragma(conn, "page_size")?)).unwrap_or(0))
}

/// Copies the database as it is at this moment, while others read and write, checks every page of the copy, and only
/// then names it `<reason>-<time>.db`. Older copies for the same reason are deleted, but for the newest `kept`.
///
/// # Errors
/// When there is not enough space, or the copy is not in order: then there is no new copy, and no older one is lost.
pub fn make(
    conn: &mut Connection,
    folder: &Path,
    reason: &str,
    kept: usize,
    now: Timestamp,
) -> Result<PathBuf, StoreError> {
    let unfinished = Unfinished::make(conn, folder)?;
    verify(&unfinished.0)?;
    let name = free_name(folder, reason, now);
    fs::File::open(&unfinished.0)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&unfinished.0, &name))
        .map_err(|error| io_error(&name, &error))?;
    // Windows cannot open a folder; there the name is on the disk when the system wants it.
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    prune(folder, reason, kept)?;
    Ok(name)
}

/// A copy without its name, deleted when it does not get it.
#[derive(Debug)]
pub(super) struct Unfinished(pub PathBuf);

impl Unfinished {
    pub(super) fn make(conn: &mut Connection, folder: &Path) -> Result<Self, StoreError> {
        space::ensure(folder, size(conn)?)?;
        let copy = Self(folder.join(format!("unfinished-{}.db", std::process::id())));
        copy.remove();
        // SQLite would make it readable for everybody; it takes an empty file as well.
        create_private_file(&copy.0).map_err(|error| io_error(&copy.0, &error))?;
        diesel::sql_query("VACUUM INTO ?")
            .bind::<Text, _>(copy.0.to_string_lossy().into_owned())
            .execute(conn)
            .map_err(|error| StoreError::from(error).while_doing("the database could not be copied"))?;
        Ok(copy)
    }

    fn remove(&self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let mut path = self.0.clone().into_os_string();
            path.push(suffix);
            // Mostly there is none.
            let _ = fs::remove_file(path);
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Whether every page of a file is in order.
fn verify(path: &Path) -> Result<(), StoreError> {
    let mut copy = establish(path)?;
    copy.batch_execute("PRAGMA query_only = ON; PRAGMA cache_size = -32000;")?;
    match invariants::integrity_check(&mut copy)?.first() {
        None => Ok(()),
        Some(problem) => Err(StoreError::new(
            StoreErrorKind::Corrupt,
            format!("the copy {} is not in order, so the database is damaged: {problem}", path.display()),
        )),
    }
}

fn free_name(folder: &Path, reason: &str, now: Timestamp) -> PathBuf {
    // No colons: other systems do not take them in a file's name.
    let time: String = now.to_string().chars().filter(|c| *c != ':' && *c != '-').collect();
    (1..)
        .map(|number| if number == 1 { String::new() } else { format!("-{number}") })
        .map(|suffix| folder.join(format!("{reason}-{time}{suffix}.db")))
        .find(|path| !path.exists())
        .unwrap_or_else(|| folder.join(format!("{reason}.db")))
}

/// The finished copies for a reason, newest first.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(folder: &Path, reason: &str) -> Result<Vec<PathBuf>, StoreError> {
    let entries = fs::read_dir(folder).map_err(|error| io_error(folder, &error))?;
    let prefix = format!("{reason}-");
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with(&prefix) && name.ends_with(".db"))
        .collect();
    // By time, then by number.
    names.sort_by_key(|name| name.trim_end_matches(".db").to_owned());
    Ok(names.into_iter().rev().map(|name| folder.join(name)).collect())
}

fn prune(folder: &Path, reason: &str, kept: usize) -> Result<(), StoreError> {
    for old in list(folder, reason)?.into_iter().skip(kept) {
        fs::remove_file(&old).map_err(|error| io_error(&old, &error))?;
    }
    Ok(())
}

fn io_error(path: &Path, error: &io::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Io, format!("{}: {error}", path.display()))
}
