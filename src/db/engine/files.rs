//! The files that a database consists of.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{StoreError, StoreErrorKind};

/// Returns the path of the write-ahead log of a database. It may not exist.
pub fn log(database: &Path) -> PathBuf {
    beside(database, "-wal")
}

/// Returns the path of a file that SQLite keeps next to a database: `-wal`, `-shm`, `-journal`.
pub fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Returns the URI for reading a database. Without a log (`has_changes` is false) the file is complete, and SQLite needs no other files.
pub fn uri(path: &Path, has_changes: bool) -> PathBuf {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri.push_str(if has_changes { "?mode=ro" } else { "?mode=ro&immutable=1" });
    uri.into()
}

/// Returns the length of a file in bytes; 0 if there is no such file.
pub fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |data| data.len())
}

/// Deletes a file, if it exists.
///
/// # Errors
/// If it exists and cannot be deleted.
pub fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(path, &error)),
        _ => Ok(()),
    }
}

/// Renames a file and waits until the new name is on the disk.
///
/// # Errors
/// If it cannot be renamed; both files are unchanged then.
pub fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(|error| io_error(to, &error))?;
    // Windows cannot open folders; there the system decides when the name is on the disk.
    if let Some(folder) = to.parent()
        && let Ok(folder) = fs::File::open(folder)
    {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Changes the owner of a new file to that of its folder, so that the server can use what root creates on the command line.
pub fn give_to_owner_of_folder(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let owner = |path: &Path| fs::symlink_metadata(path).ok().map(|data| (data.uid(), data.gid()));
        let (wanted, is) = (owner(folder_of(path)), owner(path));
        if let Some((user, group)) = wanted.filter(|_| wanted.map(|one| one.0) != is.map(|one| one.0)) {
            // Only root is allowed to do this, and only root needs it.
            let _ = chown(path, Some(user), Some(group));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// What exists at a path. Inode numbers would say more, but change without reason on some user-space file systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// A file, with its creation time if the system provides it.
    There(Option<SystemTime>),
    /// Nothing.
    Missing,
    /// The system cannot tell at the moment.
    Unknown,
}

impl Presence {
    /// Returns what exists at a path now.
    pub fn of(path: &Path) -> Self {
        match fs::metadata(path) {
            Ok(data) => Self::There(data.created().ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::Missing,
            Err(_) => Self::Unknown,
        }
    }

    /// Returns whether `now` may be the same file: it still exists, and was not replaced by another one.
    pub fn may_be(self, now: Self) -> bool {
        match (self, now) {
            (Self::There(Some(made)), Self::There(Some(now))) => made == now,
            (was, Self::Missing) => was == Self::Missing,
            _ => true,
        }
    }
}

/// Returns whether a database is an empty file in a data folder that was used before, which means that something emptied it. A first start
/// that was interrupted leaves an empty file, too, but nothing else.
pub fn is_emptied(database: &Path) -> bool {
    let folder = folder_of(database);
    let has_files =
        |name: &str| fs::read_dir(folder.join(name)).is_ok_and(|mut files| files.next().is_some());
    fs::metadata(database).is_ok_and(|data| data.len() == 0)
        && (folder.join("secret.key").exists()
            || length(&log(database)) > 0
            || has_files("backups")
            || has_files("copies"))
}

/// Returns whether two paths lead to the same file, as far as the system can tell.
fn is_same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let id = |path: &Path| fs::metadata(path).ok().map(|data| (data.dev(), data.ino()));
        id(one).is_some_and(|file| id(other) == Some(file))
    }
    #[cfg(not(unix))]
    {
        let _ = (one, other);
        false
    }
}

/// Returns whether writing to this path would overwrite one of the program's own files: the database, its log, or the key.
pub fn is_own(database: &Path, target: &Path) -> bool {
    const OTHERS: [&str; 4] = ["secret.key", "serve.lock", "control.sock", "instance"];
    let folder = folder_of(database);
    let own = ["", "-wal", "-shm", "-journal"].map(|suffix| beside(database, suffix)).into_iter();
    let real = |path: &Path| {
        fs::canonicalize(path).or_else(|_| {
            fs::canonicalize(folder_of(path)).map(|folder| folder.join(path.file_name().unwrap_or_default()))
        })
    };
    let target_is = real(target).ok();
    own.chain(OTHERS.map(|name| folder.join(name)))
        .any(|file| is_same_file(&file, target) || (target_is.is_some() && real(&file).ok() == target_is))
}

/// Returns the folder of a file.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Creates the error for a failed file operation.
pub(in crate::db) fn io_error(path: &Path, error: &io::Error) -> StoreError {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreErrorKind::Full,
        _ => StoreErrorKind::Io,
    };
    StoreError::new(kind, format!("{}: {error}", path.display()))
}

