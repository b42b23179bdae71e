//! Migrations by command, before anything opens the database, because opening it migrates it.

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

/// Lists all migrations, and which of them this database has. Changes nothing.
///
/// # Errors
/// [`Error::Forbidden`] without the permission, or an error if the file cannot be read.
pub async fn list_migrations(actor: &Actor, path: PathBuf) -> Result<Vec<MigrationRow>, Error> {
    actor.may(Permission::ManageDatabase)?;
    aside(move || Ok(migrations::list(&path)?)).await
}

/// Applies the pending migrations to a temporary copy.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; otherwise if the file was written by a newer program, or a migration
/// fails.
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

/// Applies the pending migrations, after the file was copied and the copy checked.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; otherwise if the file was written by a newer program, cannot be
/// copied, or a migration fails. The file is unchanged then.
pub async fn run_migrations(actor: &Actor, path: PathBuf) -> Result<Migrations, Error> {
    actor.may(Permission::ManageDatabase)?;
    aside(move || {
        let done = migrate::upgrade(&mut connection::open_writer(&path)?, &path, derived::after_migration)?;
        let copy = done.copy.as_deref().map(|path: &Path| path.display().to_string());
        Ok(Migrations { applied: done.applied, copy, rehearsed: false })
    })
    .await
}

/// Runs work on a thread for blocking tasks.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
