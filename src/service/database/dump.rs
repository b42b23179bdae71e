//! Exports of the database as text, for other programs.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use serde_json::json;

use crate::{
    access::Permission,
    db::{
        StoreError, StoreErrorKind,
        care::{
            dump::{self, DumpError},
            export,
        },
        engine::{files, temp_file::AtomicFile},
    },
    error::Error,
    service::{
        Actor, Services,
        audit::{self, Entry},
        database::Export,
    },
};

/// Size of the pieces written, in bytes.
const PIECE: usize = 64 * 1024;

/// The kind of export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// Everything, as SQL that recreates it. As confidential as the database itself.
    Sql,
    /// Runs, in a format that can be imported. Everyone who may see them may export them.
    Runs(Export),
}

impl Text {
    fn permission(&self) -> Permission {
        match self {
            Self::Sql => Permission::ManageDatabase,
            Self::Runs(_) => Permission::ViewBackups,
        }
    }
}

/// Writes an export to a file, which replaces an existing one once it is complete.
///
/// # Errors
/// Same as [`write_out`]; [`Error::Invalid`] if the file is one that the program itself uses.
pub async fn write_out_to(services: &Services, actor: &Actor, text: Text, path: &Path) -> Result<u64, Error> {
    actor.may(Permission::ManageDatabase)?;
    reject_target(services, path)?;
    let aside = AtomicFile::begin(path)?;
    let rows = write_out(services, actor, text, aside.file()?).await?;
    aside.finish()?;
    Ok(rows)
}

/// Rejects targets that the program itself uses or that are not regular files: a typing error must not destroy the database
/// or write to a device.
///
/// # Errors
/// [`Error::Invalid`] with the reason.
pub fn reject_target(services: &Services, path: &Path) -> Result<(), Error> {
    let refused = |hint| Err(Error::Invalid { field: "file", hint });
    if files::is_own(services.db.path(), path) {
        return refused(format!("{} is used by duplistatus itself: choose another file", path.display()));
    }
    match std::fs::symlink_metadata(path) {
        Ok(data) if data.is_symlink() => {
            refused(format!("{} is a link: use the path of the target file", path.display()))
        }
        Ok(data) if !data.is_file() => refused(format!(
            "{} is not a file: use the path of a file, or `-` for standard output",
            path.display()
        )),
        _ => has_folder("file", path),
    }
}

/// Rejects a path in a folder that does not exist.
///
/// # Errors
/// [`Error::Invalid`] with the reason.
pub(super) fn has_folder(field: &'static str, path: &Path) -> Result<(), Error> {
    let folder = files::folder_of(path);
    if folder.is_dir() {
        return Ok(());
    }
    Err(Error::Invalid {
        field,
        hint: format!("the folder {} does not exist: create it first", folder.display()),
    })
}

/// Writes the current state of the database, while reports arrive. Returns the number of rows.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; otherwise if the database cannot be read, or the text cannot be written.
pub async fn write_out(
    services: &Services,
    actor: &Actor,
    text: Text,
    out: impl Write + Send + 'static,
) -> Result<u64, Error> {
    actor.may(text.permission())?;
    let (entry, mut facts) = match &text {
        Text::Sql => (Entry::new("database.dump"), json!({})),
        Text::Runs(export) => (Entry::new("database.export"), export.facts()),
    };
    let rows = services
        .db
        .read_unpooled(move |conn| {
            let mut out = BufWriter::with_capacity(PIECE, out);
            let rows = match &text {
                Text::Sql => dump::sql(conn, &mut out),
                Text::Runs(export) => export::runs(conn, &export.selection, &mut out),
            };
            // A failed write says nothing about the state of the database.
            match rows.and_then(|rows| out.flush().map(|()| rows).map_err(DumpError::Write)) {
                Err(DumpError::Store(error)) => Err(error),
                written => Ok(written),
            }
        })
        .await?
        .map_err(StoreError::from)?;
    if let Some(facts) = facts.as_object_mut() {
        facts.insert("rows".into(), rows.into());
    }
    // On a read-only disk the export matters more than the record of it.
    if let Err(error) = audit::note(services, actor, entry.after(facts)).await {
        tracing::warn!(%error, "the export of the database could not be recorded in the audit log");
    }
    Ok(rows)
}

impl From<DumpError> for StoreError {
    fn from(error: DumpError) -> Self {
        let kind = match error {
            DumpError::Store(error) => return error,
            DumpError::Write(ref error) if error.kind() == io::ErrorKind::StorageFull => StoreErrorKind::Full,
            DumpError::Write(_) => StoreErrorKind::Io,
        };
        Self::new(kind, error.to_string())
    }
}

#[cfg(test)]
#[path = "dump_tests.rs"]
pub(super) mod tests;
