//! Files that get their final name only when they are complete.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    Connection, StoreError,
    connection::create_private_file,
    copy::{copy_into, finish},
    files::{self, io_error},
    temp_folder::{TEMP_PREFIX, TempFolder, temp_folders_in},
};

/// A temporary file, deleted on drop unless it was renamed.
#[derive(Debug)]
pub(in crate::db) struct TempFile {
    /// Its path.
    pub path: PathBuf,
    _folder: TempFolder,
}

impl TempFile {
    pub(in crate::db) fn make(
        conn: &mut Connection,
        folder: &Path,
        instance: Option<&str>,
    ) -> Result<Self, StoreError> {
        let copy = Self::at(folder, "db", instance)?;
        copy_into(conn, &copy.path)?;
        Ok(copy)
    }

    /// Creates an empty file that only its owner can read, in a temporary folder inside `folder`, so that it can be renamed
    /// into `folder`.
    pub(in crate::db) fn at(folder: &Path, ending: &str, instance: Option<&str>) -> Result<Self, StoreError> {
        let made =
            TempFolder::make(folder, TEMP_PREFIX, instance).map_err(|error| io_error(folder, &error))?;
        let path = made.path().join(format!("file.{ending}"));
        create_private_file(&path).map_err(|error| io_error(&path, &error))?;
        Ok(Self { path, _folder: made })
    }
}

/// A file that replaces its target when it is complete. Only its owner can read it.
#[derive(Debug)]
pub struct AtomicFile {
    temp_file: TempFile,
    target: PathBuf,
}

impl AtomicFile {
    /// Creates the temporary file.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn begin(target: &Path) -> Result<Self, StoreError> {
        let temp_file = TempFile::at(files::folder_of(target), "part", None)?;
        Ok(Self { temp_file, target: target.to_owned() })
    }

    /// Returns the file to write to.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn file(&self) -> Result<fs::File, StoreError> {
        let path = &self.temp_file.path;
        fs::OpenOptions::new().write(true).open(path).map_err(|error| io_error(path, &error))
    }

    /// Renames the file to its target, once its content is on the disk.
    ///
    /// # Errors
    /// If it cannot be synced or renamed; the previous file is unchanged then.
    pub fn finish(self) -> Result<(), StoreError> {
        finish(&self.temp_file.path, &self.target)
    }
}

/// Returns the size in bytes of the copy that this process is writing into a folder; `None` if there is none.
pub fn written(folder: &Path) -> Option<u64> {
    let copies = temp_folders_in(folder).into_iter().map(|folder| folder.join("file.db"));
    copies.filter_map(|copy| fs::metadata(copy).ok()).map(|data| data.len()).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_being_written_is_told_and_what_others_left_is_not() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let left = folder.path().join("unfinished-none-killedkilled-7");
        fs::create_dir(&left)?;
        fs::write(left.join("file.db"), "of a process that was killed")?;
        fs::write(folder.path().join("duplistatus-20261123T130000Z.db"), "finished")?;
        assert_eq!(written(folder.path()), None);
        let copy = TempFile::at(folder.path(), "db", None)?;
        assert_eq!(written(folder.path()), Some(0));
        fs::write(&copy.path, "12345")?;
        assert_eq!(written(folder.path()), Some(5));
        drop(copy);
        assert_eq!(written(folder.path()), None);
        assert_eq!(written(&folder.path().join("nowhere")), None);
        Ok(())
    }
}
