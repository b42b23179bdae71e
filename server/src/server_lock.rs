//! Ensures one server per data folder, with a lock that the system releases when the process ends, in
//! whatever way.

use std::{
    fs::{self, File, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    net::SocketAddr,
    path::Path,
};

use anyhow::Context as _;
use duplistatus::db::engine::files;

/// The lock file; it contains the id of the server's process, and then its address.
const FILE: &str = "serve.lock";
/// Maximum bytes read from it.
const LONGEST: u64 = 1024;

/// The lock of a data folder, held until it is dropped.
#[derive(Debug)]
pub(crate) struct ServerLock(File);

/// Another process is serving the folder.
#[derive(Debug, thiserror::Error)]
#[error("a duplistatus server{} is already using this data folder", .process.map(|id| format!(" (process {id})")).unwrap_or_default())]
pub(crate) struct AlreadyServed {
    process: Option<u32>,
    /// Its address and base path.
    pub(crate) place: Option<(SocketAddr, String)>,
    /// The address of its site: `https://example.org/duplistatus`.
    pub(crate) site: Option<String>,
}

impl AlreadyServed {
    /// Describes the running server.
    pub(crate) fn running(&self) -> String {
        self.process.map_or_else(|| "runs".to_owned(), |id| format!("runs, process {id}"))
    }

    fn read_from(file: File) -> Self {
        let mut text = String::new();
        // On some systems a locked file cannot be read.
        let _ = file.take(LONGEST).read_to_string(&mut text);
        let mut lines = text.lines();
        let process = lines.next().and_then(|line| line.parse().ok());
        let address = lines.next().and_then(|line| line.parse().ok());
        let place = address.map(|address| (address, lines.next().unwrap_or_default().to_owned()));
        Self { process, place, site: lines.next().filter(|site| !site.is_empty()).map(ToOwned::to_owned) }
    }
}

impl ServerLock {
    /// Locks a folder, unless another process has locked it.
    ///
    /// # Errors
    /// If the lock file cannot be created.
    pub(crate) fn begin(folder: &Path) -> anyhow::Result<Result<Self, AlreadyServed>> {
        let path = folder.join(FILE);
        let mut options = fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).with_context(|| format!("cannot open {}", path.display()))?;
        // If root runs a command, the server must still be able to lock the file.
        files::give_to_owner_of_folder(&path);
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Ok(Err(AlreadyServed::read_from(file)));
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        // Only the lock matters; on a full disk the process id cannot be written.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Ok(Self(file)))
    }

    /// Writes the address for commands that contact the server.
    pub(crate) fn listens(&self, address: SocketAddr, base: &str, site: &str) {
        // Ignored for the same reason.
        let _ = writeln!(&self.0, "{address}\n{base}\n{site}");
    }

    /// Returns the process that is serving a folder. Changes nothing.
    pub(crate) fn holder(folder: &Path) -> Option<AlreadyServed> {
        let file = File::open(folder.join(FILE)).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(AlreadyServed::read_from(file)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_root_locks_is_of_the_owner_of_the_folder() -> anyhow::Result<()> {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let folder = tempfile::tempdir()?;
        // Only root can change the owner; otherwise it stays the same.
        let _ = chown(folder.path(), Some(65_534), None);
        assert!(ServerLock::begin(folder.path())?.is_ok());
        let owner = |path: &Path| fs::metadata(path).map(|data| data.uid());
        assert_eq!(owner(&folder.path().join(FILE))?, owner(folder.path())?);
        Ok(())
    }

    #[test]
    fn only_one_serves_and_the_other_is_told_who() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let first = ServerLock::begin(folder.path())?;
        first.as_ref().map_err(|_| anyhow::anyhow!("nobody serves"))?.listens(
            "127.0.0.1:9666".parse()?,
            "/base",
            "https://x.example/base",
        );
        let second = ServerLock::begin(folder.path())?.err().context("two serve")?;
        let told = ServerLock::holder(folder.path()).context("nobody is told")?;
        assert_eq!(told.to_string(), second.to_string());
        assert_eq!(told.place, Some(("127.0.0.1:9666".parse()?, "/base".to_owned())));
        assert_eq!(told.site.as_deref(), Some("https://x.example/base"));
        assert!(second.to_string().contains(&format!("(process {})", std::process::id())), "{second}");
        drop(first);
        assert!(ServerLock::holder(folder.path()).is_none());
        assert!(ServerLock::begin(folder.path())?.is_ok());
        Ok(())
    }
}
