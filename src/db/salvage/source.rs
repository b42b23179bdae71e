//! The damaged file: read where it is when that is possible, else from a working copy. It is never changed.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use diesel::connection::SimpleConnection as _;

use super::header::Header;
use crate::db::{Connection, StoreError, StoreErrorKind, files};

/// The damaged file, ready to be read.
#[derive(Debug)]
pub(super) struct Source {
    /// What is read.
    pub path: PathBuf,
    /// Why it is a copy.
    pub notes: Vec<String>,
    _scratch: Option<tempfile::TempDir>,
}

impl Source {
    /// Looks at the file. A working copy is made beside `target` when the header has to be mended before SQLite reads
    /// it, or when the last changes are still in the WAL, because reading that would change the files.
    pub(super) fn open(source: &Path, target: &Path) -> Result<Self, StoreError> {
        let mut file = File::open(source).map_err(|error| at(source, &error))?;
        if file.metadata().map_err(|error| at(source, &error))?.len() == 0 {
            return Err(StoreError::new(StoreErrorKind::Io, format!("{} is empty", source.display())));
        }
        let header = Header::read(&mut file).map_err(|error| at(source, &error))?;
        let wal = files::log(source);
        let has_wal = fs::metadata(&wal).is_ok_and(|wal| wal.len() > 0);
        if header.is_some() && !has_wal {
            return Ok(Self { path: source.to_owned(), notes: Vec::new(), _scratch: None });
        }
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        let scratch = tempfile::Builder::new()
            .prefix(".salvage-")
            .tempdir_in(folder.unwrap_or(Path::new(".")))
            .map_err(|error| at(target, &error))?;
        let copy = scratch.path().join("copy.db");
        let mut notes = Vec::new();
        fs::copy(source, &copy).map_err(|error| at(source, &error))?;
        make_writable(&copy).map_err(|error| at(&copy, &error))?;
        if header.is_none() {
            notes.push("The header of the file is damaged: it was made anew in a working copy.".to_owned());
            let mended = File::options()
                .read(true)
                .write(true)
                .open(&copy)
                .and_then(|mut copy| Header::mend(&mut copy));
            mended.map_err(|error| at(&copy, &error))?;
        }
        if has_wal {
            let wal_copy = files::log(&copy);
            fs::copy(&wal, &wal_copy).map_err(|error| at(&wal, &error))?;
            make_writable(&wal_copy).map_err(|error| at(&wal_copy, &error))?;
            match take_wal(&copy) {
                Ok(()) => notes.push(
                    "Changes in the WAL were taken in, up to its last complete transaction.".to_owned(),
                ),
                Err(error) => {
                    notes.push(format!("The WAL could not be read, and what is only in it is lost: {error}"))
                }
            }
        }
        Ok(Self { path: copy, notes, _scratch: Some(scratch) })
    }

    /// The name by which SQLite opens it without changing anything beside it.
    pub(super) fn uri(&self) -> Result<String, StoreError> {
        let path = fs::canonicalize(&self.path).map_err(|error| at(&self.path, &error))?;
        let path = path.to_str().ok_or_else(|| {
            StoreError::new(StoreErrorKind::Io, "the path of the damaged file is not UTF-8: rename it first")
        })?;
        let path = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        Ok(format!("file:{path}?mode=ro&immutable=1"))
    }
}

/// Moves what is in the WAL of the working copy into it.
fn take_wal(copy: &Path) -> Result<(), StoreError> {
    let path = copy.to_str().ok_or_else(|| StoreError::new(StoreErrorKind::Io, "the path is not UTF-8"))?;
    let mut conn = <Connection as diesel::Connection>::establish(path)?;
    // Or a file that is shorter than its header says would not be opened.
    conn.batch_execute(
        "PRAGMA writable_schema = ON; PRAGMA synchronous = OFF; PRAGMA wal_checkpoint(TRUNCATE);",
    )?;
    Ok(())
}

/// The file may be read-only, and its copy has to be written.
fn make_writable(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// A path with something after its name.
pub(super) fn at(path: &Path, error: &io::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Io, format!("{}: {error}", path.display()))
}
