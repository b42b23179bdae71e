//! The files that a database consists of.

use std::{
    fs, io,
    path::{Path, PathBuf},
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

/// The folder that a file is in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What went wrong with a file.
pub(super) fn io_error(path: &Path, error: &io::Error) -> StoreError {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreErrorKind::Full,
        _ => StoreErrorKind::Io,
    };
    StoreError::new(kind, format!("{}: {error}", path.display()))
}

/// The other processes that have a file open, in words for the end of a sentence; empty when there are none, or the system does
/// not tell.
pub fn others(path: &Path) -> String {
    let names: Vec<String> =
        holders(path).into_iter().map(|(id, name)| format!("{name} (process {id})")).collect();
    if names.is_empty() { String::new() } else { format!(", {}", names.join(", ")) }
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
        drop(reader.stdin.take());
        reader.wait()?;
        assert_eq!(holders(&path), []);
        Ok(())
    }
}
