//! The schema: migrations carried in the binary, applied at start in one transaction, after a copy of the file was made.

use std::path::{Path, PathBuf};

use diesel::{
    connection::SimpleConnection as _,
    migration::{Migration, MigrationSource},
    prelude::*,
    sql_types::Text,
    sqlite::Sqlite,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{
    Connection, StoreError, StoreErrorKind,
    connection::{establish, open_apart},
    copies, dynamic, files,
    unfinished::Unfinished,
};
use crate::{clock::Clock, dto::database::MigrationRow};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Under which copies from before migrations are kept.
pub const COPIES: &str = "before-migration";

/// What bringing a database up to date came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upgrade {
    /// The migrations that ran.
    pub applied: Vec<String>,
    /// The copy from before; none when there was nothing to copy, or nothing to do.
    pub copy: Option<PathBuf>,
}

/// Brings the schema of a file up to date; does nothing when it is. What was in it is copied first, and the copy is
/// checked and kept.
///
/// # Errors
/// When the file was written by a newer program, cannot be copied, or a migration fails: the file is as it was before.
pub fn upgrade(connection: &mut Connection, path: &Path) -> Result<Upgrade, StoreError> {
    upgrade_from(&MIGRATIONS, connection, path)
}

fn upgrade_from(
    source: &impl MigrationSource<Sqlite>,
    connection: &mut Connection,
    path: &Path,
) -> Result<Upgrade, StoreError> {
    let pending = pending(source, connection)?;
    if pending.is_empty() {
        return Ok(Upgrade::default());
    }
    let copy = if is_empty(connection)? {
        None
    } else {
        let copy = copies::free_name(&copies::folder(path)?, COPIES, Clock::system().now());
        copies::write(connection, &copy, copies::Form::CHECKED)
            .map_err(|error| error.while_doing("the database is not migrated without a copy of it"))?;
        tracing::info!(copy = %copy.display(), migrations = pending.len(), "the database was copied before it is migrated");
        Some(copy)
    };
    run(connection, &pending).map_err(|error| {
        if let Some(copy) = &copy {
            // The file itself is as it was, and each try would make one more.
            let _ = files::remove(copy);
        }
        error.while_doing("the database is as it was; install the version that wrote it, or report this")
    })?;
    if copy.is_some() {
        copies::prune(&copies::folder(path)?, COPIES, copies::KEPT)?;
    }
    Ok(Upgrade { applied: pending.iter().map(|migration| migration.name().to_string()).collect(), copy })
}

/// Brings the schema up to date without a copy: of files that are made for a test, or are a copy. The migrations that ran.
///
/// # Errors
/// As [`upgrade`].
pub fn migrate(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    let pending = pending(&MIGRATIONS, connection)?;
    run(connection, &pending)?;
    Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
}

/// The schema of a file that a newer program wrote; none when this program knows all of it.
///
/// # Errors
/// When it cannot be read.
pub fn newer_than_known(connection: &mut Connection) -> Result<Option<String>, StoreError> {
    let known = known(&MIGRATIONS)?;
    Ok(versions(connection)?.into_iter().rfind(|version| !is_known(&known, version)))
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
    let versions = versions(connection)?;
    Ok(versions.len() == known.len() && versions.iter().all(|version| is_known(&known, version)))
}

fn is_known(known: &[Box<dyn Migration<Sqlite>>], version: &str) -> bool {
    known.iter().any(|migration| migration.name().version().to_string() == version)
}

/// Tries the pending migrations on a copy, which is thrown away, and names them.
///
/// # Errors
/// As [`upgrade`].
pub fn rehearse(path: &Path) -> Result<Vec<String>, StoreError> {
    if !path.exists() {
        return Ok(list(path)?.into_iter().map(|row| row.name).collect());
    }
    let mut connection = open_apart(path)?;
    let copy = Unfinished::make(&mut connection, &copies::folder(path)?)?;
    migrate(&mut establish(&copy.0)?)
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
        if has_table(&mut connection, "__diesel_schema_migrations")? {
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

/// Runs migrations in one transaction.
///
/// Foreign keys are off meanwhile, as rebuilding a table needs; what they would have refused is found by
/// `foreign_key_check` before the commit.
fn run(connection: &mut Connection, pending: &[Box<dyn Migration<Sqlite>>]) -> Result<(), StoreError> {
    if pending.is_empty() {
        return Ok(());
    }
    connection.batch_execute("PRAGMA foreign_keys = OFF;")?;
    let result = connection.immediate_transaction(|connection| {
        for migration in pending {
            connection.run_migration(&**migration).map_err(|error| {
                StoreError::of_text(error.to_string())
                    .while_doing(format_args!("migration {} failed", migration.name()))
            })?;
        }
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
        return migrate(connection).map(drop);
    }
    let known = known(&MIGRATIONS)?;
    if let Some(version) = versions.iter().find(|version| !is_known(&known, version)) {
        return Err(newer(version));
    }
    // Makes the table of migrations.
    connection.applied_migrations().map_err(|error| other(&*error))?;
    connection.batch_execute("PRAGMA foreign_keys = OFF;")?;
    for migration in known {
        if versions.contains(&migration.name().version().to_string()) {
            connection.run_migration(&*migration).map_err(|error| other(&*error))?;
        }
    }
    connection.batch_execute("PRAGMA foreign_keys = ON;")?;
    Ok(())
}

fn known(source: &impl MigrationSource<Sqlite>) -> Result<Vec<Box<dyn Migration<Sqlite>>>, StoreError> {
    let mut all = source.migrations().map_err(|error| other(&*error))?;
    all.sort_by_key(|migration| migration.name().version().to_string());
    Ok(all)
}

/// The migrations that were not applied yet, oldest first; an error when others were.
fn pending(
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

fn newer(version: &str) -> StoreError {
    StoreError::new(
        StoreErrorKind::Other,
        format!(
            "the database was written by a newer duplistatus (schema {version}): install that version or newer"
        ),
    )
}

fn other(error: &dyn std::error::Error) -> StoreError {
    StoreError::new(StoreErrorKind::Other, error.to_string())
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    value: i64,
}

/// Whether nothing is in the file but the table of migrations.
fn is_empty(connection: &mut Connection) -> Result<bool, StoreError> {
    let tables: Count = diesel::sql_query(
        "SELECT count(*) AS value FROM sqlite_schema WHERE type = 'table' AND name <> '__diesel_schema_migrations'",
    )
    .get_result(connection)?;
    Ok(tables.value == 0)
}

fn has_table(connection: &mut Connection, name: &str) -> Result<bool, StoreError> {
    let found: Count =
        diesel::sql_query("SELECT count(*) AS value FROM sqlite_schema WHERE type = 'table' AND name = ?")
            .bind::<Text, _>(name)
            .get_result(connection)?;
    Ok(found.value > 0)
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

#[cfg(test)]
#[path = "upgrade_tests.rs"]
mod upgrade_tests;
