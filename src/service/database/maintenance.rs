//! What makes the file smaller, and its queries faster.

use std::{path::Path, time::Instant};

use serde_json::json;

use crate::{
    access::Permission,
    db::{StoreError, care::maintenance, engine::files},
    dto::database::Upkeep,
    error::Error,
    service::{Actor, Services, audit, audit::Entry},
    units::milliseconds,
};

/// Gives the space of what was deleted back to the system. Reports that arrive meanwhile wait for half a
/// minute; then they are answered "busy".
///
/// # Errors
/// When the actor may not, there is not enough space to do it, or the database refuses.
pub async fn vacuum(services: &Services, actor: &Actor) -> Result<Upkeep, Error> {
    run(services, actor, "database.vacuum", |path| maintenance::vacuum(path).map(|()| true)).await
}

/// Collects the statistics by which SQLite plans queries.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn analyze(services: &Services, actor: &Actor) -> Result<Upkeep, Error> {
    run(services, actor, "database.analyze", |path| maintenance::analyze(path).map(|()| true)).await
}

/// The same, only where statistics are missing or too old.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn optimize(services: &Services, actor: &Actor) -> Result<Upkeep, Error> {
    run(services, actor, "database.optimize", |path| maintenance::optimize(path).map(|()| true)).await
}

/// Moves what is in the write-ahead log into the file, and makes the log empty.
///
/// # Errors
/// When the actor may not, or the database refuses.
pub async fn checkpoint(services: &Services, actor: &Actor) -> Result<Upkeep, Error> {
    run(services, actor, "database.checkpoint", maintenance::checkpoint).await
}

async fn run(
    services: &Services,
    actor: &Actor,
    action: &'static str,
    work: impl FnOnce(&Path) -> Result<bool, StoreError> + Send + 'static,
) -> Result<Upkeep, Error> {
    actor.may(Permission::RunUpkeep)?;
    let path = services.db.path().to_owned();
    let done = tokio::task::spawn_blocking(move || {
        let (before, began) = (size(&path), Instant::now());
        let is_complete = work(&path)?;
        let took = milliseconds(began.elapsed());
        Ok::<_, StoreError>(Upkeep { before, after: size(&path), took, is_complete })
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

/// Bytes of the file and its log.
fn size(path: &Path) -> u64 {
    files::length(path) + files::length(&files::log(path))
}
