//! Secrets from the environment: `NAME` has the value, or `NAME_FILE` names a file with it, as container runtimes mount
//! them. Never an option, because command lines are visible to every user of the machine.

use std::{env, ffi::OsString, fs::File, io, io::Read as _, path::PathBuf};

use secrecy::{SecretString, zeroize::Zeroizing};

/// Maximum bytes of the file.
const LONGEST: u64 = 65_536;

/// Why a secret could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SecretEnvError {
    /// Both variables are set.
    #[error("{0} and {0}_FILE are both set: use one of them")]
    Both(&'static str),
    /// The value or the file is not text.
    #[error("{0} is not valid UTF-8")]
    NotText(&'static str),
    /// The file cannot be read.
    #[error("{name}_FILE names {}, which cannot be read", path.display())]
    Unreadable {
        /// The variable's name.
        name: &'static str,
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
}

/// Returns the secret with this name, if there is one. An empty variable counts as unset.
///
/// # Errors
/// [`SecretEnvError`].
pub fn read(name: &'static str) -> Result<Option<SecretString>, SecretEnvError> {
    choose(name, env::var_os(name), env::var_os(format!("{name}_FILE")))
}

fn choose(
    name: &'static str,
    value: Option<OsString>,
    file: Option<OsString>,
) -> Result<Option<SecretString>, SecretEnvError> {
    let is_said = |value: &OsString| !value.is_empty();
    match (value.filter(is_said), file.filter(is_said)) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(SecretEnvError::Both(name)),
        (Some(value), None) => {
            let text = value.into_string().map_err(|_| SecretEnvError::NotText(name))?;
            Ok(Some(SecretString::from(text)))
        }
        (None, Some(path)) => from_file(name, path.into()).map(Some),
    }
}

fn from_file(name: &'static str, path: PathBuf) -> Result<SecretString, SecretEnvError> {
    let mut bytes = Zeroizing::new(Vec::new());
    let read = File::open(&path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes));
    read.map_err(|source| SecretEnvError::Unreadable { name, path, source })?;
    let text = std::str::from_utf8(&bytes).map_err(|_| SecretEnvError::NotText(name))?;
    // Editors end a file with a line break, which is not part of a password.
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(SecretString::from(text.strip_suffix('\r').unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use secrecy::ExposeSecret as _;

    use super::*;

    const NAME: &str = "DUPLISTATUS_ADMIN_PASSWORD";

    fn chosen(value: Option<&str>, file: Option<&std::path::Path>) -> Result<Option<String>, SecretEnvError> {
        let secret = choose(NAME, value.map(Into::into), file.map(Into::into))?;
        Ok(secret.map(|secret| secret.expose_secret().to_owned()))
    }

    #[test]
    fn a_secret_is_said_in_one_way() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("password");
        fs::write(&path, "from a file\n")?;
        assert_eq!(chosen(None, None)?, None);
        assert_eq!(chosen(Some(""), None)?, None, "as compose files have it");
        assert_eq!(chosen(Some(" as it is "), None)?.as_deref(), Some(" as it is "));
        assert_eq!(chosen(Some(""), Some(&path))?.as_deref(), Some("from a file"));
        let both = chosen(Some("x"), Some(&path)).err().map(|error| error.to_string());
        assert_eq!(
            both.as_deref(),
            Some(
                "DUPLISTATUS_ADMIN_PASSWORD and DUPLISTATUS_ADMIN_PASSWORD_FILE are both set: use one of them"
            )
        );
        Ok(())
    }

    #[test]
    fn one_new_line_at_the_end_of_a_file_is_no_part_of_it() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("password");
        for (written, read) in [("a b", "a b"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a \n", " a "), ("", "")]
        {
            fs::write(&path, written)?;
            assert_eq!(chosen(None, Some(&path))?.as_deref(), Some(read), "{written:?}");
        }
        fs::write(&path, b"\xff")?;
        assert!(matches!(chosen(None, Some(&path)), Err(SecretEnvError::NotText(NAME))));
        let missing = chosen(None, Some(&folder.path().join("missing"))).err().map(|error| error.to_string());
        assert!(missing.is_some_and(|text| text.contains("_FILE names") && text.contains("missing")));
        Ok(())
    }
}
