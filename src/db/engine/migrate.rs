//! Migrates the schema. The migrations are compiled into the binary and applied at start in one transaction, after the file was
//! copied.

use std::path::{Path, PathBuf};

use diesel::{
    connection::SimpleConnection as _,
    migration::{Migration, MigrationSource},
    sqlite::Sqlite,
};
use diesel_migrations::MigrationHarness as _;

use super::{
    Connection, StoreError, StoreErrorKind,
    connection::{establish, open_unpooled},
    copy, dynamic, files,
    migrations::{MIGRATIONS, is_known, known, list, newer, other, pending},
    owner::Owner,
    temp_file::TempFile,
};
use crate::clock::Clock;

/// Migrations after which the data derived from runs must be rebuilt.
const CHANGE_DERIVED: [&str; 2] = ["0007", "0011"];

/// Rebuilds the data derived from runs, within the transaction of the migrations. A callback, because this module must not know
/// the tables.
pub type Rebuild = fn(&mut Connection) -> Result<(), StoreError>;

/// The reason in the names of copies from before migrations.
pub const COPIES: &str = "before-migration";

/// The result of a migration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upgrade {
    /// The migrations that were applied.
    pub applied: Vec<String>,
    /// The copy from before; `None` if the file was empty or up to date.
    pub copy: Option<PathBuf>,
}

/// Brings the schema of a file up to date, if needed. Data is copied first, and the copy is checked and kept.
///
/// # Errors
/// If the file was written by a newer program, cannot be copied, or a migration fails; the file is unchanged then.
pub fn upgrade(connection: &mut Connection, path: &Path, rebuild: Rebuild) -> Result<Upgrade, StoreError> {
    upgrade_from(&MIGRATIONS, connection, path, rebuild)
}

fn upgrade_from(
    source: &impl MigrationSource<Sqlite>,
    connection: &mut Connection,
    path: &Path,
    rebuild: Rebuild,
) -> Result<Upgrade, StoreError> {
    let pending = pending(source, connection)?;
    if pending.is_empty() {
        return Ok(Upgrade::default());
    }
    let (mut owner, mut copy) = (Owner::default(), None);
    if !is_empty(connection)? {
        owner = Owner::of(connection, path);
        let folder = copy::folder(path)?;
        // Older copies are deleted only after the migration has succeeded.
        let made = copy::make(
            connection,
            &owner,
            (&folder, COPIES),
            usize::MAX,
            Clock::system().now(),
            copy::Form::CHECKED,
        )
        .map_err(|error| {
            error.while_doing("the database was not migrated because it could not be copied first")
        })?;
        tracing::info!(copy = %made.display(), migrations = pending.len(), "the database was copied before the migration");
        copy = Some(made);
    }
    run(connection, &pending, rebuild).map_err(|error| {
        if let Some(copy) = &copy {
            // The file is unchanged, and every failed start would add another copy.
            let _ = files::remove(copy);
        }
        error.while_doing("the database is unchanged; install the version that wrote it, or report this")
    })?;
    if let Some(copy) = &copy {
        copy::prune(files::folder_of(copy), COPIES, &owner, copy::KEPT, copy)?;
    }
    Ok(Upgrade { applied: pending.iter().map(|migration| migration.name().to_string()).collect(), copy })
}

/// Brings the schema up to date without a copy, for test files and files that are copies themselves. Returns the applied
/// migrations.
///
/// # Errors
/// Same as [`upgrade`].
pub fn migrate(connection: &mut Connection, rebuild: Rebuild) -> Result<Vec<String>, StoreError> {
    let pending = pending(&MIGRATIONS, connection)?;
    run(connection, &pending, rebuild)?;
    Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
}

/// Applies the pending migrations to a temporary copy, and returns their names.
///
/// # Errors
/// Same as [`upgrade`].
pub fn rehearse(path: &Path, rebuild: Rebuild) -> Result<Vec<String>, StoreError> {
    if !path.exists() {
        return Ok(list(path)?.into_iter().map(|row| row.name).collect());
    }
    let mut connection = open_unpooled(path)?;
    let owner = Owner::of(&mut connection, path);
    let copy = TempFile::make(&mut connection, &copy::folder(path)?, owner.instance())?;
    migrate(&mut establish(&copy.path)?, rebuild)
}

/// Applies migrations in one transaction.
///
/// Foreign keys are off meanwhile, because rebuilding a table requires it. `foreign_key_check` finds violations before the
/// commit.
fn run(
    connection: &mut Connection,
    pending: &[Box<dyn Migration<Sqlite>>],
    rebuild: Rebuild,
) -> Result<(), StoreError> {
    if pending.is_empty() {
        return Ok(());
    }
    connection.batch_execute("PRAGMA foreign_keys = OFF;")?;
    let result = connection.immediate_transaction(|connection| {
        run_each(connection, pending)?;
        let orphans =
            dynamic::number(connection, "SELECT count(*) FROM pragma_foreign_key_check")?.unwrap_or(0);
        if orphans > 0 {
            return Err(StoreError::new(
                StoreErrorKind::Constraint,
                format!("{orphans} rows with missing references"),
            ));
        }
        if pending
            .iter()
            .any(|migration| CHANGE_DERIVED.contains(&migration.name().version().to_string().as_str()))
        {
            rebuild(connection)?;
        }
        Ok(())
    });
    connection.batch_execute("PRAGMA foreign_keys = ON;")?;
    result
}

fn run_each(connection: &mut Connection, pending: &[Box<dyn Migration<Sqlite>>]) -> Result<(), StoreError> {
    for migration in pending {
        connection.run_migration(&**migration).map_err(|error| {
            StoreError::of_text(error.to_string())
                .while_doing(format_args!("migration {} failed", migration.name()))
        })?;
    }
    Ok(())
}

/// Brings the schema up to date while rows are being repaired, in the caller's transaction. Does not check foreign keys or
/// rebuild derived data. Returns the applied migrations.
///
/// # Errors
/// If a migration fails, or the file was written by a newer program.
pub fn finish(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    let pending = pending(&MIGRATIONS, connection)?;
    run_each(connection, &pending)?;
    Ok(pending.iter().map(|migration| migration.name().to_string()).collect())
}

/// Applies the given migrations, which are those of another file, to a new file; all migrations if none are given.
///
/// # Errors
/// If a migration fails, or the other file was written by a newer program.
pub fn migrate_to(connection: &mut Connection, versions: &[String]) -> Result<(), StoreError> {
    if versions.is_empty() {
        let pending = pending(&MIGRATIONS, connection)?;
        // The file is new, so there is nothing to rebuild.
        return run(connection, &pending, |_| Ok(()));
    }
    let known = known(&MIGRATIONS)?;
    if let Some(version) = versions.iter().find(|version| !is_known(&known, version)) {
        return Err(newer(version));
    }
    // Creates the table of migrations.
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

/// Returns whether the file has no table but that of migrations.
fn is_empty(connection: &mut Connection) -> Result<bool, StoreError> {
    let tables = dynamic::number(
        connection,
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name <> '__diesel_schema_migrations'",
    )?;
    Ok(tables == Some(0))
}

/// Returns the statements that create the schema, ordered by name, to compare two databases.
///
/// # Errors
/// Database errors.
pub fn schema_sql(connection: &mut Connection) -> Result<Vec<String>, StoreError> {
    dynamic::texts(
        connection,
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '\\_\\_diesel%' ESCAPE '\\' ORDER BY name",
    )
}

#[cfg(test)]
#[path = "migrate_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "upgrade_tests.rs"]
mod upgrade_tests;
