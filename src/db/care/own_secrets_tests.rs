//! Every text column of the schema is either processed or excluded with a reason.

use super::*;
use crate::db::engine::{connection::open_writer, dynamic::Column, migrate::migrate};

type TestResult = Result<(), Box<dyn std::error::Error>>;

const KEY: &str = "k7f2abcdefghijkmnpqrstuvwxyz23456789abcdefghijkmnpqr";

fn file() -> Result<(tempfile::TempDir, Connection), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut conn = open_writer(&folder.path().join("duplistatus.db"))?;
    migrate(&mut conn, crate::db::care::derived::after_migration)?;
    conn.batch_execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;")?;
    Ok((folder, conn))
}

fn hide_all(conn: &mut Connection) -> Result<usize, StoreError> {
    let mut replaced = 0;
    for texts in texts(conn)? {
        let mut after = 0;
        loop {
            let ScannedRows { changes, last } = texts.look(conn, after)?;
            replaced += replace(conn, &changes)?;
            match last {
                Some(last) => after = last,
                None => break,
            }
        }
    }
    Ok(replaced)
}

/// Returns every value of every table as text, decompressed.
fn everything(conn: &mut Connection) -> Result<Vec<(String, String)>, StoreError> {
    let mut all = Vec::new();
    for (table, _) in tables(conn)? {
        for Row(values) in dynamic::rows(conn, &format!("SELECT * FROM {}", quoted(&table)))? {
            for value in values {
                let text = match value {
                    Value::Text(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                    Value::Blob(bytes) => raw_reports::unpack(&bytes).unwrap_or_default(),
                    _ => continue,
                };
                all.push((table.clone(), text));
            }
        }
    }
    Ok(all)
}

#[test]
fn every_column_that_can_hold_text_is_gone_through_or_excused_with_a_reason() -> TestResult {
    let (_folder, mut conn) = file()?;
    let covered = texts(&mut conn)?;
    let mut known = Vec::new();
    for (table, _) in tables(&mut conn)? {
        for Column { name, declared, .. } in columns(&mut conn, "main", &table)? {
            known.push((table.clone(), name.clone()));
            if ["BIGINT", "INTEGER", "BOOLEAN", "DATETIME"].contains(&declared.as_str()) {
                continue;
            }
            let is_covered = covered
                .iter()
                .any(|texts| texts.table == table && texts.columns.iter().any(|(column, _)| *column == name));
            let excuse = EXCUSED.iter().find(|known| (known.0, known.1) == (&*table, &*name));
            // Rows that are made from others follow them.
            let is_derived = DERIVED.contains(&&*table);
            let ways = [is_covered, excuse.is_some_and(|excuse| !excuse.2.is_empty()), is_derived]
                .iter()
                .filter(|way| **way)
                .count();
            assert_eq!(ways, 1, "{table}.{name} {declared}");
        }
    }
    for (table, column, _) in EXCUSED {
        assert!(known.contains(&(table.into(), column.into())), "{table}.{column} is in no table");
    }
    Ok(())
}

#[test]
fn a_key_is_hidden_in_every_column_that_is_not_excused() -> TestResult {
    let (_folder, mut conn) = file()?;
    let quoted_key = format!("see http://nas:9666/api/status/{KEY}?a=b");
    let mut written = 0;
    for texts in texts(&mut conn)? {
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for column in columns(&mut conn, "main", &texts.table)? {
            let covered = texts.columns.iter().find(|(name, _)| *name == column.name);
            names.push(quoted(&column.name));
            values.push(match (covered, column.declared.as_str()) {
                (Some((_, true)), _) => {
                    Value::Blob(raw_reports::pack(quoted_key.as_bytes()).ok_or("not packed")?)
                }
                (Some(_), _) => Value::Text(quoted_key.clone().into_bytes()),
                (None, "DATETIME") => Value::Text(b"2026-11-23T00:00:00Z".to_vec()),
                (None, "TEXT") => Value::Text(b"a hash".to_vec()),
                _ => Value::Integer(1),
            });
            written += usize::from(covered.is_some());
        }
        let marks = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT INTO {} ({}) VALUES ({marks})", quoted(&texts.table), names.join(", "));
        dynamic::execute(&mut conn, &sql, &values)?;
    }
    assert_eq!(hide_all(&mut conn)?, written);
    for (table, text) in everything(&mut conn)? {
        assert!(!text.contains(KEY), "{table}: {text}");
    }
    assert_eq!(hide_all(&mut conn)?, 0, "nothing is left to do");
    let trail = dynamic::execute(&mut conn, "UPDATE audit_log SET action = 'x'", &[]);
    assert!(trail.is_err(), "nobody changes the trail");
    Ok(())
}

#[test]
fn names_that_must_differ_differ_afterwards() -> TestResult {
    let (_folder, mut conn) = file()?;
    let other = KEY.replacen('k', "m", 1);
    for key in [KEY, &other] {
        let name = Value::Text(format!("nas /api/upload/{key}").into_bytes());
        dynamic::execute(&mut conn, "INSERT INTO servers (name) VALUES (?)", &[name])?;
    }
    assert_eq!(hide_all(&mut conn)?, 2);
    let names = dynamic::texts(&mut conn, "SELECT name FROM servers ORDER BY id")?;
    assert_eq!(names, ["nas /api/upload/***", "nas /api/upload/*** (2)"]);
    Ok(())
}
