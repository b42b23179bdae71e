//! Restores a backup in place of the database, in a running server or before it starts.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;

use crate::{
    access::Permission,
    db::{
        Db, StoreError, StoreErrorKind,
        care::{
            restore as place,
            restore::into_place,
            restore_candidate::{Candidate, RestoreError},
        },
        tables::settings,
    },
    dto::database::{RestoreChoice, RestorePreview, RestoreReport},
    error::Error,
    service::{Actor, Services, audit, audit::Entry, noticing::evaluator, tasks::housekeeping},
    time::Timestamp,
};

impl From<RestoreError> for Error {
    fn from(error: RestoreError) -> Self {
        match error {
            RestoreError::Store(error) => error.into(),
            refused => Self::Invalid { field: "file", hint: refused.to_string() },
        }
    }
}

/// Replaces the database by a backup without a restart. Reports wait meanwhile; all sessions end. The previous database is
/// kept, and data that only it has is reported. `name` is the sender's name of the file.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::Invalid`] if the file is not a backup, is damaged or too new;
/// [`Error::Store`] if queries do not end, or the restored database cannot be opened. Nothing is changed then.
pub async fn restore(
    services: &Services,
    actor: &Actor,
    backup: PathBuf,
    name: Option<String>,
    choice: RestoreChoice,
) -> Result<RestoreReport, Error> {
    actor.may(Permission::ManageDatabase)?;
    let (path, now) = (services.db.path().to_owned(), services.clock.now());
    let name = name.map_or_else(|| file_name(&backup), |name| file_name(Path::new(&name)));
    let prepare = move || prepared(&backup, &path, choice, now);
    let prepared = tokio::task::spawn_blocking(prepare).await.map_err(Error::internal)?;
    let result = match prepared {
        Ok(candidate) => services
            .db
            .replace(move |path| into_place(&candidate, path, choice, now))
            .await
            .map_err(Error::from),
        Err(error) => Err(error.into()),
    };
    let entry = Entry::new("database.restore").on("file", None, &name);
    let report = match result {
        Ok(report) => report,
        Err(error) => {
            let entry = entry.failed().after(json!({ "error": error.to_string() }));
            // A damaged database, which may be the reason for the restore, cannot record it.
            if let Err(error) = audit::note(services, actor, entry).await {
                tracing::warn!(%error, "a restore that failed was not recorded");
            }
            return Err(error);
        }
    };
    // Settings and caches in memory are from the previous database.
    services.load_settings().await?;
    housekeeping::follow_time_zone(services).await?;
    if let Err(error) = evaluator::catch_up(services).await {
        tracing::warn!(%error, "the states of jobs could not be judged after a restore; it is tried again");
    }
    services.access_changed();
    record(services, actor, entry, &report).await?;
    Ok(report)
}

/// Prepares a backup, and checks that an administrator can sign in afterwards.
fn prepared(
    backup: &Path,
    database: &Path,
    choice: RestoreChoice,
    now: Timestamp,
) -> Result<Candidate, RestoreError> {
    let candidate = Candidate::of(backup, database)?;
    // A damaged database may be unreadable.
    if !choice.revive
        && candidate.forecast(database, now).is_ok_and(|forecast| forecast.no_administrator_left)
    {
        return Err(RestoreError::NoAdministratorLeft);
    }
    Ok(candidate)
}

/// Restores a backup from the backup folder: see [`restore`].
///
/// # Errors
/// Same as [`restore`]; [`Error::NotFound`] if there is none with this name.
pub async fn restore_kept(
    services: &Services,
    actor: &Actor,
    name: &str,
    choice: RestoreChoice,
) -> Result<RestoreReport, Error> {
    let path = super::backup::find(services, actor, name).await?;
    restore(services, actor, path, None, choice).await
}

/// Returns what restoring a backup from the backup folder would do now. Changes nothing.
///
/// # Errors
/// [`Error::NotFound`] if there is none with this name; [`Error::Invalid`] if it cannot be restored.
pub async fn preview_kept(services: &Services, actor: &Actor, name: &str) -> Result<RestorePreview, Error> {
    let path = super::backup::find(services, actor, name).await?;
    preview(services, actor, path, None).await
}

