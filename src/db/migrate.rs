//! The schema: migrations carried in the binary, applied at start in one transaction.

use diesel::{
    connection::SimpleConnection as _, migration::MigrationSource, prelude::*, sql_types::Text,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Connection, StoreError, StoreErrorKind, dynamic};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Brings the schema up to date; does nothing when it is.
///
/// Foreign keys are off meanwhile, as rebuilding a table needs; what they would have refused is found by
/// `foreign_key_check` before the commit.
///
/// # Errors
/// When a migration fails: the file is as it was before. When the file was written by a newer program.
pub fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    refuse_newer(connection)?;
    let pending = connection.has_pending_migration(MIGRATIONS).map_err(|error| other(&*error))?;
    if !pending {
        return Ok(());
    }
    connection.batch_execute("PRAGMA foreign_keys = OFF;")?;
    let result = connection.immediate_transaction(|connection| {
        connection.run_pending_migrations(MIGRATIONS).map_err(|error| other(&*error))?;
        let orphans: i64 = diesel::sql_query("SELECT count(*) AS value FROM pragma_foreign_key_check")
            .get_result::<Count>(connection)?
            .value;
        if orphans > 0 {
            return Err(StoreError::new(
                StoreErrorKind::Constraint,
                format!("{orphans} rows without their parents"),
            ));
        }
        Ok(())
    });
    connection.batch_execute("PRAGMA foreign_keys = ON;")?;
    result
}

/// The migrations that a file has.
///
/// # Errors
/// When that cannot be read.
pub fn versions(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    // The first statement may fail with what is wrong with another part of the schema, which then counts as read.
    let _ = dynamic::number(connection, "SELECT count(*) FROM sqlite_schema");
    dynamic::texts(connection, "SELECT version FROM __diesel_schema_migrations")
}

/// Brings a new file to the schema of another one, which has these migrations; to the newest when nothing tells.
///
/// # Errors
/// When a migration fails, or the other file was written by a newer program.
pub fn migrate_to(connection: &mut Connection, versions: &[String]) -> Result<(), StoreError> {
    if versions.is_empty() {
        return migrate(connection);
    }
    refuse_unknown(versions)?;
    // Makes the table of migrations.
    connection.applied_migrations().map_err(|error| other(&*error))?;
    connection.batch_execute("PRAGMA foreign_keys = OFF;")?;
    for migration in MigrationSource::<Sqlite>::migrations(&MIGRATIONS).map_err(|error| other(&*error))? {
        if versions.contains(&migration.name().version().to_string()) {
            connection.run_migration(&migration).map_err(|error| other(&*error))?;
        }
    }
    connection.batch_execute("PRAGMA foreign_keys = ON;")?;
    Ok(())
}

fn refuse_newer(connection: &mut Connection) -> Result<(), StoreError> {
    let applied = connection.applied_migrations().map_err(|error| other(&*error))?;
    let applied: Vec<String> = applied.iter().map(ToString::to_string).collect();
    refuse_unknown(&applied)
}

fn refuse_unknown(applied: &[String]) -> Result<(), StoreError> {
    let known: Vec<String> = MigrationSource::<Sqlite>::migrations(&MIGRATIONS)
        .map_err(|error| other(&*error))?
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    match applied.iter().find(|version| !known.contains(version)) {
        None => Ok(()),
        Some(version) => Err(StoreError::new(
            StoreErrorKind::Other,
            format!(
                "the database was written by a newer duplistatus (schema {version}): install that version or newer"
            ),
        )),
    }
}

fn other(error: &dyn std::error::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Other, error.to_string())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    value: i64,
}

/// The statements that made the schema, ordered by name: to compare two databases.
///
/// # Errors
/// When the file cannot be read.
pub fn schema_sql(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        sql: String,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' ORDER BY name",
    )
    .load(connection)?;
    Ok(rows.into_iter().map(|row| row.sql).collect())
}

#[cfg(test)]
#[path = "migrate_tests.rs"]
mod tests;
