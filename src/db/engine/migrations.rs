//! The migrations of this program, and those applied to a file.

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

/// The migrations compiled into the binary.
pub(in crate::db) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Returns the newest applied migration that this program does not know; `None` if it knows all of them.
///
/// # Errors
/// Database errors.
pub fn newer_than_known(connection: &mut Connection) -> Result<Option<String>, StoreError> {
    let known = known(&MIGRATIONS)?;
    Ok(applied(connection)?.into_iter().rfind(|version| !is_known(&known, version)))
}

/// Returns how many migrations of this program are missing from a list.
///
/// # Errors
/// If the program's own migrations cannot be read.
pub fn missing(versions: &[String]) -> Result<i64, StoreError> {
    let known = known(&MIGRATIONS)?;
    let missing =
        known.iter().filter(|migration| !versions.contains(&migration.name().version().to_string()));
    Ok(i64::try_from(missing.count()).unwrap_or(i64::MAX))
}

/// Returns whether a file has exactly the migrations of this program.
///
/// # Errors
/// Database errors.
pub fn is_current(connection: &mut Connection) -> Result<bool, StoreError> {
    let known = known(&MIGRATIONS)?;
    let versions = applied(connection)?;
    Ok(versions.len() == known.len() && versions.iter().all(|version| is_known(&known, version)))
}

/// Returns whether a migration is known.
pub(in crate::db) fn is_known(known: &[Box<dyn Migration<Sqlite>>], version: &str) -> bool {
    known.iter().any(|migration| migration.name().version().to_string() == version)
}

/// Returns the migrations applied to a file.
///
/// # Errors
/// Database errors.
pub fn applied(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    // The first statement may fail because of damage to another part of the schema; the second then succeeds.
    let _ = dynamic::number(connection, "SELECT count(*) FROM sqlite_schema");
    dynamic::texts(connection, "SELECT version FROM __diesel_schema_migrations")
}

/// Lists all migrations known to this program or applied to this file, oldest first. Neither creates nor changes
/// the file.
///
/// # Errors
/// If the file cannot be read.
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

/// Returns the migrations of a source, oldest first.
pub(in crate::db) fn known(
    source: &impl MigrationSource<Sqlite>,
) -> Result<Vec<Box<dyn Migration<Sqlite>>>, StoreError> {
    let mut all = source.migrations().map_err(|error| other(&*error))?;
    all.sort_by_key(|migration| migration.name().version().to_string());
    Ok(all)
}

/// Returns the migrations not applied yet, oldest first; an error if unknown ones were applied.
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

/// Returns the error for a file of a newer program.
pub(in crate::db) fn newer(version: &str) -> StoreError {
    StoreError::new(
        StoreErrorKind::Other,
        format!(
            "the database was written by a newer duplistatus (schema {version}): install that version or newer"
        ),
    )
}

/// Returns the error for a failed migration.
pub(in crate::db) fn other(error: &dyn std::error::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Other, error.to_string())
}
