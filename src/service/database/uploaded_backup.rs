//! Uploaded backups: each is checked and kept until its user has seen what a restore would do and confirms it. It is kept in
//! a private folder, for this session only, and for a limited time.

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

/// How long a file is kept, in seconds: as long as the password confirmation that a restore requires is valid.
pub const WAITS: i64 = PROOF_LASTS;
/// Maximum number of files kept, over all users, to limit disk usage.
const MOST: usize = 4;

/// An uploaded file, deleted on drop.
#[derive(Debug)]
pub struct UploadedBackup {
    /// Its path.
    pub path: PathBuf,
    /// Its folder.
    pub folder: TempFolder,
    /// Its name according to the sender.
    pub name: String,
}

/// The uploaded files, one per session.
pub type UploadedBackups = Expiring<SessionId, Arc<UploadedBackup>, WAITS, MOST>;

/// Checks an uploaded backup and keeps it until the restore is confirmed. Returns the reference by which this session finds
/// it.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::NeedsSession`] without a session; [`Error::Invalid`] if it cannot be
/// restored, in which case it is not kept.
pub async fn keep_upload(services: &Services, actor: &Actor, sent: UploadedBackup) -> Result<String, Error> {
    let session = session_of(actor)?;
    if let Err(error) = preview(services, actor, sent.path.clone(), Some(sent.name.clone())).await {
        let entry = Entry::new("database.restore").on("file", None, file_name(Path::new(&sent.name)));
        audit::note(services, actor, entry.failed().after(json!({ "error": error.to_string() }))).await?;
        return Err(error);
    }
    let now = services.clock.now();
    // Replaces the session's previous upload.
    services.uploads.forget(&session, now);
    let reference = services.uploads.keep(session, Arc::new(sent), now)?;
    let uploads = Arc::downgrade(&services.uploads);
    tokio::spawn(expire_after(Duration::from_secs(WAITS.unsigned_abs()), uploads, services.clock.clone()));
    Ok(reference)
}

/// Deletes expired uploads later: perhaps no other request comes, and a file may be large.
async fn expire_after(wait: Duration, uploads: Weak<UploadedBackups>, clock: Clock) {
    tokio::time::sleep(wait).await;
    if let Some(uploads) = uploads.upgrade() {
        uploads.expire(clock.now());
    }
}

/// Returns what restoring a kept upload would do now. The upload is kept.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::Invalid`] if there is no such upload, or it cannot be restored.
pub async fn preview_upload(
    services: &Services,
    actor: &Actor,
    reference: &str,
) -> Result<RestorePreview, Error> {
    let session = session_of(actor)?;
    let sent = services.uploads.find(&session, reference, services.clock.now()).ok_or_else(not_waiting)?;
    preview(services, actor, sent.path.clone(), Some(sent.name.clone())).await
}

/// Restores a kept upload: see [`restore`]. If that fails, the upload is kept.
///
/// # Errors
/// Same as [`restore`]; [`Error::Invalid`] if there is no such upload.
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

/// Returns the session of an actor who may restore.
fn session_of(actor: &Actor) -> Result<SessionId, Error> {
    actor.user_who_may(Permission::ManageDatabase)?.session().ok_or(Error::NeedsSession)
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
