//! One server for a data folder: a lock that the system releases when the process ends, however it ends.

use std::{
    fs::{self, File, TryLockError},
    io::{Read as _, Seek as _, Write as _},
    path::Path,
};

use anyhow::Context as _;

/// The file that is locked; it says which process serves.
const FILE: &str = "serve.lock";

/// That this process serves a data folder, until it is dropped.
#[derive(Debug)]
pub(crate) struct Serving(#[expect(dead_code, reason = "it is locked while it is open")] File);

/// Another process serves the folder.
#[derive(Debug, thiserror::Error)]
#[error("a duplistatus server{} uses this data folder already", .process.map(|id| format!(" (process {id})")).unwrap_or_default())]
pub(crate) struct ServedAlready {
    process: Option<u32>,
}

impl Serving {
    /// Begins to serve a folder, unless another process does.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub(crate) fn begin(folder: &Path) -> anyhow::Result<Result<Self, ServedAlready>> {
        let path = folder.join(FILE);
        let mut options = fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).with_context(|| format!("cannot open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // On some systems a locked file cannot be read.
                let _ = file.take(20).read_to_string(&mut text);
                return Ok(Err(ServedAlready { process: text.trim().parse().ok() }));
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Ok(Self(file)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_serves_and_the_other_is_told_who() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let first = Serving::begin(folder.path())?;
        assert!(first.is_ok());
        let second = Serving::begin(folder.path())?.err().context("two serve")?;
        assert!(second.to_string().contains(&format!("(process {})", std::process::id())), "{second}");
        drop(first);
        assert!(Serving::begin(folder.path())?.is_ok());
        Ok(())
    }
}
