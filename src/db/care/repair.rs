//! Repairs the structure of a file whose tables can be read: missing parts of its schema, and indexes.

use std::collections::BTreeSet;

use diesel::{connection::SimpleConnection as _, result::Error as DieselError};

use crate::db::{
    Connection, StoreError, StoreErrorKind,
    engine::{
        dynamic::{self, Row, Value, quoted, texts},
        migrations,
        schema_check::{Item, items, model},
    },
};

/// Creates missing parts of the schema, and recreates indexes and triggers that differ. Returns what was done, as text.
/// Tables that differ are reported but not changed.
///
/// # Errors
/// Database errors; also if the file was written by a newer program.
pub fn schema(conn: &mut Connection) -> Result<Vec<String>, StoreError> {
    let known = migrations::applied(conn).unwrap_or_default();
    let mut model = model(&known)?;
    let wanted = items(&mut model)?;
    let there = items(conn)?;
    let mut made = Vec::new();
    for item in &wanted {
        let Item { kind, name, sql } = item;
        match there.iter().find(|other| other.name == *name) {
            Some(other) if other == item => continue,
            Some(_) if kind == "table" => {
                made.push(format!("table {name} differs from the schema and was not changed"));
                continue;
            }
            Some(other) => conn.batch_execute(&format!("DROP {} {}", other.kind, quoted(name)))?,
            None => {}
        }
        conn.batch_execute(sql)?;
        made.push(format!("{kind} {name}"));
    }
    if known.is_empty() {
        // The table of migrations was lost: assume the newest ones, for which the tables were just created.
        for version in migrations::applied(&mut model)? {
            let insert = "INSERT OR IGNORE INTO __diesel_schema_migrations (version) VALUES (?)";
            dynamic::execute(conn, insert, &[Value::Text(version.into_bytes())])?;
        }
    }
    Ok(made)
}

/// The result of rebuilding indexes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Indexes {
    /// Number of duplicate rows deleted.
    pub doubles: i64,
    /// Indexes whose old pages could not be freed, and that were created on new pages. [`reclaim_pages`] frees the old ones,
    /// outside of a transaction.
    pub left_behind: Vec<String>,
}

/// Rebuilds all indexes from their tables. Of rows that violate a unique index, only the first is kept.
///
/// # Errors
/// If a table is damaged, or an index that implements a constraint of its table.
pub fn indexes(conn: &mut Connection) -> Result<Indexes, StoreError> {
    let mut done = Indexes::default();
    let mut has_doubles = false;
    for (name, sql) in named_indexes(conn)? {
        let mut result =
            in_savepoint(conn, |conn| Ok(conn.batch_execute(&format!("REINDEX {}", quoted(&name)))?));
        if let (Err(error), Some(sql)) = (&result, &sql)
            && error.kind == StoreErrorKind::Corrupt
        {
            // To empty an index SQLite has to read it, which fails.
            forget(conn, &name)?;
            done.left_behind.push(name);
            result = in_savepoint(conn, |conn| Ok(conn.batch_execute(sql)?));
        }
        match result {
            Err(error) if error.kind == StoreErrorKind::Constraint => has_doubles = true,
            other => other?,
        }
    }
    if has_doubles {
        done.doubles = delete_duplicates(conn)?;
        // Creates the indexes that could not be created before.
        schema(conn)?;
        conn.batch_execute("REINDEX")?;
    }
    Ok(done)
}

/// Returns the names of the indexes and their statements; indexes of constraints have none.
fn named_indexes(conn: &mut Connection) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let rows =
        dynamic::rows(conn, "SELECT name, sql FROM sqlite_schema WHERE type = 'index' ORDER BY rowid")?;
    let text = |value: &Value| match value {
        Value::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    };
    Ok(rows
        .iter()
        .filter_map(|Row(values)| match values.as_slice() {
            [name, sql] => Some((text(name)?, text(sql))),
            _ => None,
        })
        .collect())
}

/// Removes an index from the schema without touching its pages.
fn forget(conn: &mut Connection, index: &str) -> Result<(), StoreError> {
    conn.batch_execute("PRAGMA writable_schema = ON")?;
    let sql = "DELETE FROM sqlite_schema WHERE type = 'index' AND name = ?";
    let forgotten = dynamic::execute(conn, sql, &[Value::Text(index.as_bytes().to_vec())]);
    // Makes SQLite read the schema again.
    conn.batch_execute("PRAGMA writable_schema = RESET")?;
    forgotten.map(drop)
}

