//! Backups that somebody sent to the page: each waits, checked, until its sender has read what restoring it would come to and
//! says so. It waits in memory and in a private folder, for its session alone, and not for long.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Weak},
    time::Duration,
};

use serde_json::json;

use super::restore::{file_name, preview, restore};
use crate::{
    access::{PROOF_LASTS, Permission},
    clock::Clock,
    db::engine::temp_folder::TempFolder,
    dto::database::{RestoreChoice, RestorePreview, RestoreReport},
    error::Error,
    ids::SessionId,
    service::{
        Actor, Services,
        audit::{self, Entry},
        expiring::Expiring,
    },
};

/// How long a file waits: seconds. As long as the password counts without which nothing is restored.
pub const WAITS: i64 = PROOF_LASTS;
/// Files that wait at most, whoever sent them: the disk is not theirs.
const MOST: usize = 4;

/// A file that somebody sent, deleted when nobody needs it any more.
#[derive(Debug)]
pub struct UploadedBackup {
    /// Where it is.
    pub path: PathBuf,
    /// The folder that it is in.
    pub folder: TempFolder,
    /// What its sender calls it.
    pub name: String,
}

/// The files that wait, one for each session.
pub type UploadedBackups = Expiring<SessionId, Arc<UploadedBackup>, WAITS, MOST>;

/// Checks a backup that somebody sent, and keeps it until it was confirmed. Returns the reference by which its session, and
/// nobody else, finds it.
///
/// # Errors
/// When the actor may not; [`Error::NeedsSession`] for all but sessions; [`Error::Invalid`] when it cannot be restored. It is
/// not kept then.
pub async fn keep_upload(services: &Services, actor: &Actor, sent: UploadedBackup) -> Result<String, Error> {
    let session = session_of(actor)?;
    if let Err(error) = preview(services, actor, sent.path.clone(), Some(sent.name.clone())).await {
        let entry = Entry::new("database.restore").on("file", None, file_name(Path::new(&sent.name)));
        audit::note(services, actor, entry.failed().after(json!({ "error": error.to_string() }))).await?;
        return Err(error);
    }
    let now = services.clock.now();
    // In the place of the one that the session sent before.
    services.uploads.forget(&session, now);
    let reference = services.uploads.keep(session, Arc::new(sent), now)?;
    let uploads = Arc::downgrade(&services.uploads);
    tokio::spawn(expire_after(Duration::from_secs(WAITS.unsigned_abs()), uploads, services.clock.clone()));
    Ok(reference)
}

/// Deletes what waits no more, later: nobody may ask for it again, and a file may be large.
async fn expire_after(wait: Duration, uploads: Weak<UploadedBackups>, clock: Clock) {
    tokio::time::sleep(wait).await;
    if let Some(uploads) = uploads.upgrade() {
        uploads.expire(clock.now());
    }
}

/// What it would come to at this moment to restore a backup that waits. It waits on.
///
/// # Errors
/// When the actor may not; [`Error::Invalid`] when it does not wait, or cannot be restored.
pub async fn preview_upload(
    services: &Services,
    actor: &Actor,
    reference: &str,
) -> Result<RestorePreview, Error> {
    let session = session_of(actor)?;
    let sent = services.uploads.find(&session, reference, services.clock.now()).ok_or_else(not_waiting)?;
    preview(services, actor, sent.path.clone(), Some(sent.name.clone())).await
}

/// Puts a backup that waits in the place of the database: see [`restore`]. One that could not be restored waits on.
///
/// # Errors
/// As [`restore`]; [`Error::Invalid`] when it does not wait.
pub async fn restore_upload(
    services: &Services,
    actor: &Actor,
    reference: &str,
    choice: RestoreChoice,
) -> Result<RestoreReport, Error> {
    let session = session_of(actor)?;
    let now = services.clock.now();
    let waiting = services.uploads.take(&session, reference, now).ok_or_else(not_waiting)?;
    let (path, name) = (waiting.thing.path.clone(), waiting.thing.name.clone());
    let restored = restore(services, actor, path, Some(name), choice).await;
    if restored.is_err() {
        services.uploads.put_back(waiting, now);
    }
    restored
}

/// The session of a person who may restore.
fn session_of(actor: &Actor) -> Result<SessionId, Error> {
    actor.person_who_may(Permission::ManageDatabase)?.session().ok_or(Error::NeedsSession)
}

fn not_waiting() -> Error {
    Error::Invalid {
        field: "file",
        hint: "the file that was sent is not kept any more: choose it again (it is kept for 15 minutes, for the session that sent it)"
            .into(),
    }
}

#[cfg(test)]
#[path = "uploaded_backup_tests.rs"]
mod tests;
