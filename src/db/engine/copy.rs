//! Copies the whole file before a change that cannot be undone. Copies are in `copies/` next to the database, readable by the
//! owner only. A copy gets its name only after it was checked.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::Text};

pub use super::copy_name::{CopyName, list};
use super::{
    Connection, StoreError, StoreErrorKind,
    connection::{create_private_file, establish, pragma},
    copy_name, disk_space,
    files::{self, io_error},
    integrity,
    owner::Owner,
    temp_file::TempFile,
    temp_folder::{TEMP_PREFIX, TempFolder},
};
use crate::time::Timestamp;

/// Number of copies from before migrations to keep.
pub const KEPT: usize = 3;
/// The default of the library.
const ZSTD_LEVEL: i32 = 3;

/// Returns the folder for copies of a database, and creates it if there is none.
///
/// # Errors
/// If it cannot be created.
pub fn folder(database: &Path) -> Result<PathBuf, StoreError> {
    let folder = files::folder_of(database).join("copies");
    private_folder(&folder)?;
    Ok(folder)
}

/// Creates a folder for its owner only, if there is none.
///
/// # Errors
/// If it cannot be created.
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

/// Returns the maximum size of a copy in bytes.
///
/// # Errors
/// Database errors.
pub fn size(conn: &mut Connection) -> Result<u64, StoreError> {
    let used = pragma(conn, "page_count")? - pragma(conn, "freelist_count")?;
    Ok(u64::try_from(used.saturating_mul(pragma(conn, "page_size")?)).unwrap_or(0))
}

/// Options for writing a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    /// Whether to check every page of the copy before it gets its name.
    pub verify: bool,
    /// Whether to compress it with zstd.
    pub compress: bool,
}

impl Form {
    /// Checked and uncompressed.
    pub const CHECKED: Self = Self { verify: true, compress: false };
}

/// Copies the current state of the database, while others read and write, and names the copy `<reason>-<time>-<tag of its
/// owner>.db` once it is complete. Deletes older copies of this owner with the same reason, except the newest `kept`.
///
/// # Errors
/// [`StoreErrorKind::Full`] if there is too little space; otherwise if the copy fails its check. No older copy is deleted then.
pub fn make(
    conn: &mut Connection,
    owner: &Owner,
    (folder, reason): (&Path, &str),
    kept: usize,
    now: Timestamp,
    form: Form,
) -> Result<PathBuf, StoreError> {
    let copy = prepare(conn, folder, owner.instance(), form)?;
    let name = copy_name::reserve(folder, reason, owner, now, if form.compress { ".db.zst" } else { ".db" })?;
    name.give(&copy.path)?;
    prune(folder, reason, owner, kept, &name.path)?;
    Ok(name.path.clone())
}

/// Copies the current state of the database to a file with any name, which replaces an existing file once it is complete.
///
/// # Errors
/// [`StoreErrorKind::Full`] if there is too little space; otherwise if the file cannot be written or fails its check. An
/// existing file is unchanged then.
pub fn write(conn: &mut Connection, target: &Path, form: Form) -> Result<(), StoreError> {
    let copy = prepare(conn, files::folder_of(target), None, form)?;
    finish(&copy.path, target)
}

fn prepare(
    conn: &mut Connection,
    folder: &Path,
    instance: Option<&str>,
    form: Form,
) -> Result<TempFile, StoreError> {
    let copy = TempFile::make(conn, folder, instance)?;
    if form.verify {
        verify(&copy.path)?;
    }
    if !form.compress {
        return Ok(copy);
    }
    let compressed = TempFile::at(folder, "zst", instance)?;
    compress(&copy.path, &compressed.path).map_err(|error| io_error(&compressed.path, &error))?;
    Ok(compressed)
}

fn compress(from: &Path, to: &Path) -> io::Result<()> {
    let to = fs::OpenOptions::new().write(true).open(to)?;
    zstd::stream::copy_encode(fs::File::open(from)?, to, ZSTD_LEVEL)
}

/// Renames a complete file once its content is on the disk.
pub(in crate::db) fn finish(temp_file: &Path, name: &Path) -> Result<(), StoreError> {
    fs::File::open(temp_file)
        .and_then(|file| file.sync_all())
        .map_err(|error| io_error(temp_file, &error))?;
    files::rename(temp_file, name)
}