/// Returns what restoring a backup would do now. Changes nothing.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::Invalid`] if it cannot be restored.
pub async fn preview(
    services: &Services,
    actor: &Actor,
    backup: PathBuf,
    name: Option<String>,
) -> Result<RestorePreview, Error> {
    actor.may(Permission::ManageDatabase)?;
    let (path, now) = (services.db.path().to_owned(), services.clock.now());
    let name = name.map_or_else(|| file_name(&backup), |name| file_name(Path::new(&name)));
    let look = move || preview_at_rest(&path, &backup, name, now);
    tokio::task::spawn_blocking(look).await.map_err(Error::internal)?
}

/// Same as [`preview`], while no server runs.
///
/// # Errors
/// Same as [`preview`].
pub fn preview_at_rest(
    database: &Path,
    backup: &Path,
    name: String,
    now: Timestamp,
) -> Result<RestorePreview, Error> {
    let candidate = Candidate::of(backup, database)?;
    let (report, no_administrator_left) = place::preview(&candidate, database, now);
    Ok(RestorePreview { name, report, no_administrator_left })
}

/// Same as [`restore`], while no server runs. Works with a damaged or missing database.
///
/// # Errors
/// Same as [`restore`].
pub fn restore_at_rest(
    database: &Path,
    backup: &Path,
    choice: RestoreChoice,
    now: Timestamp,
) -> Result<RestoreReport, Error> {
    let candidate = prepared(backup, database, choice, now)?;
    let (report, swapped) = into_place(&candidate, database, choice, now)?;
    // In the same way as the server will open it.
    let opened = Db::open(database).and_then(|db| match db.read_only_cause() {
        Some(read_only_cause) => Err(StoreError::new(StoreErrorKind::ReadOnly, read_only_cause.what)),
        None => Ok(()),
    });
    if let Err(error) = opened {
        swapped.back(database)?;
        return Err(error.into());
    }
    Ok(report)
}

/// Records a restore made while no server ran, in the restored database.
///
/// # Errors
///
/// Database errors.
pub async fn record_restore(
    services: &Services,
    actor: &Actor,
    backup: &Path,
    report: &RestoreReport,
) -> Result<(), Error> {
    let entry = Entry::new("database.restore").on("file", None, file_name(backup));
    record(services, actor, entry, report).await
}

async fn record(
    services: &Services,
    actor: &Actor,
    entry: Entry,
    report: &RestoreReport,
) -> Result<(), Error> {
    let entry = entry.after(json!({
        "servers": report.servers, "runs": report.runs, "kept": report.kept, "lost_runs": report.lost_runs,
        "lost_operations": report.lost_operations, "changed_runs": report.changed_runs,
        "revoked_since": report.revoked_since, "revived": report.revived, "audit_entries": report.audit_entries,
    }));
    let (who, now) = (actor.clone(), services.clock.now());
    // Stored for the page, because the user has to sign in again to see it.
    let told = json!({ "at": now, "report": report }).to_string();
    services
        .db
        .write(move |tx| {
            settings::set(tx.conn, settings::LAST_RESTORE, &told, now)?;
            audit::record(tx, &who, now, entry)
        })
        .await?;
    Ok(())
}

/// Returns the last restore and its time.
pub(super) async fn last(services: &Services) -> Result<Option<(RestoreReport, Timestamp)>, Error> {
    #[derive(Deserialize)]
    struct LastRestore {
        at: Timestamp,
        report: RestoreReport,
    }
    let told = services.db.read(|conn| settings::get(conn, settings::LAST_RESTORE)).await?;
    let told: Option<LastRestore> = told.and_then(|text| serde_json::from_str(&text).ok());
    Ok(told.map(|told| (told.report, told.at)))
}

pub(super) fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    crate::report::clean_name(&name).unwrap_or_default()
}
