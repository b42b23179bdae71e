//! Database backups made while the database is in use.

use std::{path::PathBuf, time::Instant};

use serde_json::json;

use crate::{
    access::Permission,
    db::{
        StoreError,
        engine::{
            copy,
            copy::Form,
            disk_space, files,
            owner::Owner,
            temp_file,
            temp_folder::{TEMP_PREFIX, TempFolder},
        },
        tables::settings,
    },
    dto::database::{BackupFile, BackupReport, BackupsPage},
    error::Error,
    service::{
        Actor, Services, audit,
        audit::Entry,
        database::{dump::reject_target, restore},
        rows::moment,
        tasks,
    },
    time::Timestamp,
    units::milliseconds,
    zone::Zone,
};

/// Prefix of the names of automatic backups.
pub const NAME: &str = "duplistatus";

/// The task that makes them.
const TASK: &str = "backup";

/// The target of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// This file, which is replaced once the new one is complete.
    File(PathBuf),
    /// The backup folder, under a name with the time; the oldest backups are deleted.
    Folder,
}

/// Backs up the current state of the database, while reports arrive.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::Store`] if there is too little space, the file cannot be
/// written, or the copy fails its check. No file of that name was created or changed then.
pub async fn backup(
    services: &Services,
    actor: &Actor,
    target: Target,
    form: Form,
) -> Result<BackupReport, Error> {
    actor.may(Permission::TriggerBackup)?;
    if let Target::File(path) = &target {
        actor.may(Permission::ManageDatabase)?;
        reject_target(services, path)?;
    }
    let began = Instant::now();
    let now = services.clock.now();
    let (folder, kept) = (folder(services), usize::try_from(services.settings().backup_keep).unwrap_or(1));
    let database = services.db.path().to_owned();
    let made = services
        .db
        .apart(move |conn| match target {
            Target::File(path) => copy::write(conn, &path, form).map(|()| path),
            Target::Folder => {
                copy::private_folder(&folder)?;
                let owner = Owner::of(conn, &database);
                copy::make(conn, &owner, (&folder, NAME), kept, now, form)
            }
        })
        .await;
    let entry = Entry::new("database.backup");
    let path = match made {
        Ok(path) => path,
        Err(error) => {
            let failed = entry.failed().after(json!({ "error": error.kind.to_string() }));
            // On a full disk the failure itself matters more than the failure to record it.
            if let Err(error) = audit::note(services, actor, failed).await {
                tracing::warn!(%error, "a failed backup was not recorded");
            }
            return Err(error.into());
        }
    };
    let report = BackupReport {
        size: files::length(&path),
        path: path.display().to_string(),
        verified: form.verify,
        compressed: form.compress,
        took: milliseconds(began.elapsed()),
    };
    let entry = entry
        .on("file", None, &report.path)
        .after(json!({ "bytes": report.size, "verified": report.verified }));
    let who = actor.clone();
    let noted = services
        .db
        .write_unseen(move |tx| {
            settings::set(tx.conn, settings::LAST_BACKUP, &now.to_string(), now)?;
            audit::record(tx, &who, now, entry)
        })
        .await;
    // On a read-only disk the backup matters more than the record of it.
    if let Err(error) = noted {
        tracing::warn!(%error, "a backup was created, but this could not be recorded in the audit log");
    }
    Ok(report)
}

/// Returns the backup folder: the configured one, or else one next to the database.
pub(super) fn folder(services: &Services) -> PathBuf {
    services
        .options
        .backup_dir
        .clone()
        .unwrap_or_else(|| files::folder_of(services.db.path()).join("backups"))
}

