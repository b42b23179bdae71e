//! Compares the schema of a migrated file with the code.

use std::collections::BTreeMap;

use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{QueryableByName, RunQueryDsl as _};

use super::*;
use crate::db::{
    care::derived,
    engine::connection::{open_writer, pragma},
};

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn fresh() -> Result<(tempfile::TempDir, Connection), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut connection = open_writer(&folder.path().join("duplistatus.db"))?;
    migrate(&mut connection, derived::after_migration)?;
    Ok((folder, connection))
}

#[test]
fn a_new_file_has_large_pages_incremental_vacuum_and_wal() -> TestResult {
    let (folder, mut connection) = fresh()?;
    drop(connection);
    // Read by a new connection, because settings of the first one are not all stored in the file.
    connection = open_writer(&folder.path().join("duplistatus.db"))?;
    assert_eq!(pragma(&mut connection, "page_size")?, 16_384);
    assert_eq!(pragma(&mut connection, "auto_vacuum")?, 2);
    assert_eq!(pragma(&mut connection, "synchronous")?, 2);
    assert_eq!(pragma(&mut connection, "foreign_keys")?, 1);
    #[derive(QueryableByName)]
    struct Mode {
        #[diesel(sql_type = Text)]
        journal_mode: String,
    }
    let mode: Mode = diesel::sql_query("PRAGMA journal_mode").get_result(&mut connection)?;
    assert_eq!(mode.journal_mode, "wal");
    Ok(())
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_files() -> TestResult {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, _connection) = fresh()?;
    for entry in std::fs::read_dir(folder.path())? {
        let entry = entry?;
        assert_eq!(entry.metadata()?.permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
    Ok(())
}

#[test]
fn up_down_up_is_the_same_schema() -> TestResult {
    let (_folder, mut connection) = fresh()?;
    let before = schema_sql(&mut connection)?;
    assert!(before.len() > 20, "{before:?}");
    connection.revert_all_migrations(MIGRATIONS).map_err(|e| e.to_string())?;
    assert_eq!(schema_sql(&mut connection)?.iter().filter(|sql| !sql.contains("sqlite_sequence")).count(), 0);
    migrate(&mut connection, derived::after_migration)?;
    assert_eq!(schema_sql(&mut connection)?, before);
    Ok(())
}

#[test]
fn a_newer_database_is_refused() -> TestResult {
    let (_folder, mut connection) = fresh()?;
    connection.batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')")?;
    let error = migrate(&mut connection, derived::after_migration).err().ok_or("accepted")?;
    assert!(error.to_string().contains("newer duplistatus"), "{error}");
    Ok(())
}

#[test]
fn the_runs_of_a_job_go_where_it_goes() -> TestResult {
    #[derive(Debug, PartialEq, Eq, QueryableByName)]
    struct Place {
        #[diesel(sql_type = BigInt)]
        server_id: i64,
        #[diesel(sql_type = BigInt)]
        job_id: i64,
    }
    let (_folder, mut connection) = fresh()?;
    connection.batch_execute(
        "INSERT INTO servers (name) VALUES ('a'), ('b');
         INSERT INTO jobs (server_id, name, created_at) VALUES (1, 'x', '2026'), (1, 'y', '2026');
         INSERT INTO backups (server_id, job_id, backup_name, status, start_time) SELECT 1, id, name, 'success', '2026' FROM jobs;
         UPDATE jobs SET server_id = 2 WHERE id = 1;",
    )?;
    let mut places = |change: &str| -> Result<Vec<(i64, i64)>, StoreError> {
        connection.batch_execute(change)?;
        let all: Vec<Place> =
            diesel::sql_query("SELECT server_id, job_id FROM backups ORDER BY id").load(&mut connection)?;
        Ok(all.into_iter().map(|place| (place.server_id, place.job_id)).collect())
    };
    assert_eq!(places("")?, [(2, 1), (1, 2)]);
    assert_eq!(places("DELETE FROM jobs WHERE id = 1")?, [(1, 2)]);
    let of_another = "INSERT INTO backups (server_id, job_id, backup_name, status, start_time) VALUES (2, 2, 'y', 'success', '2027')";
    assert!(places(of_another).is_err(), "a run of another server's job");
    Ok(())
}

/// `schema.rs` is edited manually: compares its names, types and nullability with the migrated
/// file.
#[test]
fn schema_rs_is_what_the_migrations_make() -> TestResult {
    #[derive(QueryableByName)]
    struct Column {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        declared: String,
        #[diesel(sql_type = BigInt)]
        required: i64,
    }
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Nullable<Text>)]
        name: Option<String>,
    }
    let (_folder, mut connection) = fresh()?;
    let mut actual = BTreeMap::new();
    let tables: Vec<Name> = diesel::sql_query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '%diesel%'",
    )
    .load(&mut connection)?;
    for table in tables.into_iter().filter_map(|t| t.name) {
        let columns: Vec<Column> = diesel::sql_query(format!(
            "SELECT name, type AS declared, \"notnull\" AS required FROM pragma_table_info('{table}')"
        ))
        .load(&mut connection)?;
        let columns: Vec<(String, String)> = columns
            .into_iter()
            .map(|c| {
                let plain = match c.declared.as_str() {
                    "INTEGER" | "BIGINT" => "BigInt",
                    "TEXT" | "DATETIME" => "Text",
                    "BOOLEAN" => "Bool",
                    "BLOB" => "Binary",
                    other => other,
                };
                let kind = if c.required == 1 { plain.to_owned() } else { format!("Nullable<{plain}>") };
                (c.name, kind)
            })
            .collect();
        actual.insert(table, columns);
    }
    assert_eq!(declared_in_schema_rs(), actual);
    Ok(())
}

fn declared_in_schema_rs() -> BTreeMap<String, Vec<(String, String)>> {
    let mut tables: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut table = String::new();
    let mut sql_name = None;
    for line in include_str!("../schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.strip_suffix(") {").and_then(|l| l.split_once(" (")) {
            table = name.to_owned();
        } else if let Some(name) = line.strip_prefix("#[sql_name = \"").and_then(|l| l.strip_suffix("\"]")) {
            sql_name = Some(name.to_owned());
        } else if let Some((name, kind)) = line.strip_suffix(',').and_then(|l| l.split_once(" -> ")) {
            let name = sql_name.take().unwrap_or_else(|| name.to_owned());
            tables.entry(table.clone()).or_default().push((name, kind.to_owned()));
        }
    }
    tables
}
