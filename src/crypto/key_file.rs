//! Loads the encryption keys: from the environment, or from `secret.key` in the data folder, which is created at the
//! first start. A copy of the database without this file cannot decrypt its stored secrets.

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

/// Name of the file in the data folder.
pub const KEY_FILE: &str = "secret.key";

/// Maximum bytes read from the file: enough for about a thousand keys.
const MOST_BYTES: u64 = 65_536;

const HEADER: &str = "\
# Keys that encrypt the secrets in the duplistatus database, current key first.
# Back up this file together with the database. Without it, stored passwords and tokens must be entered again.
# Anyone who has both can read the secrets. One key per line. Lines that begin with # are comments.
";

/// Why the keys could not be loaded or changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The value from the environment is not a key.
    #[error("DUPLISTATUS_SECRET_KEY is invalid")]
    Given(#[source] KeyFormatError),
    /// The file contains something other than keys.
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
        /// The error of the operating system.
        source: io::Error,
    },
    /// A command cannot change a key from the environment.
    #[error(
        "the key comes from DUPLISTATUS_SECRET_KEY: set the new key there in the first line, and keep the old key in the second line"
    )]
    FromEnvironment,
    /// The system cannot provide random bytes for a key.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl SecretKeys {
    /// Loads the keys of this site. A key from the environment comes first, and the keys in an existing file still
    /// decrypt older secrets. Without either, creates a file with a new key.
    ///
    /// # Errors
    /// [`KeyError`]; a server can then continue with [`SecretKeys::none`].
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

    /// Reads the file again, because another process may have changed it. `None` if there is no file, or if the
    /// environment provides the keys; the current keys stay valid then.
    ///
    /// # Errors
    /// [`KeyError`]; the current keys stay valid.
    pub fn read_again(&self, data_dir: &Path) -> Result<Option<Self>, KeyError> {
        if self.is_from_environment() { Ok(None) } else { read(&data_dir.join(KEY_FILE)) }
    }

    /// Adds a new current key before those in the file. Afterwards, secrets for which [`SecretKeys::needs_rotation`]
    /// is true must be encrypted again with the returned keys. A running server uses the new key after it [reads the
    /// file again](SecretKeys::read_again).
    ///
    /// # Errors
    /// [`KeyError`]; the file is unchanged.
    pub fn rotate(&self, data_dir: &Path) -> Result<Self, KeyError> {
        self.rewrite(data_dir, |keys| Ok(keys.with_new_current()?))
    }

    /// Removes all but the current key from the file, once no secret needs them.
    ///
    /// # Errors
    /// [`KeyError`]; the file is unchanged.
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
        // Reads the file again, because another process may have changed it.
        let keys = read(&path)?.ok_or_else(|| io_error(&path)(io::ErrorKind::NotFound.into()))?;
        let keys = change(&keys)?;
        write(data_dir, &keys, |file| Ok(file.persist(&path).map(drop)?)).map_err(io_error(&path))?;
        Ok(keys)
    }
}

/// Creates the file. If another process creates it first, uses the key of that process.
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

/// Writes a complete temporary file that only its owner can read, then renames it, so that no reader sees half of it.
fn write(
    data_dir: &Path,
    keys: &SecretKeys,
    put: impl FnOnce(tempfile::NamedTempFile) -> io::Result<()>,
) -> io::Result<()> {
    // `tempfile` creates files that only their owner can read.
    let mut file = tempfile::Builder::new().prefix(".secret.key.").tempfile_in(data_dir)?;
    file.write_all(HEADER.as_bytes())?;
    for key in keys.keys() {
        file.write_all(key.to_line().as_bytes())?;
        file.write_all(b"\n")?;
    }
    file.as_file().sync_all()?;
    put(file)?;
    crate::db::engine::files::give_to_owner_of_folder(&data_dir.join(KEY_FILE));
    // The rename must survive a power failure, too. Windows has no such call for folders.
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
    // A file that is not text has no keys either; the error names its first bad line.
    let text = SecretString::from(String::from_utf8_lossy(&bytes).into_owned());
    let format_error = |source| KeyError::Format { path: path.to_owned(), source };
    SecretKeys::parse(&text).map(Some).map_err(format_error)
}

/// Removes access for everyone but the owner, with a warning, because others may have read the file.
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

/// On other systems a file inherits its permissions from its folder.
#[cfg(not(unix))]
fn keep_private(_path: &Path, _file: &File) {}

fn io_error(path: &Path) -> impl Fn(io::Error) -> KeyError {
    move |source| KeyError::Io { path: path.to_owned(), source }
}

#[cfg(test)]
#[path = "key_file_tests.rs"]
mod tests;
