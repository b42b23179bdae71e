//! Repairs rows with damaged content or missing parents. Foreign keys are off meanwhile.

use std::collections::BTreeMap;

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::Text};

use super::row_validation::{self, WORDS, Wrong};
use crate::{
    db::{
        Connection, StoreError,
        engine::dynamic::{self, Column, Row, Value, columns, quoted, tables},
    },
    time::Timestamp,
};

/// Maximum number of passes that delete rows without parents, because each may orphan others.
const ROUNDS: usize = 8;

/// Number of changed rows by kind of change, as text.
pub type Done = BTreeMap<String, i64>;

/// Replaces damaged content: texts by their readable part, impossible numbers by NULL, unknown words by the most
/// neutral one, times by the nearest known one.
///
/// # Errors
///
/// Database errors.
pub fn repair_rows(conn: &mut Connection, now: Timestamp) -> Result<Done, StoreError> {
    row_validation::register(conn)?;
    with_writable_audit_log(conn, |conn| repair_tables(conn, now))
}

/// Runs work with the protection of the audit log turned off.
pub(in crate::db) fn with_writable_audit_log<T>(
    conn: &mut Connection,
    work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let guard =
        dynamic::texts(conn, "SELECT sql FROM sqlite_schema WHERE name = 'audit_log_is_not_changed'")?;
    conn.batch_execute("DROP TRIGGER IF EXISTS audit_log_is_not_changed")?;
    let result = work(conn);
    for sql in guard {
        conn.batch_execute(&sql)?;
    }
    result
}

fn repair_tables(conn: &mut Connection, now: Timestamp) -> Result<Done, StoreError> {
    let mut done = Done::new();
    for (table, has_rowid) in tables(conn)? {
        if !has_rowid {
            continue;
        }
        for column in columns(conn, "main", &table)? {
            for rule in row_validation::rules(&table, &column) {
                let (name, sql_table) = (quoted(&column.name), quoted(&table));
                let changed = if rule.wrong == Wrong::NotPacked {
                    // Without its content the row is useless.
                    dynamic::execute(conn, &format!("DELETE FROM {sql_table} WHERE {}", rule.when), &[])?
                } else if matches!(rule.wrong, Wrong::NotUtf8 | Wrong::NotText) && column.declared == "TEXT" {
                    make_readable(conn, &table, &column, &rule.when)?
                } else {
                    let with = replacement(&table, &column, now);
                    dynamic::execute(
                        conn,
                        &format!("UPDATE OR IGNORE {sql_table} SET {name} = {with} WHERE {}", rule.when),
                        &[],
                    )?
                };
                if changed > 0 {
                    *done.entry(format!("{table}.{} {}", column.name, rule.wrong.as_str())).or_default() +=
                        i64::try_from(changed).unwrap_or(0);
                }
            }
        }
    }
    Ok(done)
}

/// Replaces invalid text by readable text with replacement characters.
fn make_readable(
    conn: &mut Connection,
    table: &str,
    column: &Column,
    when: &str,
) -> Result<usize, StoreError> {
    let (name, sql_table) = (quoted(&column.name), quoted(table));
    let rows =
        dynamic::rows(conn, &format!("SELECT rowid, CAST({name} AS BLOB) FROM {sql_table} WHERE {when}"))?;
    let mut changed = 0;
    for Row(values) in rows {
        let [rowid, Value::Blob(bytes)] = values.as_slice() else { continue };
        let values = [Value::Text(bytes.clone()), rowid.clone()];
        changed += dynamic::execute(
            conn,
            &format!("UPDATE OR IGNORE {sql_table} SET {name} = ? WHERE rowid = ?"),
            &values,
        )?;
    }
    Ok(changed)
}

/// Returns the replacement of a damaged value as SQL over the same row.
fn replacement(table: &str, column: &Column, now: Timestamp) -> String {
    if let Some((.., word)) = WORDS.iter().find(|word| (word.0, word.1) == (table, &*column.name)) {
        return format!("'{word}'");
    }
    if !column.required {
        return "NULL".to_owned();
    }
    match (column.declared.as_str(), table, column.name.as_str()) {
        ("DATETIME", "backups" | "operations", "start_time") => {
            // Times within a job must be unique, so each row gets a different second.
            format!(
                "strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(nullif(strftime('%s', created_at), ''), '{}') - rowid % 86400, 'unixepoch')",
                now.unix()
            )
        }
        ("DATETIME", "backups" | "operations", "created_at") => format!("coalesce(start_time, '{now}')"),
        // A session or key with an unknown expiry has expired.
        ("DATETIME", _, "expires_at") => "'1970-01-01T00:00:00Z'".to_owned(),
        ("DATETIME", ..) => format!("'{now}'"),
        ("TEXT", ..) => "''".to_owned(),
        ("BLOB", ..) => "x''".to_owned(),
        _ => "0".to_owned(),
    }
}

/// Restores missing parents of rows whose own columns identify them: the server of machines, jobs and runs, and the
/// job of runs. Other orphans are deleted.
///
/// # Errors
///
/// Database errors.
pub fn parents(conn: &mut Connection, now: Timestamp) -> Result<Done, StoreError> {
    let mut done = Done::new();
    for (what, sql) in steps(now) {
        let changed = dynamic::execute(conn, &sql, &[])?;
        if changed > 0 {
            done.insert(what.to_owned(), i64::try_from(changed).unwrap_or(0));
        }
    }
    for _ in 0..ROUNDS {
        if remove_orphans(conn, &mut done)? == 0 {
            break;
        }
    }
    Ok(done)
}

