//! Masks our own secrets in rows stored by versions that did not mask them on arrival. Processes every text column except those listed here
//! with a reason.

use diesel::connection::SimpleConnection as _;

use super::{row_repair, salvage::DERIVED};
use crate::{
    db::{
        Connection, StoreError,
        engine::{
            connection,
            dynamic::{self, Row, Value, columns, quoted, tables},
        },
        tables::raw_reports,
    },
    report::hide_own_secrets,
};

/// Text columns that must not be changed, and why.
const EXCUSED: [(&str, &str, &str); 8] = [
    ("api_keys", "hash", "a hash, by which a key is found"),
    ("ingest_keys", "hash", "a hash, by which a key is found"),
    ("sessions", "hash", "a hash, by which a session is found"),
    ("recovery_codes", "hash", "a hash, by which a code is found"),
    ("users", "password_hash", "a hash with its salt"),
    ("users", "totp_secret", "sealed: what is changed in it cannot be opened"),
    ("configuration", "key", "words of this program"),
    ("configuration", "value", "settings of this program, of which some are sealed"),
];

/// Columns with compressed texts.
const PACKED: [(&str, &str); 1] = [("raw_reports", "body")];

/// Number of rows read at once; a log has up to 256 KiB.
const BATCH: usize = 50;

/// A table with text columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextTable {
    /// Its name.
    pub table: String,
    has_rowid: bool,
    /// The columns, and whether they are compressed.
    columns: Vec<(String, bool)>,
}

/// A text to replace.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    table: String,
    column: String,
    /// The row; `None` in tables without row ids, for all rows with this value.
    rowid: Option<i64>,
    was: Vec<u8>,
    is: Value,
}

/// A batch of processed rows.
#[derive(Debug, Clone, Default)]
pub struct ScannedRows {
    /// Texts to replace.
    pub changes: Vec<Change>,
    /// The last row processed; `None` if there are no more.
    pub last: Option<i64>,
}

/// Returns the tables with text columns, by name.
///
/// # Errors
///
/// Database errors.
pub fn texts(conn: &mut Connection) -> Result<Vec<TextTable>, StoreError> {
    let mut all = Vec::new();
    for (table, has_rowid) in tables(conn)? {
        if DERIVED.contains(&table.as_str()) {
            continue;
        }
        let is_excused = |column: &str| EXCUSED.iter().any(|known| (known.0, known.1) == (&*table, column));
        let columns: Vec<(String, bool)> = columns(conn, "main", &table)?
            .into_iter()
            .filter(|column| !is_excused(&column.name))
            .filter_map(|column| {
                let is_packed = PACKED.contains(&(&*table, &*column.name));
                // Columns of times are left out; checks verify their format.
                (is_packed || column.declared == "TEXT").then_some((column.name, is_packed))
            })
            .collect();
        if !columns.is_empty() {
            all.push(TextTable { table, has_rowid, columns });
        }
    }
    Ok(all)
}

impl TextTable {
    /// Processes the rows after `after`. A table without row ids is small, and is processed at once.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn look(&self, conn: &mut Connection, after: i64) -> Result<ScannedRows, StoreError> {
        let names: Vec<String> = self.columns.iter().map(|(name, _)| quoted(name)).collect();
        let (names, table) = (names.join(", "), quoted(&self.table));
        let sql = match self.has_rowid {
            true => format!(
                "SELECT rowid, {names} FROM {table} NOT INDEXED WHERE rowid > {after} ORDER BY rowid LIMIT {BATCH}"
            ),
            false => format!("SELECT 0, {names} FROM {table}"),
        };
        let rows = dynamic::rows(conn, &sql)?;
        let mut looked = ScannedRows::default();
        for Row(values) in &rows {
            let Some((rowid, texts)) = values.split_first() else { continue };
            let rowid = rowid.integer().filter(|_| self.has_rowid);
            for ((column, is_packed), value) in self.columns.iter().zip(texts) {
                if let Some((was, is)) = hidden(value, *is_packed) {
                    let (table, column) = (self.table.clone(), column.clone());
                    looked.changes.push(Change { table, column, rowid, was, is });
                }
            }
            looked.last = rowid;
        }
        if rows.len() < BATCH {
            looked.last = None;
        }
        Ok(looked)
    }
}

/// Returns the old value and the masked one; `None` if there is nothing to mask.
fn hidden(value: &Value, is_packed: bool) -> Option<(Vec<u8>, Value)> {
    match value {
        Value::Text(was) if !is_packed => {
            let text = String::from_utf8_lossy(was);
            let is = hide_own_secrets(&text);
            (is != text).then(|| (was.clone(), Value::Text(is.into_owned().into_bytes())))
        }
        Value::Blob(was) if is_packed => {
            let text = raw_reports::unpack(was)?;
            let is = hide_own_secrets(&text);
            (is != text).then(|| Some((was.clone(), Value::Blob(raw_reports::pack(is.as_bytes())?))))?
        }
        _ => None,
    }
}

/// Replaces texts that have not changed meanwhile. Returns how many. The old values are overwritten on disk; copies that SQLite left behind
/// when it moved rows are removed by a vacuum.
///
/// # Errors
///
/// Database errors.
pub fn replace(conn: &mut Connection, changes: &[Change]) -> Result<usize, StoreError> {
    if changes.is_empty() {
        return Ok(0);
    }
    let before = connection::pragma(conn, "secure_delete")?;
    conn.batch_execute("PRAGMA secure_delete = ON")?;
    // The audit log is protected against changes, but it is not meant to contain secrets.
    let make =
        |conn: &mut Connection| changes.iter().try_fold(0, |count, change| Ok(count + change.make(conn)?));
    let is_of_trail = changes.iter().any(|change| change.table == "audit_log");
    let replaced = if is_of_trail { row_repair::with_writable_audit_log(conn, make) } else { make(conn) };
    conn.batch_execute(&format!("PRAGMA secure_delete = {before}"))?;
    replaced
}

impl Change {
    fn make(&self, conn: &mut Connection) -> Result<usize, StoreError> {
        let (table, column) = (quoted(&self.table), quoted(&self.column));
        let whose = self.rowid.map_or_else(String::new, |rowid| format!(" AND rowid = {rowid}"));
        let sql =
            format!("UPDATE OR IGNORE {table} SET {column} = ? WHERE CAST({column} AS BLOB) = ?{whose}");
        // If the value must be unique, a number is appended.
        for number in 1..=9 {
            let is = match &self.is {
                Value::Text(text) if number > 1 => {
                    Value::Text([text.as_slice(), format!(" ({number})").as_bytes()].concat())
                }
                other => other.clone(),
            };
            match dynamic::execute(conn, &sql, &[is, Value::Blob(self.was.clone())])? {
                0 => {}
                changed => return Ok(changed),
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
#[path = "own_secrets_tests.rs"]
mod tests;
