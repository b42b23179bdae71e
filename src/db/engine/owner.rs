//! Identifies the owner of a file: the id of the database, which its backups share, and the id of the data folder, which
//! they do not. Both together form the tag in the names of copies. A program therefore deletes only its own copies, even if
//! several programs share a folder or started from the same backup.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{Connection, StoreError, connection, dynamic, files};
use crate::crypto::token;

/// The setting that stores the id of the database.
pub const DATABASE: &str = "database.id";
/// The file that stores the id of the data folder.
const FILE: &str = "instance";
/// Length of the id of a data folder.
const LENGTH: usize = 16;
/// Length of a tag.
const TAG: usize = 12;

/// The owner of copies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owner {
    instance: Option<String>,
    tag: Option<String>,
}

impl Owner {
    /// Returns the owner of an open database, as far as it can be read.
    pub fn of(conn: &mut Connection, database: &Path) -> Self {
        Self::with(database, database_id(conn).ok().flatten())
    }

    /// Returns the owner of a file that this process does not have open, in any condition.
    pub fn of_file(database: &Path) -> Self {
        match connection::open_sound_reader(database) {
            Ok(mut conn) => Self::of(&mut conn, database),
            Err(_) => Self::unread(database),
        }
    }

    /// Returns the owner of a database that cannot be read or does not exist.
    pub fn unread(database: &Path) -> Self {
        Self::with(database, None)
    }

    fn with(database: &Path, id: Option<String>) -> Self {
        let instance = match instance(files::folder_of(database)) {
            Ok(instance) => Some(instance),
            Err(error) => {
                // The folder may be read-only; backups must work then, too.
                tracing::warn!(%error, "the data folder has no id: old copies are not deleted");
                None
            }
        };
        let tag = instance.as_ref().map(|instance| {
            let both = token::sha256_hex(&format!("{}\n{instance}", id.unwrap_or_default()));
            both.chars().take(TAG).collect()
        });
        Self { instance, tag }
    }

    /// Returns the id of the data folder; `None` if it can be neither read nor created.
    pub fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// Returns the tag used in the names of copies.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }
}

/// Returns whether a part of a name can be a tag.
pub(in crate::db) fn is_tag(text: &str) -> bool {
    text.len() == TAG && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Returns whether a part of a name can be the id of a data folder.
pub(in crate::db) fn is_instance(text: &str) -> bool {
    text.len() == LENGTH && text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
}

/// Returns the id of a database; `None` if no version that assigns ids has opened it yet.
///
/// # Errors
/// Database errors.
pub fn database_id(conn: &mut Connection) -> Result<Option<String>, StoreError> {
    let stored =
        dynamic::texts(conn, "SELECT value FROM configuration WHERE key = 'database.id' AND value <> ''")?;
    Ok(stored.into_iter().next())
}

/// Assigns an id to a database that has none, if it has the table for it.
///
/// # Errors
/// Database errors.
pub(in crate::db) fn ensure(conn: &mut Connection) -> Result<(), StoreError> {
    let tables = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'configuration'";
    if dynamic::number(conn, tables)? != Some(1) || database_id(conn)?.is_some() {
        return Ok(());
    }
    set(conn, None)
}

/// Assigns this id, or a new one, to a database that has none.
///
/// # Errors
/// Database errors.
pub(in crate::db) fn set(conn: &mut Connection, id: Option<&str>) -> Result<(), StoreError> {
    let id = id.map_or(dynamic::Value::Null, |id| dynamic::Value::Text(id.into()));
    // Another process may have assigned one meanwhile.
    dynamic::execute(
        conn,
        "INSERT INTO configuration (key, value) VALUES ('database.id', coalesce(?, lower(hex(randomblob(16)))))
         ON CONFLICT (key) DO UPDATE SET value = coalesce(nullif(value, ''), excluded.value)",
        &[id],
    )?;
    Ok(())
}

/// Returns the id of a data folder, and creates it if there is none. A copy of the database in another folder has another
/// one.
///
/// # Errors
/// If it can be neither read nor created.
pub fn instance(folder: &Path) -> io::Result<String> {
    let path = folder.join(FILE);
    if let Some(known) = read(&path)? {
        return Ok(known);
    }
    let made = token::random_text(LENGTH).map_err(io::Error::other)?;
    let aside = folder.join(format!("{FILE}.{made}"));
    let written = write(&aside, &made).and_then(|()| fs::rename(&aside, &path));
    if let Err(error) = written {
        // It may not exist.
        let _ = fs::remove_file(&aside);
        return Err(error);
    }
    files::give_to_owner_of_folder(&path);
    // Another process may have created it first.
    read(&path)?.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn read(path: &PathBuf) -> io::Result<Option<String>> {
    match fs::read(path) {
        Ok(content) => {
            let text = String::from_utf8_lossy(&content).trim().to_owned();
            Ok(Some(text).filter(|text| is_instance(text)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn write(path: &Path, id: &str) -> io::Result<()> {
    use std::io::Write as _;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{id}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::engine::{Db, connection::open_unpooled};

    #[tokio::test]
    async fn a_database_keeps_its_id_and_a_folder_has_its_own() -> Result<(), Box<dyn std::error::Error>> {
        let (one, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
        let (path, copy) = (one.path().join("duplistatus.db"), other.path().join("duplistatus.db"));
        Db::open(&path)?.close().await;
        let id = database_id(&mut open_unpooled(&path)?)?.ok_or("no id")?;
        Db::open(&path)?.close().await;
        assert_eq!(database_id(&mut open_unpooled(&path)?)?.as_ref(), Some(&id));
        let owner = Owner::of(&mut open_unpooled(&path)?, &path);
        assert_eq!(owner, Owner::of(&mut open_unpooled(&path)?, &path));
        assert_ne!(owner.tag(), Owner::unread(&path).tag());
        fs::copy(&path, &copy)?;
        Db::open(&copy)?.close().await;
        assert_eq!(database_id(&mut open_unpooled(&copy)?)?, Some(id), "a copy is the same database");
        assert_ne!(Owner::of(&mut open_unpooled(&copy)?, &copy).tag(), owner.tag(), "of another program");
        Ok(())
    }

    #[test]
    fn what_is_no_id_of_a_folder_is_made_anew() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join(FILE), "half")?;
        let made = instance(folder.path())?;
        assert!(is_instance(&made) && instance(folder.path())? == made);
        assert_eq!(fs::read_dir(folder.path())?.count(), 1);
        assert!(instance(&folder.path().join("none")).is_err());
        Ok(())
    }
}
