//! Temporary folders for incomplete files and uploads. Each is deleted on drop; those of a killed process are deleted at the
//! next start. A lock file in the folder shows that the process still runs.

use std::{
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use super::{files, owner};
use crate::crypto::token;

/// Name of the lock file.
const LOCK: &str = "in-use.lock";
/// Prefixes of the names of folders.
const KINDS: [&str; 3] = [TEMP_PREFIX, RECEIVED, TRIAL];
/// For files that are not complete yet.
pub const TEMP_PREFIX: &str = "unfinished";
/// For uploads.
pub const RECEIVED: &str = "received";
/// For copies on which something is tried.
pub const TRIAL: &str = "trial";
/// Stands for an unknown owner in a name.
const NOBODY: &str = "none";
/// Age below which a folder may still be in creation.
const YOUNG: Duration = Duration::from_secs(60);
/// The same for systems without locks: no use of a folder takes longer.
const YOUNG_WITHOUT_LOCK: Duration = Duration::from_secs(86_400);
/// Length of a process's random name.
const PROCESS: usize = 12;

/// A folder that only its owner can read, deleted with its content on drop.
#[derive(Debug)]
pub struct TempFolder {
    path: PathBuf,
    /// Locked while the folder is in use.
    lock: Option<File>,
}

impl TempFolder {
    /// Creates a folder with a unique name. The next start of a program with the same `instance` deletes it if this process is
    /// killed.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn make(parent: &Path, kind: &'static str, instance: Option<&str>) -> io::Result<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{kind}-{}-{}-{number}", instance.unwrap_or(NOBODY), process()?);
        let path = parent.join(name);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        let mut made = Self { path, lock: None };
        files::give_to_owner_of_folder(&made.path);
        let place = made.path.join(LOCK);
        let lock = File::create_new(&place)?;
        files::give_to_owner_of_folder(&place);
        // On systems without locks, the age of the folder counts.
        let _ = lock.try_lock();
        made.lock = Some(lock);
        Ok(made)
    }

    /// Creates a folder next to a database.
    ///
    /// # Errors
    /// If it cannot be created.
    pub fn beside(database: &Path, kind: &'static str) -> io::Result<Self> {
        let folder = files::folder_of(database);
        Self::make(folder, kind, owner::instance(folder).ok().as_deref())
    }

    /// Returns its path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        // Some systems cannot delete open files.
        drop(self.lock.take());
        // The next start tries again.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Returns a random name for this process. Process ids are not unique across containers.
fn process() -> io::Result<&'static str> {
    static NAME: OnceLock<String> = OnceLock::new();
    if let Some(name) = NAME.get() {
        return Ok(name);
    }
    let made = token::random_text(PROCESS).map_err(io::Error::other)?;
    Ok(NAME.get_or_init(|| made))
}

/// Splits a name given by this program into owner and process.
fn parse(name: &str) -> Option<(&str, &str)> {
    let kind = KINDS.into_iter().find(|kind| name.starts_with(*kind))?;
    let mut parts = name.strip_prefix(kind)?.strip_prefix('-')?.split('-');
    let (instance, process, number) = (parts.next()?, parts.next()?, parts.next()?);
    let is_ours = (owner::is_instance(instance) || instance == NOBODY)
        && process.len() == PROCESS
        && process.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        && number.parse::<u64>().is_ok()
        && parts.next().is_none();
    is_ours.then_some((instance, process))
}

/// Returns the folders for incomplete files in `parent` that this process created.
pub(in crate::db) fn temp_folders_in(parent: &Path) -> Vec<PathBuf> {
    let Ok(process) = process() else { return Vec::new() };
    let Ok(entries) = fs::read_dir(parent) else { return Vec::new() };
    let is_here = |name: &str| name.starts_with(TEMP_PREFIX) && parse(name).is_some_and(|of| of.1 == process);
    entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(is_here))
        .map(|entry| entry.path())
        .collect()
}

