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
    files::{self, io_error},
    invariants, space,
    unfinished::Unfinished,
};
use crate::time::Timestamp;

/// Copies made before migrations that are kept.
pub const KEPT: usize = 3;
/// How names of compressed copies end.
const ZSTD: &str = ".zst";
/// The library's own choice between speed and size.
const ZSTD_LEVEL: i32 = 3;

/// The folder of the copies of a database, made if there is none.
///
/// # Errors
/// When it cannot be made.
pub fn folder(database: &Path) -> Result<PathBuf, StoreError> {
    let folder = files::folder_of(database).join("copies");
    private_folder(&folder)?;
    Ok(folder)
}

/// Makes a folder for its owner only, if there is none.
///
/// # Errors
/// When it cannot be made.
pub fn private_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let is_new = !folder.exists();
    builder.create(folder).map_err(|error| io_error(folder, &error))?;
    if is_new {
        files::give_to_owner_of_folder(folder);
    }
    Ok(())
}

/// Bytes that a copy takes at most.
///
/// # Errors
/// When the file cannot be read.
pub fn size(conn: &mut Connection) -> Result<u64, StoreError> {
    let used = pragma(conn, "page_count")? - pragma(conn, "freelist_count")?;
    Ok(u64::try_from(used.saturating_mul(pragma(conn, "page_size")?)).unwrap_or(0))
}

/// How a copy is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Whether every page of the copy is checked before it gets its name.
    pub verify: bool,
    /// Whether it is compressed with zstd.
    pub compress: bool,
}

impl Form {
    /// Checked, and as SQLite opens it.
    pub const CHECKED: Self = Self { verify: true, compress: false };
}

/// Copies the database as it is at this moment, while others read and write, and names it `<reason>-<time>.db` when it is
/// finished. Older copies for the same reason are deleted, but for the newest `kept`.
///
/// # Errors
/// When there is not enough space, or the copy is not in order: then there is no new copy, and no older one is lost.
pub fn make(
    conn: &mut Connection,
    folder: &Path,
    reason: &str,
    kept: usize,
    now: Timestamp,
    form: Form,
) -> Result<PathBuf, StoreError> {
    let mut name = free_name(folder, reason, now);
    if form.compress {
        name.as_mut_os_string().push(ZSTD);
    }
    write(conn, &name, form)?;
    prune(folder, reason, kept)?;
    Ok(name)
}

/// Copies the database, as it is at this moment, to a file of any name, which it gets when everything is in it. A file of this
/// name is replaced then.
///
/// # Errors
/// When there is not enough space, the file cannot be written, or the copy is not in order: then an older file is as it was.
pub fn write(conn: &mut Connection, target: &Path, form: Form) -> Result<(), StoreError> {
    let folder = files::folder_of(target);
    let unfinished = Unfinished::make(conn, folder)?;
    if form.verify {
        verify(&unfinished.0)?;
    }
    if form.compress {
        let compressed = Unfinished::at(folder, "zst")?;
        compress(&unfinished.0, &compressed.0).map_err(|error| io_error(&compressed.0, &error))?;
        finish(&compressed.0, target)
    } else {
        finish(&unfinished.0, target)
    }
}

fn compress(from: &Path, to: &Path) -> io::Result<()> {
    let to = fs::OpenOptions::new().write(true).open(to)?;
    zstd::stream::copy_encode(fs::File::open(from)?, to, ZSTD_LEVEL)
}

/// Gives a finished file its name, once its content is on the disk.
pub(super) fn finish(unfinished: &Path, name: &Path) -> Result<(), StoreError> {
    fs::File::open(unfinished)
        .and_then(|file| file.sync_all())
        .map_err(|error| io_error(unfinished, &error))?;
    files::rename(unfinished, name)
}

/// Copies the database, as it is at this moment, into an empty file that only its owner can read.
///
/// # Errors
/// When there is not enough space for it, or the database cannot be read.
pub fn copy_into(conn: &mut Connection, target: &Path) -> Result<(), StoreError> {
    space::ensure(files::folder_of(target), size(conn)?)?;
    // SQLite would make it readable for everybody; it takes an empty file as well.
    create_private_file(target).map_err(|error| io_error(target, &error))?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(target.to_string_lossy().into_owned())
        .execute(conn)
        .map_err(|error| StoreError::from(error).while_doing("the database could not be copied"))?;
    Ok(())
}

/// Whether every page of a file is in order.
///
/// # Errors
/// When one is not, or the file cannot be read.
pub fn verify(path: &Path) -> Result<(), StoreError> {
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

/// A name for a copy that no other one has.
pub fn free_name(folder: &Path, reason: &str, now: Timestamp) -> PathBuf {
    // No colons: other systems do not take them in a file's name.
    let time: String = now.to_string().chars().filter(|c| *c != ':' && *c != '-').collect();
    (1..)
        .map(|number| if number == 1 { String::new() } else { format!("-{number}") })
        .map(|suffix| folder.join(format!("{reason}-{time}{suffix}.db")))
        .find(|path| !path.exists() && !files::beside(path, ZSTD).exists())
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
        .filter(|name| name.starts_with(&prefix) && stem(name).is_some())
        .collect();
    // By time, then by number.
    names.sort_by_key(|name| stem(name).map(str::to_owned));
    Ok(names.into_iter().rev().map(|name| folder.join(name)).collect())
}

pub(super) fn stem(name: &str) -> Option<&str> {
    name.strip_suffix(ZSTD).unwrap_or(name).strip_suffix(".db")
}

/// Deletes the older copies for a reason, but for the newest `kept`.
///
/// # Errors
/// When the folder cannot be read, or a file cannot be deleted.
pub fn prune(folder: &Path, reason: &str, kept: usize) -> Result<(), StoreError> {
    for old in list(folder, reason)?.into_iter().skip(kept) {
        files::remove(&files::log(&old))?;
        files::remove(&old)?;
    }
    Ok(())
}
