//! The migrations that this program knows, and those that a file has.

use std::path::Path;

use diesel::{
    connection::SimpleConnection as _,
    migration::{Migration, MigrationSource},
    prelude::*,
    sql_types::Text,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Connection, StoreError, StoreErrorKind, connection::establish, dynamic};
use crate::dto::database::MigrationRow;

/// Carried in the binary.
pub(in crate::db) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// The schema of a file that a newer program wrote; none when this program knows all of it.
///
/// # Errors
/// When it cannot be read.
pub fn newer_than_known(connection: &mut Connection) -> Result<Option<String>, StoreError> {
    let known = known(&MIGRATIONS)?;
    Ok(applied(connection)?.into_iter().rfind(|version| !is_known(&known, version)))
}

/// How many migrations of this program are not among these.
///
/// # Errors
/// When the program's own migrations cannot be read.
pub fn missing(versions: &[String]) -> Result<i64, StoreError> {
    let known = known(&MIGRATIONS)?;
    let missing =
        known.iter().filter(|migration| !versions.contains(&migration.name().version().to_string()));
    Ok(i64::try_from(missing.count()).unwrap_or(i64::MAX))
}

/// Whether a file has exactly the migrations that this program knows.
///
/// # Errors
/// When it cannot be read.
pub fn is_current(connection: &mut Connection) -> Result<bool, StoreError> {
    let known = known(&MIGRATIONS)?;
    let versions = applied(connection)?;
    Ok(versions.len() == known.len() && versions.iter().all(|version| is_known(&known, version)))
}

/// Whether a migration is among these.
pub(in crate::db) fn is_known(known: &[Box<dyn Migration<Sqlite>>], version: &str) -> bool {
    known.iter().any(|migration| migration.name().version().to_string() == version)
}

/// The migrations that a file has.
///
/// # Errors
/// When that cannot be read.
pub fn applied(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    // The first statement may fail with what is wrong with another part of the schema, which then counts as read.
    let _ = dynamic::number(connection, "SELECT count(*) FROM sqlite_schema");
    dynamic::texts(connection, "SELECT version FROM __diesel_schema_migrations")
}

/// Every migration that this program or this file knows, oldest first. Changes nothing, and makes no file.
///
/// # Errors
/// When the file cannot be read.
pub fn list(path: &Path) -> Result<Vec<MigrationRow>, StoreError> {
    #[derive(QueryableByName)]
    struct Applied {
        #[diesel(sql_type = Text)]
        version: String,
        #[diesel(sql_type = Text)]
        run_on: String,
    }
    let mut applied: Vec<Applied> = Vec::new();
    if path.exists() {
        let mut connection = establish(path)?;
        connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA query_only = ON;")?;
        let tables =
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '__diesel_schema_migrations'";
        if dynamic::number(&mut connection, tables)? == Some(1) {
            applied = diesel::sql_query(
                "SELECT version, strftime('%Y-%m-%dT%H:%M:%SZ', run_on) AS run_on
                 FROM __diesel_schema_migrations ORDER BY version",
            )
            .load(&mut connection)?;
        }
    }
    let mut rows: Vec<MigrationRow> = Vec::new();
    for migration in known(&MIGRATIONS)? {
        let version = migration.name().version().to_string();
        let at = applied.iter().position(|row| row.version == version);
        let applied_at = at.map(|index| applied.remove(index).run_on);
        rows.push(MigrationRow { version, name: migration.name().to_string(), applied_at, is_known: true });
    }
    rows.extend(applied.into_iter().map(|Applied { version, run_on }| MigrationRow {
        name: version.clone(),
        version,
        applied_at: Some(run_on),
        is_known: false,
    }));
    Ok(rows)
}

/// Migrations, oldest first.
pub(in crate::db) fn known(
    source: &impl MigrationSource<Sqlite>,
) -> Result<Vec<Box<dyn Migration<Sqlite>>>, StoreError> {
    let mut all = source.migrations().map_err(|error| other(&*error))?;
    all.sort_by_key(|migration| migration.name().version().to_string());
    Ok(all)
}

/// The migrations that were not applied yet, oldest first; an error when others were.
pub(in crate::db) fn pending(
    source: &impl MigrationSource<Sqlite>,
    connection: &mut Connection,
) -> Result<Vec<Box<dyn Migration<Sqlite>>>, StoreError> {
    let mut known = known(source)?;
    let applied = connection.applied_migrations().map_err(|error| StoreError::of_text(error.to_string()))?;
    for version in applied.iter().map(ToString::to_string) {
        let Some(index) =
            known.iter().position(|migration| migration.name().version().to_string() == version)
        else {
            return Err(newer(&version));
        };
        known.remove(index);
    }
    Ok(known)
}

/// Refuses a file of a newer program.
pub(in crate::db) fn newer(version: &str) -> StoreError {
    StoreError::new(
        StoreErrorKind::Other,
        format!(
            "the database was written by a newer duplistatus (schema {version}): install that version or newer"
        ),
    )
}

/// What a migration failed with.
pub(in crate::db) fn other(error: &dyn std::error::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Other, error.to_string())
}