/// Deletes the folders in `parent` of killed processes of the data folder with this id. Returns how many.
pub fn sweep(parent: &Path, instance: &str, now: SystemTime) -> usize {
    let Ok(entries) = fs::read_dir(parent) else { return 0 };
    let is_ours = |entry: &fs::DirEntry| {
        // A link leads elsewhere.
        entry.file_type().is_ok_and(|kind| kind.is_dir())
            && entry.file_name().to_str().and_then(parse).is_some_and(|of| of.0 == instance)
    };
    let mut deleted = 0;
    for folder in entries.filter_map(Result::ok).filter(is_ours).map(|entry| entry.path()) {
        if !is_left(&folder, now) {
            continue;
        }
        match fs::remove_dir_all(&folder) {
            Ok(()) => deleted += 1,
            Err(error) => {
                tracing::warn!(folder = %folder.display(), %error, "what a process left that was killed could not be deleted");
            }
        }
    }
    deleted
}

/// Returns whether the process that created a folder has ended.
fn is_left(folder: &Path, now: SystemTime) -> bool {
    let young = match File::options().read(true).write(true).open(folder.join(LOCK)) {
        Ok(lock) => match lock.try_lock() {
            Ok(()) => YOUNG,
            Err(TryLockError::WouldBlock) => return false,
            Err(TryLockError::Error(_)) => YOUNG_WITHOUT_LOCK,
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => YOUNG,
        Err(_) => return false,
    };
    newest(folder).is_some_and(|at| {
        // If the clock was set back, the difference counts as the age.
        let age = now.duration_since(at).unwrap_or_else(|error| error.duration());
        age >= young
    })
}

/// Returns when anything in a folder was last written.
fn newest(folder: &Path) -> Option<SystemTime> {
    let of = |path: &Path| fs::symlink_metadata(path).and_then(|data| data.modified()).ok();
    let inside = fs::read_dir(folder).ok()?.filter_map(Result::ok).filter_map(|entry| of(&entry.path()));
    inside.chain(of(folder)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "abcdefgh23456789";
    const OTHERS: &str = "zzzzzzzz23456789";

    /// Creates a folder as a killed process leaves it.
    fn left(parent: &Path, instance: &str, number: u32) -> io::Result<PathBuf> {
        let folder = parent.join(format!("received-{instance}-killedkilled-{number}"));
        fs::create_dir(&folder)?;
        fs::write(folder.join(LOCK), "")?;
        fs::write(folder.join("file"), "content")?;
        Ok(folder)
    }

    #[test]
    fn what_was_left_goes_and_what_a_process_uses_stays() -> io::Result<()> {
        let parent = tempfile::tempdir()?;
        let living = TempFolder::make(parent.path(), RECEIVED, Some(OURS))?;
        let (dead, foreign) = (left(parent.path(), OURS, 1)?, left(parent.path(), OTHERS, 2)?);
        let unlocked = left(parent.path(), OURS, 3)?;
        fs::remove_file(unlocked.join(LOCK))?;
        // Folders of users must not be deleted.
        let own = ["received-photos", "received-abc-def-1", "unfinished-novel", "trial"];
        for name in own {
            fs::create_dir(parent.path().join(name))?;
        }
        fs::write(parent.path().join(format!("received-{OURS}-killedkilled-9")), "a file")?;
        // By the clock of the file system, which may differ from that of the program.
        let now = parent.path().metadata()?.modified()?;
        assert_eq!(sweep(parent.path(), OURS, now), 0, "it may be being made");
        assert_eq!(sweep(parent.path(), OURS, now + YOUNG), 2);
        assert!(!dead.exists() && !unlocked.exists() && foreign.exists() && living.path().exists());
        assert!(own.iter().all(|name| parent.path().join(name).exists()));
        assert!(parent.path().join(format!("received-{OURS}-killedkilled-9")).exists());
        let path = living.path().to_owned();
        drop(living);
        assert!(!path.exists());
        assert_eq!(sweep(&parent.path().join("none"), OURS, now), 0);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_it_and_two_never_share_one() -> io::Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        let parent = tempfile::tempdir()?;
        let one = TempFolder::make(parent.path(), TEMP_PREFIX, None)?;
        let other = TempFolder::make(parent.path(), TEMP_PREFIX, None)?;
        assert_ne!(one.path(), other.path());
        assert_eq!(fs::metadata(one.path())?.permissions().mode() & 0o777, 0o700);
        assert_eq!(temp_folders_in(parent.path()).len(), 2);
        Ok(())
    }
}
