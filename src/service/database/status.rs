//! Status and counts of the database.

use crate::{
    access::Permission,
    db::{care::sizes, tables::counts},
    dto::database::{DatabaseStats, DatabaseStatus, Statements, TableSize},
    error::Error,
    service::{Actor, Services},
    units::milliseconds,
};

/// Returns the current sizes, connections and queries. Reads few pages.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn status(services: &Services, actor: &Actor) -> Result<DatabaseStatus, Error> {
    actor.may(Permission::ViewDatabase)?;
    // Before this query itself uses a reader.
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

/// Returns rows and bytes of every table and index, largest first. Reads the whole file, which takes seconds
/// if it is large.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn tables(services: &Services, actor: &Actor) -> Result<Vec<TableSize>, Error> {
    actor.may(Permission::ViewDatabase)?;
    Ok(services.db.read_unpooled(sizes::tables).await?)
}

/// Returns counts and totals of all stored data.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn stats(services: &Services, actor: &Actor) -> Result<DatabaseStats, Error> {
    actor.may(Permission::ViewDatabase)?;
    let today = services.zone.day(services.clock.now());
    Ok(services.db.read(move |conn| counts::stats(conn, today)).await?)
}
