//! Files that get their names when everything is in them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use super::{
    Connection, StoreError,
    connection::create_private_file,
    copies::{copy_into, finish, stem},
    files::{self, io_error},
};

/// How names of files begin that are not finished.
const UNFINISHED: &str = "unfinished-";

/// A file without its name, deleted when it does not get it.
#[derive(Debug)]
pub(super) struct Unfinished(pub PathBuf);

impl Unfinished {
    pub(super) fn make(conn: &mut Connection, folder: &Path) -> Result<Self, StoreError> {
        let copy = Self::at(folder, "db")?;
        copy_into(conn, &copy.0)?;
        Ok(copy)
    }

    /// An empty file that only its owner can read, with a name that nobody else has.
    pub(super) fn at(folder: &Path, ending: &str) -> Result<Self, StoreError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let file = Self(folder.join(format!("{}{number}.{ending}", Self::prefix())));
        // Of a process that was killed and had the same number.
        file.remove();
        create_private_file(&file.0).map_err(|error| io_error(&file.0, &error))?;
        Ok(file)
    }

    /// How the names of those begin that this process makes.
    fn prefix() -> String {
        format!("{UNFINISHED}{}-", std::process::id())
    }

    fn remove(&self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            // Mostly there is none.
            let _ = fs::remove_file(files::beside(&self.0, suffix));
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.remove();
    }
}

/// A file that gets its name when everything is in it, and only its owner can read; until then one of that name is as it was.
#[derive(Debug)]
pub struct Aside {
    unfinished: Unfinished,
    target: PathBuf,
}

impl Aside {
    /// Begins it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn begin(target: &Path) -> Result<Self, StoreError> {
        let unfinished = Unfinished::at(files::folder_of(target), "part")?;
        Ok(Self { unfinished, target: target.to_owned() })
    }

    /// Where to write.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn file(&self) -> Result<fs::File, StoreError> {
        let path = &self.unfinished.0;
        fs::OpenOptions::new().write(true).open(path).map_err(|error| io_error(path, &error))
    }

    /// Gives it its name, once its content is on the disk.
    ///
    /// # Errors
    /// When that does not work: then the one before is as it was.
    pub fn finish(self) -> Result<(), StoreError> {
        finish(&self.unfinished.0, &self.target)
    }
}

/// Bytes of the copy that this process is writing into a folder; none when it is writing none.
pub fn written(folder: &Path) -> Option<u64> {
    let prefix = Unfinished::prefix();
    let names = fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let copies = names.filter(|name| name.starts_with(&prefix) && stem(name).is_some());
    copies.map(|name| files::length(&folder.join(name))).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_being_written_is_told_and_what_others_left_is_not() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("unfinished-1-7.db"), "of a process that was killed")?;
        fs::write(folder.path().join("duplistatus-20261123T130000Z.db"), "finished")?;
        assert_eq!(written(folder.path()), None);
        let copy = Unfinished::at(folder.path(), "db")?;
        assert_eq!(written(folder.path()), Some(0));
        fs::write(&copy.0, "12345")?;
        assert_eq!(written(folder.path()), Some(5));
        drop(copy);
        assert_eq!(written(folder.path()), None);
        assert_eq!(written(&folder.path().join("nowhere")), None);
        Ok(())
    }
}
