//! How the database is, and how much is in it.

use crate::{
    access::Permission,
    db::{care::sizes, tables::counts},
    dto::database::{DatabaseStats, DatabaseStatus, Statements, TableSize},
    error::Error,
    service::{Actor, Services},
    units::milliseconds,
};

/// Sizes, connections and queries at this moment. Reads a few pages.
///
/// # Errors
/// When the actor may not, or the file cannot be read.
pub async fn status(services: &Services, actor: &Actor) -> Result<DatabaseStatus, Error> {
    actor.may(Permission::ViewDatabase)?;
    // Before this query takes a reader itself.
    let pool = services.db.pool();
    let path = services.db.path().to_owned();
    let mut status = services.db.read(move |conn| sizes::status(conn, &path)).await?;
    let queries = services.db.queries();
    status.pool = pool;
    status.statements = Statements {
        run: queries.run(),
        prepared: queries.prepared(),
        slow_from: milliseconds(queries.threshold()),
    };
    status.slow_queries = queries.slowest();
    Ok(status)
}

/// Rows and bytes of every table and index, the largest first. Reads the whole file: seconds when it is large.
///
/// # Errors
/// When the actor may not, or the file cannot be read.
pub async fn tables(services: &Services, actor: &Actor) -> Result<Vec<TableSize>, Error> {
    actor.may(Permission::ViewDatabase)?;
    Ok(services.db.read_apart(sizes::tables).await?)
}

/// Counts and totals of everything that is stored.
///
/// # Errors
/// When the actor may not, or the file cannot be read.
pub async fn stats(services: &Services, actor: &Actor) -> Result<DatabaseStats, Error> {
    actor.may(Permission::ViewDatabase)?;
    let today = services.zone.day(services.clock.now());
    Ok(services.db.read(move |conn| counts::stats(conn, today)).await?)
}