fn in_savepoint(
    conn: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    conn.batch_execute("SAVEPOINT one_index")?;
    let result = work(conn);
    if result.is_err() {
        conn.batch_execute("ROLLBACK TO one_index")?;
    }
    conn.batch_execute("RELEASE one_index")?;
    result
}

/// Returns whether a line of an integrity check only reports an unused page.
pub fn is_obsolete(line: &str) -> bool {
    line.ends_with("never used")
}

/// Frees unused pages by rewriting the file.
///
/// # Errors
/// If another process writes, or there is too little space.
pub fn reclaim_pages(conn: &mut Connection) -> Result<(), StoreError> {
    Ok(conn.batch_execute("VACUUM")?)
}

/// Deletes all but the first of rows that violate a unique index. Returns how many.
fn delete_duplicates(conn: &mut Connection) -> Result<i64, StoreError> {
    let mut gone = 0;
    let mut model = model(&migrations::applied(conn).unwrap_or_default())?;
    for (table, has_rowid) in dynamic::tables(conn)? {
        if !has_rowid {
            continue;
        }
        // From the expected schema, because the index itself may be missing.
        let uniques = texts(
            &mut model,
            &format!(
                "SELECT (SELECT group_concat(name) FROM pragma_index_info(list.name)) FROM pragma_index_list('{}') AS list
                 WHERE \"unique\" AND NOT partial",
                table.replace('\'', "''")
            ),
        )?;
        for columns in uniques {
            let columns: Vec<String> = columns.split(',').map(quoted).collect();
            let name = quoted(&table);
            // Neither statement may use an index, because it may lack rows. NULLs are never equal.
            let all_there: Vec<String> =
                columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
            let sql = format!(
                "SELECT rowid FROM (SELECT rowid, row_number() OVER (PARTITION BY {} ORDER BY rowid) AS place
                 FROM {name} NOT INDEXED WHERE {}) WHERE place > 1",
                columns.join(", "),
                all_there.join(" AND ")
            );
            for row in dynamic::rows(conn, &sql)? {
                dynamic::execute(conn, &format!("DELETE FROM {name} WHERE rowid = ?"), &row.0)?;
                gone += 1;
            }
        }
    }
    Ok(gone)
}

/// Returns the names of indexes that are mentioned in a list of findings.
///
/// # Errors
///
/// If the schema cannot be read.
pub fn named_in(conn: &mut Connection, found: &[String]) -> Result<Vec<String>, StoreError> {
    let names: BTreeSet<String> =
        texts(conn, "SELECT name FROM sqlite_schema WHERE type = 'index'")?.into_iter().collect();
    Ok(names.into_iter().filter(|name| found.iter().any(|line| line.contains(name.as_str()))).collect())
}

/// Runs work in one transaction, which is rolled back if the work fails or `keep` is false. Foreign keys are off meanwhile.
///
/// # Errors
/// If another process writes; the error of the work.
pub fn in_transaction<T>(
    conn: &mut Connection,
    keep: bool,
    work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    conn.batch_execute("PRAGMA foreign_keys = OFF;")?;
    let mut result = None;
    let ended = conn.immediate_transaction(|conn| {
        let done = result.insert(work(conn));
        if keep && done.is_ok() { Ok(()) } else { Err(DieselError::RollbackTransaction) }
    });
    match (ended, result) {
        (Ok(()) | Err(DieselError::RollbackTransaction), Some(result)) => result,
        (Err(error), _) => Err(error.into()),
        (Ok(()), None) => Err(StoreError::new(StoreErrorKind::Other, "nothing was changed")),
    }
}

/// Returns all derived rows, for comparison.
///
/// # Errors
///
/// If it cannot be read.
pub fn derived(conn: &mut Connection) -> Result<Vec<Row>, StoreError> {
    let mut all = dynamic::rows(conn, "SELECT * FROM job_days ORDER BY day, job_id")?;
    all.extend(dynamic::rows(conn, "SELECT * FROM jobs ORDER BY id")?);
    Ok(all)
}
