//! One server for a data folder: a lock that the system releases when the process ends, however it ends.

use std::{
    fs::{self, File, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    net::SocketAddr,
    path::Path,
};

use anyhow::Context as _;
use duplistatus::db::engine::files;

/// The file that is locked; it says which process serves, and then where.
const FILE: &str = "serve.lock";
/// Bytes of it that are read.
const LONGEST: u64 = 1024;

/// That this process serves a data folder, until it is dropped.
#[derive(Debug)]
pub(crate) struct ServerLock(File);

/// Another process serves the folder.
#[derive(Debug, thiserror::Error)]
#[error("a duplistatus server{} is already using this data folder", .process.map(|id| format!(" (process {id})")).unwrap_or_default())]
pub(crate) struct AlreadyServed {
    process: Option<u32>,
    /// Where it listens, and under which base path.
    pub(crate) place: Option<(SocketAddr, String)>,
    /// The address of its site, as it says it itself: `https://example.org/duplistatus`.
    pub(crate) site: Option<String>,
}

impl AlreadyServed {
    /// That it runs, for who only asks.
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
    /// Begins to serve a folder, unless another process does.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub(crate) fn begin(folder: &Path) -> anyhow::Result<Result<Self, AlreadyServed>> {
        let path = folder.join(FILE);
        let mut options = fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).with_context(|| format!("cannot open {}", path.display()))?;
        // Of a command that root gave: the server must be able to lock it.
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
        // The lock is what counts; on a full disk there is no room for the number.
        let _ = file
            .set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Ok(Self(file)))
    }

    /// Says where it listens, for commands that want to ask it.
    pub(crate) fn listens(&self, address: SocketAddr, base: &str, site: &str) {
        // As above.
        let _ = writeln!(&self.0, "{address}\n{base}\n{site}");
    }

    /// Who serves a folder at this moment. Changes nothing.
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
        // Only root can give something away; for others the folder stays theirs.
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
