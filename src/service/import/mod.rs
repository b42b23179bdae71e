//! Imports: a database of the Node application of the same name, or runs in a CSV or JSON file.
//!
//! A file is read on a separate thread, in pieces that each occupy the writer for at most 50 ms, so that reports are
//! received meanwhile. Existing data is kept or completed: importing a file again adds nothing. The report lists what
//! could not be imported, and why.

use std::path::{Path, PathBuf};

use serde_json::json;
use tokio::sync::watch;

use super::{
    Actor, Services,
    audit::{self, Entry},
};
use crate::{
    access::Permission,
    crypto::node::{NodeKey, NodeSecretError},
    db::{
        Db, StoreError,
        engine::{
            connection, copy,
            temp_folder::{TRIAL, TempFolder},
        },
        node::{self, SourceError},
        tables::settings,
    },
    dto::import::{ImportFormat, ImportPhase, ImportProgress, ImportReport},
    error::Error,
    zone::Zone,
};

mod audit_log;
mod begin;
mod fields;
mod node_database;
mod node_runs;
mod piece;
mod restrictions;
mod servers;
mod settings_and_secrets;
mod table;
mod users;
mod write;

pub use begin::{begin, state};
#[cfg(test)]
pub(super) use table::COLUMNS;

/// A requested import.
#[derive(Debug, Clone)]
pub struct Request {
    /// The file.
    pub path: PathBuf,
    /// The sender's name of the file, if it differs.
    pub named: Option<String>,
    /// The key file of the Node application, `.duplistatus.key`.
    pub key_file: Option<PathBuf>,
    /// Whether to report what would be done, without storing anything.
    pub dry_run: bool,
}

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be imported.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The key file cannot be read.
    #[error("the key file {path} cannot be read: {source}", path = path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The key file is not valid.
    #[error(transparent)]
    Key(#[from] NodeSecretError),
    /// A key file was given for a file that has no encrypted secrets.
    #[error("a key file can only be used with a database of the Node application; {} is not one", .0.display())]
    NoKeyNeeded(PathBuf),
    /// A table that cannot be read.
    #[error("{0}")]
    Table(String),
    /// The copy for a dry run could not be created.
    #[error("a dry run works on a copy of the database, but the copy could not be created: {0}")]
    Copy(String),
    /// The actor lacks the permission, or the database failed.
    #[error(transparent)]
    Service(#[from] Error),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// Imports a file; its content determines the format.
///
/// # Errors
/// [`ImportError`]. What was stored until then is kept, and the import can be repeated.
pub async fn run(
    services: &Services,
    actor: &Actor,
    request: Request,
    progress: &watch::Sender<ImportProgress>,
) -> Result<ImportReport, ImportError> {
    actor.may(Permission::ManageDatabase)?;
    let result = if request.dry_run {
        // A real import into a copy of the database, which is the only way to know the exact result.
        let (path, services) = (services.db.path().to_owned(), services.clone());
        let (folder, db) = blocking(move || copy_of(&path)).await?;
        let services = Services { db, ..services };
        let result = import(&services, actor, &request, progress).await;
        services.db.close().await;
        drop(folder);
        result
    } else {
        let result = import(services, actor, &request, progress).await;
        let recorded = record(services, actor, &request, &result).await;
        // The error of the import says more than a failure to record it.
        match recorded {
            Err(error) if result.is_ok() => return Err(error.into()),
            _ => result,
        }
    };
    progress.send_replace(ImportProgress { phase: ImportPhase::Done, ..ImportProgress::default() });
    result
}

async fn import(
    services: &Services,
    actor: &Actor,
    request: &Request,
    progress: &watch::Sender<ImportProgress>,
) -> Result<ImportReport, ImportError> {
    progress.send_replace(ImportProgress::default());
    let format = format_of(&request.path)?;
    let key = match &request.key_file {
        Some(_) if format != ImportFormat::Node => {
            return Err(ImportError::NoKeyNeeded(request.path.clone()));
        }
        Some(path) => Some(read_key(path)?),
        None => None,
    };
    let zone = calendar(services).await?;
    let report = ImportReport::new(request.name(), format, request.dry_run);
    let import =
        write::Import { services: services.clone(), actor: actor.clone(), zone, progress: progress.clone() };
    match format {
        ImportFormat::Node => node_database::import(import, request.path.clone(), key, report).await,
        ImportFormat::Csv | ImportFormat::Json => table::import(import, request.path.clone(), report).await,
    }
}

/// Detects the format of a file by its content.
///
/// # Errors
/// If it cannot be read.
pub fn format_of(path: &Path) -> Result<ImportFormat, ImportError> {
    if node::is_database(path)? {
        return Ok(ImportFormat::Node);
    }
    Ok(if table::looks_like_json(path)? { ImportFormat::Json } else { ImportFormat::Csv })
}

/// Reads the key file, but at most slightly more than a key, however large the file is.
fn read_key(path: &Path) -> Result<NodeKey, ImportError> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(1024).read_to_end(&mut bytes))
        .map_err(|source| ImportError::KeyFile { path: path.to_owned(), source })?;
    Ok(NodeKey::new(&bytes)?)
}

/// Returns the zone used for the stored daily totals. It may differ from this process's zone if another process serves
/// the database.
async fn calendar(services: &Services) -> Result<Zone, Error> {
    let known = services.db.read(|conn| settings::get(conn, settings::SITE_TIME_ZONE)).await?;
    if let Some(zone) = known.and_then(|name| Zone::named(&name).ok()) {
        return Ok(zone);
    }
    super::tasks::housekeeping::follow_time_zone(services).await?;
    Ok(services.zone.clone())
}

impl Request {
    /// Returns the name of the file.
    fn name(&self) -> String {
        let path = self.named.as_ref().map_or(self.path.as_path(), Path::new);
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        crate::report::clean_name(&name).unwrap_or_default()
    }
}

async fn record(
    services: &Services,
    actor: &Actor,
    request: &Request,
    result: &Result<ImportReport, ImportError>,
) -> Result<(), Error> {
    let entry = Entry::new("database.import").on("file", None, request.name());
    let entry = match result {
        Ok(report) => {
            let ImportReport { format, servers, runs, people, keys, audit, settings, secrets, .. } = report;
            entry.after(json!({
                "format": format, "servers": servers.added, "runs": runs.added, "runs_completed": runs.completed,
                "people": people.added, "keys_left_out": keys.left_out, "audit": audit.added, "settings": settings.added, "secrets": secrets.added,
                "left_out": report.left_out(),
            }))
        }
        Err(error) => entry.failed().after(json!({ "error": error.to_string() })),
    };
    audit::note(services, actor, entry).await?;
    Ok(())
}

fn copy_of(path: &Path) -> Result<(TempFolder, Db), ImportError> {
    let why = |error: &dyn std::fmt::Display| ImportError::Copy(error.to_string());
    let folder = TempFolder::beside(path, TRIAL).map_err(|error| why(&error))?;
    let target = folder.path().join("duplistatus.db");
    connection::open_unpooled(path)
        .and_then(|mut conn| copy::copy_into(&mut conn, &target))
        .map_err(|error| why(&error))?;
    Ok((folder, Db::open(&target).map_err(|error| why(&error))?))
}

/// Runs work on a thread for blocking tasks.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImportError> + Send + 'static,
) -> Result<T, ImportError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Error::internal(error).into()))
}

#[cfg(test)]
mod tests;
