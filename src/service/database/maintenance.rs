//! Maintenance: makes the file smaller and queries faster.

use std::{path::Path, time::Instant};

use serde_json::json;

use crate::{
    access::Permission,
    db::{StoreError, care::maintenance, engine::files},
    dto::database::Maintenance,
    error::Error,
    service::{Actor, Services, audit, audit::Entry},
    units::milliseconds,
};

/// Returns the space of deleted data to the file system. Writes wait for up to half a minute and then
/// fail as busy.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::Store`] if there is too little space, or the
/// database fails.
pub async fn vacuum(services: &Services, actor: &Actor) -> Result<Maintenance, Error> {
    run(services, actor, "database.vacuum", |path| maintenance::vacuum(path).map(|()| true)).await
}

/// Collects statistics for the query planner.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn analyze(services: &Services, actor: &Actor) -> Result<Maintenance, Error> {
    run(services, actor, "database.analyze", |path| maintenance::analyze(path).map(|()| true)).await
}

/// Collects statistics that are missing or outdated.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn optimize(services: &Services, actor: &Actor) -> Result<Maintenance, Error> {
    run(services, actor, "database.optimize", |path| maintenance::optimize(path).map(|()| true)).await
}

/// Moves the write-ahead log into the file and truncates it.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn checkpoint(services: &Services, actor: &Actor) -> Result<Maintenance, Error> {
    run(services, actor, "database.checkpoint", maintenance::checkpoint).await
}

async fn run(
    services: &Services,
    actor: &Actor,
    action: &'static str,
    work: impl FnOnce(&Path) -> Result<bool, StoreError> + Send + 'static,
) -> Result<Maintenance, Error> {
    actor.may(Permission::RunMaintenance)?;
    let path = services.db.path().to_owned();
    let done = tokio::task::spawn_blocking(move || {
        let (before, began) = (size(&path), Instant::now());
        let is_complete = work(&path)?;
        let took = milliseconds(began.elapsed());
        Ok::<_, StoreError>(Maintenance { before, after: size(&path), took, is_complete })
    })
    .await
    .map_err(Error::internal)??;
    let (who, now) = (actor.clone(), services.clock.now());
    let entry = Entry::new(action)
        .before(json!({ "bytes": done.before }))
        .after(json!({ "bytes": done.after, "complete": done.is_complete }));
    services.db.write_unseen(move |tx| audit::record(tx, &who, now, entry)).await?;
    Ok(done)
}

/// Returns the bytes of the file and its log.
fn size(path: &Path) -> u64 {
    files::length(path) + files::length(&files::log(path))
}