fn steps(now: Timestamp) -> Vec<(&'static str, String)> {
    let taken = "EXISTS (SELECT 1 FROM servers AS s WHERE s.name = known.name)";
    vec![
        // The job determines the server, unless it already has a run of that time.
        (
            "runs reassigned to the server of their job",
            "UPDATE OR IGNORE backups SET server_id = (SELECT server_id FROM jobs WHERE jobs.id = backups.job_id)
             WHERE EXISTS (SELECT 1 FROM jobs WHERE jobs.id = backups.job_id AND jobs.server_id <> backups.server_id)"
                .to_owned(),
        ),
        (
            "servers recreated",
            format!(
                "INSERT INTO servers (id, name, created_at, updated_at)
                 SELECT id, CASE WHEN {taken} OR name IS NULL THEN 'server ' || id || ' (restored)' ELSE name END, '{now}', '{now}'
                 FROM (SELECT ids.id, (SELECT machine_name FROM machine_ids WHERE server_id = ids.id
                                       ORDER BY last_seen DESC LIMIT 1) AS name
                       FROM (SELECT server_id AS id FROM machine_ids UNION SELECT server_id FROM jobs
                             UNION SELECT server_id FROM backups UNION SELECT server_id FROM operations
                             UNION SELECT server_id FROM ingest_keys) AS ids
                       WHERE ids.id > 0 AND NOT EXISTS (SELECT 1 FROM servers WHERE servers.id = ids.id)
                       GROUP BY name, ids.id) AS known"
            ),
        ),
        (
            "jobs recreated",
            format!(
                "INSERT INTO jobs (id, server_id, name, created_at)
                 SELECT job_id, server_id, CASE
                     WHEN name = '' OR EXISTS (SELECT 1 FROM jobs AS j WHERE j.server_id = lost.server_id AND j.name = lost.name)
                          OR lost.job_id <> min(lost.job_id) OVER (PARTITION BY server_id, name)
                     THEN trim(name || ' (job ' || job_id || ')') ELSE name END, coalesce(since, '{now}')
                 FROM (SELECT job_id, min(server_id) AS server_id, max(backup_name) AS name, min(created_at) AS since
                       FROM (SELECT job_id, server_id, backup_name, created_at FROM backups
                             UNION ALL SELECT job_id, server_id, '', created_at FROM operations) AS rows
                       WHERE job_id > 0 AND server_id > 0
                           AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = rows.job_id) GROUP BY job_id) AS lost"
            ),
        ),
        (
            "runs reassigned to the server of their job",
            "UPDATE OR IGNORE backups SET server_id = (SELECT server_id FROM jobs WHERE jobs.id = backups.job_id)
             WHERE EXISTS (SELECT 1 FROM jobs WHERE jobs.id = backups.job_id AND jobs.server_id <> backups.server_id)"
                .to_owned(),
        ),
        (
            "operations reassigned to the server of their job",
            "UPDATE operations SET server_id = (SELECT server_id FROM jobs WHERE jobs.id = operations.job_id)
             WHERE EXISTS (SELECT 1 FROM jobs WHERE jobs.id = operations.job_id AND jobs.server_id <> operations.server_id)"
                .to_owned(),
        ),
        (
            "runs renamed after their job",
            "UPDATE backups SET backup_name = (SELECT name FROM jobs WHERE jobs.id = backups.job_id)
             WHERE backup_name = '' AND EXISTS (SELECT 1 FROM jobs WHERE jobs.id = backups.job_id)"
                .to_owned(),
        ),
        (
            "orphaned raw reports deleted",
            "DELETE FROM raw_reports WHERE run_id IS NULL AND operation_id IS NULL".to_owned(),
        ),
    ]
}

/// Deletes rows with missing parents, or sets the reference to NULL where the schema says so. Returns how many.
fn remove_orphans(conn: &mut Connection, done: &mut Done) -> Result<usize, StoreError> {
    let orphans = dynamic::rows(conn, "SELECT \"table\", rowid, fkid FROM pragma_foreign_key_check")?;
    let count = orphans.len();
    for Row(values) in orphans {
        let [Value::Text(table), rowid, fk] = values.as_slice() else { continue };
        let table = String::from_utf8_lossy(table).into_owned();
        let keys: Vec<Row> =
            diesel::sql_query("SELECT id, \"from\", on_delete FROM pragma_foreign_key_list(?)")
                .bind::<Text, _>(&table)
                .load(conn)?;
        let key = keys.into_iter().find(|row| row.0.first() == Some(fk));
        let sql_table = quoted(&table);
        let (sql, what) = match key.as_ref().map(|row| row.0.as_slice()) {
            Some([_, Value::Text(from), Value::Text(action)]) if action.as_slice() == b"SET NULL" => {
                let from = quoted(&String::from_utf8_lossy(from));
                (format!("UPDATE {sql_table} SET {from} = NULL WHERE rowid = ?"), "references removed")
            }
            _ => (
                format!("DELETE FROM {sql_table} WHERE rowid = ?"),
                "deleted because their parent no longer exists",
            ),
        };
        // Tables without row ids hold only temporary data.
        let changed = if *rowid == Value::Null {
            let gone = "DELETE FROM live_runs WHERE job_id NOT IN (SELECT id FROM jobs)";
            dynamic::execute(conn, gone, &[])?
        } else {
            dynamic::execute(conn, &sql, std::slice::from_ref(rowid))?
        };
        *done.entry(format!("{table}: {what}")).or_default() += i64::try_from(changed).unwrap_or(0);
    }
    Ok(count)
}
