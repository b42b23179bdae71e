//! Imports: a database of the Node application of the same name, or runs in a CSV or JSON file.
//!
//! A file is read and understood on a thread of its own, in pieces that the one writer takes in at most 50 ms each, so
//! reports are received meanwhile. Whatever is there already stays as it is, or is completed: to import a file again
//! adds nothing. What could not be taken is in the report, with the reason.

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

/// What is to be imported.
#[derive(Debug, Clone)]
pub struct Request {
    /// The file.
    pub path: PathBuf,
    /// What its sender called it, where that is not the name of the file.
    pub named: Option<String>,
    /// The key file of the Node application, `.duplistatus.key`.
    pub key_file: Option<PathBuf>,
    /// Whether to say what would come of it, and store nothing.
    pub dry_run: bool,
}

/// Why nothing, or not everything, was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is not what can be imported.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The key file cannot be read.
    #[error("the key file {path} cannot be read: {source}", path = path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key file is something else.
    #[error(transparent)]
    Key(#[from] NodeSecretError),
    /// A key file was given for a file without secrets.
    #[error("a key file can only be used with a database of the Node application; {} is not one", .0.display())]
    NoKeyNeeded(PathBuf),
    /// A table that cannot be read at all.
    #[error("{0}")]
    Table(String),
    /// The copy for a dry run could not be made.
    #[error("a dry run works on a copy of the database, but the copy could not be created: {0}")]
    Copy(String),
    /// The database did not take it, or the actor may not.
    #[error(transparent)]
    Service(#[from] Error),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Service(error.into())
    }
}

/// Imports a file, whose content says what it is.
///
/// # Errors
/// See [`ImportError`]. What was stored until then stays, and the import can be repeated.
pub async fn run(
    services: &Services,
    actor: &Actor,
    request: Request,
    progress: &watch::Sender<ImportProgress>,
) -> Result<ImportReport, ImportError> {
    actor.may(Permission::ManageDatabase)?;
    let result = if request.dry_run {
        // The real thing, on a copy: nothing else would say exactly what comes of it.
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
        // Why the import failed says more than why that was not recorded.
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

/// What a file is, by its content.
///
/// # Errors
/// When it cannot be read.
pub fn format_of(path: &Path) -> Result<ImportFormat, ImportError> {
    if node::is_database(path)? {
        return Ok(ImportFormat::Node);
    }
    Ok(if table::looks_like_json(path)? { ImportFormat::Json } else { ImportFormat::Csv })
}

/// The key, and nothing more, however large the file is.
fn read_key(path: &Path) -> Result<NodeKey, ImportError> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(1024).read_to_end(&mut bytes))
        .map_err(|source| ImportError::KeyFile { path: path.to_owned(), source })?;
    Ok(NodeKey::new(&bytes)?)
}

/// The calendar by which days are counted: the one that the stored totals were made by. Another process may serve them,
/// in another zone than the one that this one was started in.
async fn calendar(services: &Services) -> Result<Zone, Error> {
    let known = services.db.read(|conn| settings::get(conn, settings::SITE_TIME_ZONE)).await?;
    if let Some(zone) = known.and_then(|name| Zone::named(&name).ok()) {
        return Ok(zone);
    }
    super::tasks::housekeeping::follow_time_zone(services).await?;
    Ok(services.zone.clone())
}

impl Request {
    /// What the file is called.
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
    connection::open_apart(path)
        .and_then(|mut conn| copy::copy_into(&mut conn, &target))
        .map_err(|error| why(&error))?;
    Ok((folder, Db::open(&target).map_err(|error| why(&error))?))
}

/// Does something that takes long on a thread where that holds up nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ImportError> + Send + 'static,
) -> Result<T, ImportError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(Error::internal(error).into()))
}

#[cfg(test)]
mod tests;