/// Returns the backups page.
///
/// # Errors
/// [`Error::Forbidden`] without the permission, or an error if the folder cannot be read.
pub async fn backups(services: &Services, actor: &Actor) -> Result<BackupsPage, Error> {
    actor.may(Permission::ViewDatabase)?;
    let zone = actor.zone(services);
    let (folder, database) = (folder(services), services.db.path().to_owned());
    let (size, owner, last) = services
        .db
        .read(move |conn| {
            let last = settings::get(conn, settings::LAST_BACKUP)?;
            Ok((copy::size(conn)?, Owner::of(conn, &database), last))
        })
        .await?;
    let (path, calendar) = (folder.clone(), zone.clone());
    let (files, written, free) = tokio::task::spawn_blocking(move || {
        if !path.exists() {
            return Ok((Vec::new(), None, disk_space::available(files::folder_of(&path)).ok()));
        }
        let all = copy::list(&path, NAME)?;
        let files = all.iter().map(|file| described(file, &owner, &calendar)).collect();
        Ok::<_, Error>((files, temp_file::written(&path), disk_space::available(&path).ok()))
    })
    .await
    .map_err(Error::internal)??;
    Ok(BackupsPage {
        now: zone.moment(services.clock.now()),
        folder: folder.display().to_string(),
        keep: services.settings().backup_keep,
        last: moment(&zone, last.as_deref()),
        files,
        task: tasks::one(services, actor, TASK).await?,
        size: i64::try_from(size).unwrap_or(i64::MAX),
        written: written.and_then(|bytes| i64::try_from(bytes).ok()),
        free: free.and_then(|free| i64::try_from(free).ok()),
        restored: restore::last(services).await?.map(|(report, at)| (report, zone.moment(at))),
    })
}

fn described(copy: &copy::CopyName, owner: &Owner, zone: &Zone) -> BackupFile {
    let path = copy.path.as_path();
    let made = std::fs::metadata(path).and_then(|data| data.modified()).ok();
    let seconds =
        made.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok()).map(|since| since.as_secs());
    let made = seconds.and_then(|seconds| Some(Timestamp::from_unix(i64::try_from(seconds).ok()?)));
    BackupFile {
        name: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        size: files::length(path),
        made: made.map(|at| zone.moment(at)),
        own: copy.tag.is_some() && copy.tag.as_deref() == owner.tag(),
    }
}

/// Starts a backup into the folder in the background; the task's row has its result.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::Invalid`] if one is already running.
pub async fn begin_backup(services: &Services, actor: &Actor) -> Result<(), Error> {
    tasks::begin_now(services, actor, TASK).await
}

/// Returns the path of a backup in the folder for a download, which is recorded.
///
/// # Errors
/// [`Error::NotFound`] if there is none with this name.
pub async fn download(services: &Services, actor: &Actor, name: &str) -> Result<PathBuf, Error> {
    let path = find(services, actor, name).await?;
    audit::note(services, actor, Entry::new("database.download").on("file", None, name)).await?;
    Ok(path)
}

/// Deletes a backup in the folder.
///
/// # Errors
/// [`Error::NotFound`] if there is none with this name.
pub async fn delete_backup(services: &Services, actor: &Actor, name: &str) -> Result<(), Error> {
    let path = find(services, actor, name).await?;
    files::remove(&path)?;
    audit::note(services, actor, Entry::new("database.delete_backup").on("file", None, name)).await?;
    Ok(())
}

/// Finds a backup by name among the existing ones, so no name can lead out of the folder.
pub(super) async fn find(services: &Services, actor: &Actor, name: &str) -> Result<PathBuf, Error> {
    actor.may(Permission::ManageDatabase)?;
    let folder = folder(services);
    let known =
        tokio::task::spawn_blocking(
            move || {
                if folder.exists() { copy::list(&folder, NAME) } else { Ok(Vec::new()) }
            },
        )
        .await
        .map_err(Error::internal)??;
    known
        .into_iter()
        .map(|copy| copy.path)
        .find(|path| path.file_name().is_some_and(|file| file == name))
        .ok_or(Error::NotFound)
}

/// Copies the database into a file that is deleted on drop, for streaming it at once.
///
/// # Errors
/// Same as [`backup`].
pub async fn backup_to_pass_on(
    services: &Services,
    actor: &Actor,
    form: Form,
) -> Result<(TempFolder, BackupReport), Error> {
    actor.may(Permission::ManageDatabase)?;
    let database = services.db.path();
    // Backups must work even if the data folder is read-only.
    let folder = TempFolder::beside(database, TEMP_PREFIX)
        .or_else(|_| TempFolder::make(&std::env::temp_dir(), TEMP_PREFIX, None))
        .map_err(|error| StoreError::from_io(database, &error))?;
    let report = backup(services, actor, Target::File(folder.path().join("duplistatus.db")), form).await?;
    Ok((folder, report))
}
