//! Whole copies of the file, made before something changes it that cannot be undone. They stand in `copies/` beside it,
//! readable by the owner only, and none has its name before it was checked.

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

/// Copies made before migrations that are kept.
pub const KEPT: usize = 3;
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

/// Copies the database as it is at this moment, while others read and write, and names it
/// `<reason>-<time>-<tag of its owner>.db` when it is finished. Older copies of this owner for the same reason are deleted, but
/// for the newest `kept`.
///
/// # Errors
/// When there is not enough space, or the copy is not in order: then there is no new copy, and no older one is lost.
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

/// Copies the database, as it is at this moment, to a file of any name, which it gets when everything is in it. A file of this
/// name is replaced then.
///
/// # Errors
/// When there is not enough space, the file cannot be written, or the copy is not in order: then an older file is as it was.
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

/// Gives a finished file its name, once its content is on the disk.
pub(in crate::db) fn finish(temp_file: &Path, name: &Path) -> Result<(), StoreError> {
    fs::File::open(temp_file)
        .and_then(|file| file.sync_all())
        .map_err(|error| io_error(temp_file, &error))?;
    files::rename(temp_file, name)
}

/// Copies the database, as it is at this moment, into an empty file that only its owner can read.
///
/// # Errors
/// When there is not enough space for it, or the database cannot be read.
pub fn copy_into(conn: &mut Connection, target: &Path) -> Result<(), StoreError> {
    disk_space::ensure(files::folder_of(target), size(conn)?)?;
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
    match integrity::check(&mut copy)?.first() {
        None => Ok(()),
        Some(problem) => Err(StoreError::new(
            StoreErrorKind::Corrupt,
            format!("the copy {} failed its check, so the database is damaged: {problem}", path.display()),
        )),
    }
}

/// Copies a file and what is in its log as they are: a damaged file is copied by no other means. Whose copy it is, and where.
///
/// # Errors
/// When it cannot be copied: then nothing is left of the copy.
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

/// Keeps the bytes of a closed file under a second name. Where it is.
///
/// # Errors
/// When it can neither be linked nor copied.
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
    // Some file systems know no second names.
    if fs::hard_link(database, &file).is_err() {
        fs::copy(database, &file).map_err(|error| io_error(&file, &error))?;
    }
    let name = copy_name::reserve(&folder, reason, owner, now, ".db")?;
    name.give(&file)?;
    Ok(name.path.clone())
}

/// Deletes the older copies of an owner for a reason, but for the newest `kept`, of which `made` is one whatever the clock says.
///
/// # Errors
/// When the folder cannot be read, or a file cannot be deleted.
pub fn prune(folder: &Path, reason: &str, owner: &Owner, kept: usize, made: &Path) -> Result<(), StoreError> {
    // Where it is not known whose they are all of them stay.
    let Some(tag) = owner.tag() else { return Ok(()) };
    let own = list(folder, reason)?;
    let older = own.into_iter().filter(|copy| copy.tag.as_deref() == Some(tag) && copy.path != made);
    for old in older.skip(kept.saturating_sub(1)) {
        files::remove(&files::log(&old.path))?;
        files::remove(&old.path)?;
    }
    Ok(())
}
