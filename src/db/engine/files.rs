//! The files that a database consists of.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{StoreError, StoreErrorKind};

/// The write-ahead log beside a database; there is none while nobody has written.
pub fn log(database: &Path) -> PathBuf {
    beside(database, "-wal")
}

/// What SQLite calls a file that belongs to a database: `-wal`, `-shm`, `-journal`.
pub fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A database to be read, as a URI. Without changes beside it the file is all there is, and SQLite needs no files of its own beside it.
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

/// Bytes of a file; none when there is no such file.
pub fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |data| data.len())
}

/// Deletes a file that may not be there.
///
/// # Errors
/// When it is there and stays.
pub fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(path, &error)),
        _ => Ok(()),
    }
}

/// Renames a file, and waits until the new name is on the disk.
///
/// # Errors
/// When that does not work: then both are as they were.
pub fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(|error| io_error(to, &error))?;
    // Windows cannot open a folder; there the name is on the disk when the system wants it.
    if let Some(folder) = to.parent()
        && let Ok(folder) = fs::File::open(folder)
    {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Gives something that was just made to whoever owns the folder: what root makes on the command line must be the server's.
pub fn give_to_owner_of_folder(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let owner = |path: &Path| fs::symlink_metadata(path).ok().map(|data| (data.uid(), data.gid()));
        let (wanted, is) = (owner(folder_of(path)), owner(path));
        if let Some((user, group)) = wanted.filter(|_| wanted.map(|one| one.0) != is.map(|one| one.0)) {
            // Only root may, and only root need.
            let _ = chown(path, Some(user), Some(group));
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// What is under a name. Inode numbers would tell more, and change by themselves on some file systems (those in user space).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// A file, with the time when it was made, where the system tells.
    There(Option<SystemTime>),
    /// None.
    Missing,
    /// The system does not say at this moment.
    Unknown,
}

impl Presence {
    /// What is there now.
    pub fn of(path: &Path) -> Self {
        match fs::metadata(path) {
            Ok(data) => Self::There(data.created().ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::Missing,
            Err(_) => Self::Unknown,
        }
    }

    /// Whether what is there now may be what was there: it is still there, and no other one took its place.
    pub fn may_be(self, now: Self) -> bool {
        match (self, now) {
            (Self::There(Some(made)), Self::There(Some(now))) => made == now,
            (was, Self::Missing) => was == Self::Missing,
            _ => true,
        }
    }
}

/// Whether a database has nothing in it, though its folder was used: somebody or something emptied it. A first start that was
/// cut short leaves such a file, too, but nothing else.
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

/// Whether two names lead to one file, as far as the system tells files apart.
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

/// Whether a file that is to be written is one that the program lives on: the database, what belongs to it, the key.
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

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What went wrong with a file.
pub(in crate::db) fn io_error(path: &Path, error: &io::Error) -> StoreError {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreErrorKind::Full,
        _ => StoreErrorKind::Io,
    };
    StoreError::new(kind, format!("{}: {error}", path.display()))
}

/// The other processes that have a file open, in words for the end of a sentence (", sqlite3 (process 4711)"); empty when there are none, or the system does
/// not tell.
pub fn others(path: &Path) -> String {
    let names = named_holders(path);
    if names.is_empty() { String::new() } else { format!(", {}", names.join(", ")) }
}

/// The [`holders`] of a file as "name (process 123)".
pub fn named_holders(path: &Path) -> Vec<String> {
    holders(path).into_iter().map(|(id, name)| format!("{name} (process {id})")).collect()
}

/// Processes but this one that have a file open, with their names, as far as the system tells: on Linux those of the same user,
/// and all of them for root.
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
        // It reads what it is given, and that does not end before we say so.
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