/// Returns the other processes that have a file open as text for the end of a sentence (", sqlite3 (process 4711)"); empty if there are
/// none, or the system cannot tell.
pub fn others(path: &Path) -> String {
    let names = named_holders(path);
    if names.is_empty() { String::new() } else { format!(", {}", names.join(", ")) }
}

/// Returns the [`holders`] of a file as "name (process 123)".
pub fn named_holders(path: &Path) -> Vec<String> {
    holders(path).into_iter().map(|(id, name)| format!("{name} (process {id})")).collect()
}

/// Returns id and name of the other processes that have a file open, as far as the system can tell: on Linux those of the same user, and
/// all of them for root.
pub fn holders(path: &Path) -> Vec<(u32, String)> {
    let Ok(wanted) = fs::canonicalize(path) else { return Vec::new() };
    let Ok(processes) = fs::read_dir("/proc") else { return Vec::new() };
    let mut found: Vec<(u32, String)> = processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|id| *id != std::process::id())
        .filter(|id| {
            let Ok(open) = fs::read_dir(format!("/proc/{id}/fd")) else { return false };
            open.filter_map(|file| fs::read_link(file.ok()?.path()).ok()).any(|target| target == wanted)
        })
        .map(|id| {
            let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
            (id, name.trim().to_owned())
        })
        .collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_away_or_replaced_is_known() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("file");
        fs::write(&path, "one")?;
        let was = Presence::of(&path);
        fs::write(&path, "another content")?;
        assert!(was.may_be(Presence::of(&path)));
        let away = folder.path().join("away");
        fs::rename(&path, &away)?;
        assert!(!was.may_be(Presence::of(&path)) && was.may_be(Presence::of(&away)));
        assert!(was.may_be(Presence::Unknown), "a network that is away for a moment");
        let at =
            |seconds| Presence::There(Some(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds)));
        assert!(!at(1).may_be(at(2)) && at(1).may_be(at(1)) && at(1).may_be(Presence::There(None)));
        Ok(())
    }

    #[test]
    fn what_the_program_lives_on_is_known_by_any_name() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let at = |name: &str| folder.path().join(name);
        let database = at("duplistatus.db");
        fs::write(&database, "x")?;
        fs::create_dir(at("sub"))?;
        for own in
            ["duplistatus.db", "duplistatus.db-wal", "secret.key", "sub/../duplistatus.db", "serve.lock"]
        {
            assert!(is_own(&database, &at(own)), "{own}");
        }
        fs::hard_link(&database, at("linked.db"))?;
        for other in ["duplistatus.db.zst", "sub/duplistatus.db", "nowhere/duplistatus.db", "copy.db"] {
            assert!(!is_own(&database, &at(other)), "{other}");
        }
        #[cfg(unix)]
        assert!(is_own(&database, &at("linked.db")));
        Ok(())
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn who_has_a_file_open_is_named() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("file");
        let file = fs::File::create(&path)?;
        assert_eq!(holders(&path), [], "this process does not count");
        // It reads its input until the test ends it.
        let mut reader = std::process::Command::new("cat")
            .arg("-")
            .stdin(std::process::Stdio::piped())
            .stdout(file)
            .spawn()?;
        assert_eq!(holders(&path), [(reader.id(), "cat".to_owned())]);
        let locked =
            StoreError::new(StoreErrorKind::Locked, "database is locked").naming_others(&path).to_string();
        assert!(locked.ends_with(&format!("database is locked, cat (process {})", reader.id())), "{locked}");
        drop(reader.stdin.take());
        reader.wait()?;
        assert_eq!(holders(&path), []);
        Ok(())
    }
}