/// Copies the current state of the database into an empty file that only its owner can read.
///
/// # Errors
/// [`StoreErrorKind::Full`] if there is too little space; otherwise if the database cannot be read.
pub fn copy_into(conn: &mut Connection, target: &Path) -> Result<(), StoreError> {
    disk_space::ensure(files::folder_of(target), size(conn)?)?;
    // SQLite would create a file that everyone can read, but also accepts an existing empty file.
    create_private_file(target).map_err(|error| io_error(target, &error))?;
    diesel::sql_query("VACUUM INTO ?")
        .bind::<Text, _>(target.to_string_lossy().into_owned())
        .execute(conn)
        .map_err(|error| StoreError::from(error).while_doing("the database could not be copied"))?;
    Ok(())
}

/// Checks every page of a file.
///
/// # Errors
/// If a page is damaged, or the file cannot be read.
pub fn verify(path: &Path) -> Result<(), StoreError> {
    let mut copy = establish(path)?;
    copy.batch_execute("PRAGMA query_only = ON; PRAGMA cache_size = -32000;")?;
    match integrity::check(&mut copy)?.first() {
        None => Ok(()),
        Some(problem) => Err(StoreError::new(
            StoreErrorKind::Corrupt,
            format!("the copy {} failed its check, so the database is damaged: {problem}", path.display()),
        )),
    }
}

/// Copies a file and its log byte by byte, which works for a damaged file, too. Returns the owner and path of the copy.
///
/// # Errors
/// If it cannot be copied; the incomplete copy is deleted.
pub fn as_it_is(database: &Path, reason: &str, now: Timestamp) -> Result<(Owner, PathBuf), StoreError> {
    let (owner, folder) = (Owner::of_file(database), folder(database)?);
    let aside = TempFile::at(&folder, "db", owner.instance())?;
    let copied = |from: &Path, to: &Path| -> Result<(), StoreError> {
        fs::copy(from, to).map_err(|error| io_error(to, &error))?;
        files::give_to_owner_of_folder(to);
        fs::File::open(to).and_then(|file| file.sync_all()).map_err(|error| io_error(to, &error))
    };
    copied(database, &aside.path)?;
    let (log, log_aside) = (files::log(database), files::log(&aside.path));
    if files::length(&log) > 0 {
        copied(&log, &log_aside)?;
    }
    let name = copy_name::reserve(&folder, reason, &owner, now, ".db")?;
    if log_aside.exists() {
        files::rename(&log_aside, &files::log(&name.path))?;
    }
    name.give(&aside.path)?;
    Ok((owner, name.path.clone()))
}

/// Keeps a closed file under a second name, as a hard link if possible. Returns its path.
///
/// # Errors
/// If it can be neither linked nor copied.
pub(in crate::db) fn second_name(
    database: &Path,
    owner: &Owner,
    reason: &str,
    now: Timestamp,
) -> Result<PathBuf, StoreError> {
    let folder = folder(database)?;
    let aside = TempFolder::make(&folder, TEMP_PREFIX, owner.instance())
        .map_err(|error| io_error(&folder, &error))?;
    let file = aside.path().join("file.db");
    // Some file systems have no hard links.
    if fs::hard_link(database, &file).is_err() {
        fs::copy(database, &file).map_err(|error| io_error(&file, &error))?;
    }
    let name = copy_name::reserve(&folder, reason, owner, now, ".db")?;
    name.give(&file)?;
    Ok(name.path.clone())
}

/// Deletes older copies of an owner with this reason, except the newest `kept`. `made` is always one of those kept, even if the
/// clock was set back.
///
/// # Errors
/// If the folder cannot be read, or a file cannot be deleted.
pub fn prune(folder: &Path, reason: &str, owner: &Owner, kept: usize, made: &Path) -> Result<(), StoreError> {
    // Without a tag it is unknown whose copies they are, so none is deleted.
    let Some(tag) = owner.tag() else { return Ok(()) };
    let own = list(folder, reason)?;
    let older = own.into_iter().filter(|copy| copy.tag.as_deref() == Some(tag) && copy.path != made);
    for old in older.skip(kept.saturating_sub(1)) {
        files::remove(&files::log(&old.path))?;
        files::remove(&old.path)?;
    }
    Ok(())
}
