//! Copies a table by row id: ranges that fail are halved until the failing part is as small as possible.

use super::{Salvage, TableState, is_damage};
use crate::db::{
    StoreError,
    engine::dynamic::{self, Column, Value, quoted},
};

/// Number of rows copied by one statement.
const CHUNK: i64 = 4096;
/// Number of failed statements per table before ranges are no longer halved; each row of a gap costs two.
const TIMEOUT: u32 = 20_000;

impl Salvage<'_> {
    pub(in crate::db) fn walk_tables(&mut self) -> Result<(), StoreError> {
        let names: Vec<String> = self.tables.keys().cloned().collect();
        for table in names {
            // Taken out of the map while in use. If that fails the whole salvage fails, so nothing is lost.
            let Some(mut state) = self.tables.remove(&table) else { continue };
            if state.gaps.is_empty() {
                let result = if state.has_rowid {
                    self.walk(&table, &mut state)
                } else {
                    self.copy_by_key(&table, &mut state)
                };
                result?;
            }
            self.tables.insert(table, state);
        }
        Ok(())
    }

    fn walk(&mut self, table: &str, state: &mut TableState) -> Result<(), StoreError> {
        let Some(last) = self.last_row(table) else {
            state.expected = Some(0);
            return Ok(());
        };
        let copy = Copy::of(table, &state.columns);
        // If the last row id is unknown, the steps grow with the range.
        let step = CHUNK.max(last / CHUNK);
        let (mut read, mut failures) = (0, 0);
        let mut start = 1_i64;
        loop {
            let end = start.saturating_add(step - 1).min(last);
            let mut waiting = vec![(start, end)];
            while let Some((a, b)) = waiting.pop() {
                match copy.run(self, a, b) {
                    Ok(rows) => read += rows,
                    Err(error) if !is_damage(&error) => return Err(error),
                    Err(_) => {
                        failures += 1;
                        if a == b || failures > TIMEOUT {
                            state.gaps.push(a, b);
                        } else {
                            let middle = a + (b - a) / 2;
                            waiting.push((middle + 1, b));
                            waiting.push((a, middle));
                        }
                    }
                }
            }
            self.tell(table, end, last);
            if end >= last {
                break;
            }
            start = end + 1;
        }
        state.walked = self.count(table)?;
        state.refused = read - state.walked;
        state.expected = if state.gaps.is_empty() { Some(read) } else { self.count_by_index(table) };
        Ok(())
    }

    /// The last row number; `None` for an empty table.
    fn last_row(&mut self, table: &str) -> Option<i64> {
        let last =
            dynamic::number(&mut self.conn, &format!("SELECT max(rowid) FROM broken.{}", quoted(table)));
        // The sequence limits the row ids.
        let given = dynamic::rows(&mut self.conn, "SELECT name, seq FROM broken.sqlite_sequence")
            .unwrap_or_default()
            .into_iter()
            .find(|row| row.0.first() == Some(&Value::Text(table.as_bytes().to_vec())))
            .and_then(|row| row.0.get(1).and_then(Value::integer))
            .filter(|given| *given >= 1);
        if matches!((&last, given), (Ok(None), None)) {
            return None;
        }
        // Ours begin at 1: 0 is a last leaf that is zeroed or beyond the end of the file, and says nothing of those before it.
        let last = last.ok().flatten().filter(|last| *last >= 1);
        Some(last.max(given).unwrap_or(i64::from(u32::MAX)))
    }

    /// Returns the number of rows by an index of the damaged file, if one can be read.
    fn count_by_index(&mut self, table: &str) -> Option<i64> {
        for index in self.indexes(table) {
            let (table, index) = (quoted(table), quoted(&index.name));
            let sql = format!("SELECT count(*) FROM broken.{table} INDEXED BY {index}");
            if let Ok(Some(count)) = dynamic::number(&mut self.conn, &sql) {
                return Some(count);
            }
        }
        None
    }

    /// Copies a small table without row ids from both ends, as far as each can be read.
    fn copy_by_key(&mut self, table: &str, state: &mut TableState) -> Result<(), StoreError> {
        let names: Vec<String> = state.columns.iter().map(|column| quoted(&column.name)).collect();
        let key: Vec<String> =
            state.columns.iter().filter(|column| column.is_key).map(|column| quoted(&column.name)).collect();
        let (all, name) = (names.join(", "), quoted(table));
        let marks = vec!["?"; names.len()].join(", ");
        let insert = format!("INSERT OR IGNORE INTO main.{name} ({all}) VALUES ({marks})");
        for direction in ["ASC", "DESC"] {
            let order: Vec<String> = key.iter().map(|column| format!("{column} {direction}")).collect();
            let sql = format!("SELECT {all} FROM broken.{name} ORDER BY {}", order.join(", "));
            let (rows, error) = dynamic::rows_until_error(&mut self.conn, &sql);
            for row in &rows {
                dynamic::execute(&mut self.conn, &insert, &row.0)?;
            }
            if error.is_none() {
                state.expected = Some(i64::try_from(rows.len()).unwrap_or(i64::MAX));
                break;
            }
        }
        state.walked = self.count(table)?;
        Ok(())
    }
}

/// The statements that copy and count a range of rows.
struct Copy {
    insert: String,
    count: String,
}

impl Copy {
    fn of(table: &str, columns: &[Column]) -> Self {
        let name = quoted(table);
        let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
        let values: Vec<String> = columns.iter().map(present).collect();
        let range = "WHERE rowid BETWEEN ? AND ?";
        Self {
            insert: format!(
                "INSERT OR IGNORE INTO main.{name} ({}) SELECT {} FROM broken.{name} NOT INDEXED {range}",
                names.join(", "),
                values.join(", ")
            ),
            count: format!("SELECT count(*) FROM broken.{name} NOT INDEXED {range}"),
        }
    }

    /// Copies a range. Returns the number of rows in the damaged file.
    fn run(&self, salvage: &mut Salvage<'_>, first: i64, last: i64) -> Result<i64, StoreError> {
        let range = [Value::Integer(first), Value::Integer(last)];
        dynamic::execute(&mut salvage.conn, &self.insert, &range)?;
        let count = self.count.replacen('?', &first.to_string(), 1).replacen('?', &last.to_string(), 1);
        Ok(dynamic::number(&mut salvage.conn, &count)?.unwrap_or(0))
    }
}

/// Returns the SQL of a column to copy. A missing value of a required column gets a placeholder, which is repaired later.
fn present(column: &Column) -> String {
    let name = quoted(&column.name);
    if column.required && !column.is_key { format!("coalesce({name}, {})", substitute(column)) } else { name }
}

/// Returns the SQL of the placeholder for a missing value.
pub(in crate::db) fn substitute(column: &Column) -> &'static str {
    match column.declared.as_str() {
        "TEXT" | "DATETIME" => "''",
        "BLOB" => "x''",
        _ => "0",
    }
}
