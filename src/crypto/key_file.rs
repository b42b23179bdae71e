//! Where the keys of secrets at rest come from: the environment, or `secret.key` beside the database, which is made at
//! the first start. A copy of the database alone reads no secret, and a copy without this file has lost them.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use secrecy::{SecretString, zeroize::Zeroizing};

use super::{
    keyring::{KeyFormatError, SecretKeys},
    token::EntropyError,
};

/// Its name in the data folder.
pub const KEY_FILE: &str = "secret.key";

/// More than a thousand keys: the rest of a larger file is not ours.
const MOST_BYTES: u64 = 65_536;

const HEADER: &str = "\
# Keys that encrypt the secrets in the duplistatus database, current key first.
# Back up this file together with the database. Without it, stored passwords and tokens must be entered again.
# Anyone who has both can read the secrets. One key per line. Lines that begin with # are comments.
";

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// What the environment gives is no key.
    #[error("DUPLISTATUS_SECRET_KEY is invalid")]
    Given(#[source] KeyFormatError),
    /// The file has something else in it.
    #[error(
        "{} is damaged: restore it from a backup, or move it away to start with a new key and enter all secrets again",
        path.display()
    )]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: KeyFormatError,
    },
    /// The file could not be read or written.
    #[error("{} could not be read or written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// A key from the environment cannot be changed by a command.
    #[error(
        "the key comes from DUPLISTATUS_SECRET_KEY: set the new key there in the first line, and keep the old key in the second line"
    )]
    FromEnvironment,
    /// There are no random bytes for a key.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl SecretKeys {
    /// The keys of this site. What the environment gives comes first, and a key file that is there as well opens what
    /// was sealed before; without either, a file with a new key is made.
    ///
    /// # Errors
    /// See [`KeyError`]; a server can go on with [`SecretKeys::none`].
    pub fn load(data_dir: &Path, given: Option<SecretString>) -> Result<Self, KeyError> {
        let path = data_dir.join(KEY_FILE);
        let Some(given) = given else {
            return match read(&path)? {
                Some(keys) => Ok(keys),
                None => make(data_dir, &path),
            };
        };
        let given = Self::parse(&given).map_err(KeyError::Given)?;
        let older = read(&path).unwrap_or_else(|error| {
            let error: &(dyn std::error::Error + 'static) = &error;
            tracing::warn!(error, "the key file is ignored because the environment contains a key");
            None
        });
        Ok(given.given(older.as_ref()))
    }

    /// The keys that the file has now, since another process may have changed them. Nothing when there is no file, or
    /// the environment gives the keys: then these go on.
    ///
    /// # Errors
    /// See [`KeyError`]; then these go on as well.
    pub fn read_again(&self, data_dir: &Path) -> Result<Option<Self>, KeyError> {
        if self.is_from_environment() { Ok(None) } else { read(&data_dir.join(KEY_FILE)) }
    }

    /// Puts a new current key before those in the file. Whatever [`SecretKeys::needs_rotation`] is to be sealed again
    /// with the answer; a running server knows the new key once it has [read the file again](SecretKeys::read_again).
    ///
    /// # Errors
    /// See [`KeyError`]; then the file is as it was.
    pub fn rotate(&self, data_dir: &Path) -> Result<Self, KeyError> {
        self.rewrite(data_dir, |keys| Ok(keys.with_new_current()?))
    }

    /// Removes all but the current key from the file, once nothing needs them any more.
    ///
    /// # Errors
    /// See [`KeyError`]; then the file is as it was.
    pub fn forget_old(&self, data_dir: &Path) -> Result<Self, KeyError> {
        self.rewrite(data_dir, |keys| Ok(keys.without_older()))
    }

    fn rewrite(
        &self,
        data_dir: &Path,
        change: impl FnOnce(&Self) -> Result<Self, KeyError>,
    ) -> Result<Self, KeyError> {
        if self.is_from_environment() {
            return Err(KeyError::FromEnvironment);
        }
        let path = data_dir.join(KEY_FILE);
        // What is in the file counts: another process may have changed it.
        let keys = read(&path)?.ok_or_else(|| io_error(&path)(io::ErrorKind::NotFound.into()))?;
        let keys = change(&keys)?;
        write(data_dir, &keys, |file| Ok(file.persist(&path).map(drop)?)).map_err(io_error(&path))?;
        Ok(keys)
    }
}

/// Makes the file. Another process that starts at the same time may be first: then its key is ours.
fn make(data_dir: &Path, path: &Path) -> Result<SecretKeys, KeyError> {
    let keys = SecretKeys::in_memory()?;
    match write(data_dir, &keys, |file| Ok(file.persist_noclobber(path).map(drop)?)) {
        Ok(()) => {
            tracing::info!(path = %path.display(), "an encryption key for stored secrets was created: back it up together with the database");
            Ok(keys)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            read(path)?.ok_or_else(|| io_error(path)(io::ErrorKind::NotFound.into()))
        }
        Err(error) => Err(io_error(path)(error)),
    }
}

/// Writes a complete file, for its owner only, and lets it take its place at once: nobody ever sees half of it.
fn write(
    data_dir: &Path,
    keys: &SecretKeys,
    put: impl FnOnce(tempfile::NamedTempFile) -> io::Result<()>,
) -> io::Result<()> {
    // Only its owner may read a file that `tempfile` makes.
    let mut file = tempfile::Builder::new().prefix(".secret.key.").tempfile_in(data_dir)?;
    file.write_all(HEADER.as_bytes())?;
    for key in keys.keys() {
        file.write_all(key.to_line().as_bytes())?;
        file.write_all(b"\n")?;
    }
    file.as_file().sync_all()?;
    put(file)?;
    crate::db::engine::files::give_to_owner_of_folder(&data_dir.join(KEY_FILE));
    // The name too must survive a power failure. Windows has no such call for folders.
    #[cfg(unix)]
    File::open(data_dir)?.sync_all()?;
    Ok(())
}

fn read(path: &Path) -> Result<Option<SecretKeys>, KeyError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(path)(error)),
    };
    keep_private(path, &file);
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MOST_BYTES).read_to_end(&mut bytes).map_err(io_error(path))?;
    // A file that is no text has no keys either, and its first bad line is reported.
    let text = SecretString::from(String::from_utf8_lossy(&bytes).into_owned());
    let format_error = |source| KeyError::Format { path: path.to_owned(), source };
    SecretKeys::parse(&text).map(Some).map_err(format_error)
}

/// Takes the file away from everybody but its owner; says so, since others may have read it.
#[cfg(unix)]
fn keep_private(path: &Path, file: &File) {
    use std::os::unix::fs::PermissionsExt;

    let Ok(mode) = file.metadata().map(|about| about.permissions().mode() & 0o777) else { return };
    if mode & 0o077 == 0 {
        return;
    }
    let fixed = file.set_permissions(std::fs::Permissions::from_mode(0o600));
    let (path, mode) = (path.display(), format!("{mode:o}"));
    match fixed {
        Ok(()) => tracing::warn!(%path, mode, "other users could read the key file; now only its owner can"),
        Err(error) => {
            tracing::warn!(%path, mode, %error, "other users can read the key file: set its mode to 600")
        }
    }
}

/// Who may read a file is inherited from its folder on other systems.
#[cfg(not(unix))]
fn keep_private(_path: &Path, _file: &File) {}

fn io_error(path: &Path) -> impl Fn(io::Error) -> KeyError {
    move |source| KeyError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
#[path = "key_file_tests.rs"]
mod tests;
