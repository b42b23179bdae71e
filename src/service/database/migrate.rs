//! The schema, before anything opens the database: opening it brings it up to date.

use std::path::{Path, PathBuf};

use crate::{
    access::Permission,
    db::{
        care::derived,
        engine::{connection, migrate, migrations},
    },
    dto::database::{MigrationRow, Migrations},
    error::Error,
    service::Actor,
};

/// All migrations, and which of them this database has. Changes nothing.
///
/// # Errors
/// When the actor may not, or the file cannot be read.
pub async fn list_migrations(actor: &Actor, path: PathBuf) -> Result<Vec<MigrationRow>, Error> {
    actor.may(Permission::ManageDatabase)?;
    aside(move || Ok(migrations::list(&path)?)).await
}

/// Tries the migrations that are to come on a copy, which is thrown away.
///
/// # Errors
/// When the actor may not, the file was written by a newer program, or one of them fails.
pub async fn rehearse_migrations(actor: &Actor, path: PathBuf) -> Result<Migrations, Error> {
    actor.may(Permission::ManageDatabase)?;
    aside(move || {
        Ok(Migrations {
            applied: migrate::rehearse(&path, derived::after_migration)?,
            copy: None,
            rehearsed: true,
        })
    })
    .await
}

/// Runs the migrations that are to come, after a copy of the file was made and checked.
///
/// # Errors
/// When the actor may not, the file was written by a newer program, cannot be copied, or a migration fails: then it is
/// as it was before.
pub async fn run_migrations(actor: &Actor, path: PathBuf) -> Result<Migrations, Error> {
    actor.may(Permission::ManageDatabase)?;
    aside(move || {
        let done = migrate::upgrade(&mut connection::open_writer(&path)?, &path, derived::after_migration)?;
        let copy = done.copy.as_deref().map(|path: &Path| path.display().to_string());
        Ok(Migrations { applied: done.applied, copy, rehearsed: false })
    })
    .await
}

/// Where it holds up nobody.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
