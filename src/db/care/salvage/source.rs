//! The damaged file: read in place if possible, else from a working copy. It is never changed.

use std::{
    fs::{self, File},
    io::{self, Read as _, Seek as _},
    path::{Path, PathBuf},
};

use super::wal::{self, WalRemainder};
use crate::db::{
    StoreError, StoreErrorKind,
    care::restore_candidate::ZSTD,
    engine::{
        disk_space, files,
        header::Header,
        temp_folder::{TEMP_PREFIX, TempFolder},
    },
};

/// The damaged file, ready for reading.
#[derive(Debug)]
pub(in crate::db) struct Source {
    /// Path of the file that is read.
    pub path: PathBuf,
    /// Why a copy was made.
    pub notes: Vec<String>,
    /// Whether the file is complete, as far as known.
    pub is_whole: bool,
    _scratch: Option<TempFolder>,
}

impl Source {
    /// Opens the file. Makes a working copy next to `target` if the header must be repaired before SQLite can read
    /// it, or if the last changes are still in the WAL, because reading it would change the files.
    pub(in crate::db) fn open(source: &Path, target: &Path) -> Result<Self, StoreError> {
        let mut file = File::open(source).map_err(|error| at(source, &error))?;
        if file.metadata().map_err(|error| at(source, &error))?.len() == 0 {
            return Err(StoreError::new(StoreErrorKind::Io, format!("{} is empty", source.display())));
        }
        let is_compressed = is_zstd(&mut file).map_err(|error| at(source, &error))?;
        let header =
            if is_compressed { None } else { Header::read(&mut file).map_err(|e| at(source, &e))? };
        let wal = files::log(source);
        let has_wal = !is_compressed && fs::metadata(&wal).is_ok_and(|wal| wal.len() > 0);
        if header.is_some() && !has_wal {
            return Ok(Self { path: source.to_owned(), notes: Vec::new(), is_whole: true, _scratch: None });
        }
        let scratch = TempFolder::make(files::folder_of(target), TEMP_PREFIX, None)
            .map_err(|error| at(target, &error))?;
        let copy = scratch.path().join("copy.db");
        let (mut notes, mut is_whole) = (Vec::new(), true);
        let header = if is_compressed {
            if let Some(why) = unpack(file, &copy)? {
                notes.push(format!("Only part of the backup could be decompressed: {why}."));
                is_whole = false;
            }
            File::open(&copy)
                .and_then(|mut copy| Header::read(&mut copy))
                .map_err(|error| at(&copy, &error))?
        } else {
            fs::copy(source, &copy).map_err(|error| at(source, &error))?;
            make_writable(&copy).map_err(|error| at(&copy, &error))?;
            header
        };
        if header.is_none() {
            notes.push("The header of the file is damaged. It was rebuilt in a working copy.".to_owned());
            let mended = File::options()
                .read(true)
                .write(true)
                .open(&copy)
                .and_then(|mut copy| Header::repair(&mut copy));
            mended.map_err(|error| at(&copy, &error))?;
        }
        if has_wal {
            let wal_copy = files::log(&copy);
            fs::copy(&wal, &wal_copy).map_err(|error| at(&wal, &error))?;
            make_writable(&wal_copy).map_err(|error| at(&wal_copy, &error))?;
            let left = wal::take(&copy).and_then(|taken| wal::left(&wal, taken).map_err(|e| at(&wal, &e)));
            is_whole &= matches!(left, Ok(WalRemainder::Nothing));
            notes.push(match left {
                Ok(WalRemainder::Nothing) => {
                    "Changes in the WAL were applied up to its last complete transaction.".to_owned()
                }
                Ok(WalRemainder::Everything) => {
                    "The beginning of the WAL is damaged. Data that is only in the WAL is lost.".to_owned()
                }
                Ok(WalRemainder::Transactions(count)) => format!(
                    "Changes in the WAL were applied up to a damaged position. {count} transactions after it are lost."
                ),
                Err(error) => {
                    format!("The WAL could not be read. Data that is only in the WAL is lost: {error}")
                }
            });
        }
        Ok(Self { path: copy, notes, is_whole, _scratch: Some(scratch) })
    }

    /// Returns the URI with which SQLite opens the file without changing it.
    pub(in crate::db) fn uri(&self) -> Result<String, StoreError> {
        let path = fs::canonicalize(&self.path).map_err(|error| at(&self.path, &error))?;
        let path = path.to_str().ok_or_else(|| {
            StoreError::new(StoreErrorKind::Io, "the path of the damaged file is not UTF-8: rename it first")
        })?;
        let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        Ok(format!("file:{path}?mode=ro&immutable=1"))
    }
}

/// Returns whether a file is a compressed backup.
fn is_zstd(file: &mut File) -> io::Result<bool> {
    let mut start = Vec::new();
    file.rewind()?;
    file.by_ref().take(ZSTD.len() as u64).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(start == ZSTD)
}

/// Decompresses a backup as far as possible. Returns why it is incomplete, if it is.
fn unpack(file: File, copy: &Path) -> Result<Option<String>, StoreError> {
    let folder = files::folder_of(copy);
    let limit = disk_space::available(folder)?.saturating_sub(disk_space::RESERVE);
    let mut out = File::create_new(copy).map_err(|error| at(copy, &error))?;
    let unpacked = zstd::Decoder::new(file).and_then(|decoder| io::copy(&mut decoder.take(limit), &mut out));
    match unpacked {
        Ok(written) if written == limit => {
            disk_space::ensure(folder, limit.saturating_add(1))?;
            Ok(None)
        }
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::StorageFull => Err(at(copy, &error)),
        Err(error) => Ok(Some(error.to_string())),
    }
}

/// The file may be read-only, but its copy must be writable.
fn make_writable(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Creates the error for a file.
pub(in crate::db) fn at(path: &Path, error: &io::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Io, format!("{}: {error}", path.display()))
}
