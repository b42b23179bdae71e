//! Writes the whole database as SQL text, in one snapshot. Any SQLite can read it into an empty
//! file.

use std::io::Write;

use diesel::{Connection as _, RunQueryDsl as _};

use crate::db::{
    Connection, StoreError,
    engine::dynamic::{Row, Value, quoted, rows, texts},
};

/// Why a dump failed.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// The database could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The text could not be written.
    #[error("the export could not be written: {0}")]
    Write(#[from] std::io::Error),
}

impl From<diesel::result::Error> for DumpError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

/// Writes tables with their rows, then indexes and triggers. Returns the number of rows.
///
/// # Errors
/// [`DumpError`].
pub fn sql(conn: &mut Connection, out: &mut dyn Write) -> Result<u64, DumpError> {
    conn.transaction(|conn| {
        // The settings of the program's own files, so that the imported file has them, too.
        writeln!(out, "PRAGMA page_size = 16384;\nPRAGMA auto_vacuum = INCREMENTAL;")?;
        writeln!(out, "PRAGMA foreign_keys = OFF;\nBEGIN TRANSACTION;")?;
        let mut count = 0;
        let tables = rows(
            conn,
            "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid",
        )?;
        for Row(values) in tables {
            let [Value::Text(name), Value::Text(sql)] = values.as_slice() else { continue };
            writeln!(out, "{};", String::from_utf8_lossy(sql))?;
            count += table(conn, &String::from_utf8_lossy(name), out)?;
        }
        // SQLite creates this table together with the first one that needs it.
        writeln!(out, "DELETE FROM sqlite_sequence;")?;
        count += table(conn, "sqlite_sequence", out)?;
        let others = "SELECT sql FROM sqlite_schema WHERE type <> 'table' AND sql IS NOT NULL ORDER BY rowid";
        for sql in texts(conn, others)? {
            writeln!(out, "{sql};")?;
        }
        writeln!(out, "COMMIT;")?;
        Ok(count)
    })
}

fn table(conn: &mut Connection, name: &str, out: &mut dyn Write) -> Result<u64, DumpError> {
    let (name, mut count) = (quoted(name), 0);
    each(conn, &format!("SELECT * FROM {name}"), |Row(values)| {
        write!(out, "INSERT INTO {name} VALUES (")?;
        for (number, value) in values.iter().enumerate() {
            if number > 0 {
                out.write_all(b", ")?;
            }
            literal(value, out)?;
        }
        out.write_all(b");\n")?;
        count += 1;
        Ok(())
    })?;
    Ok(count)
}

/// Passes the rows of a query on one by one, because a table may be larger than the memory.
pub(in crate::db) fn each(
    conn: &mut Connection,
    sql: &str,
    mut take: impl FnMut(Row) -> Result<(), DumpError>,
) -> Result<(), DumpError> {
    for row in diesel::sql_query(sql).load_iter::<Row, _>(conn)? {
        take(row?)?;
    }
    Ok(())
}

fn literal(value: &Value, out: &mut dyn Write) -> std::io::Result<()> {
    match value {
        Value::Null => out.write_all(b"NULL"),
        Value::Integer(number) => write!(out, "{number}"),
        // `{:?}` writes a decimal point, so that the value stays a floating-point number.
        Value::Real(number) if number.is_finite() => write!(out, "{number:?}"),
        Value::Real(number) => write!(out, "{}9e999", if *number < 0.0 { "-" } else { "" }),
        Value::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => write!(out, "'{}'", text.replace('\'', "''")),
            // A text literal cannot contain NUL or invalid UTF-8.
            _ => write!(out, "CAST(X'{}' AS TEXT)", hex::encode(bytes)),
        },
        Value::Blob(bytes) => write!(out, "X'{}'", hex::encode(bytes)),
    }
}
