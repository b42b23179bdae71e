//! Rows that are created after the template of a row that the program wrote.

use rusqlite::{Connection, Statement, ToSql, types::Value};

/// A row that serves as the template of others.
pub struct Pattern {
    names: Vec<String>,
    values: Vec<Value>,
}

impl Pattern {
    /// Reads one row without the table's id, which SQLite assigns.
    pub fn read(connection: &Connection, table: &str, condition: &str) -> rusqlite::Result<Self> {
        let mut select = connection.prepare(&format!("SELECT * FROM {table} WHERE {condition}"))?;
        let names: Vec<String> = select.column_names().into_iter().map(str::to_owned).collect();
        let count = names.len();
        let values = select.query_row([], |row| (0..count).map(|index| row.get(index)).collect())?;
        let mut pattern = Self { names, values };
        if let Some(id) = pattern.names.iter().position(|name| name == "id") {
            pattern.names.remove(id);
            pattern.values.remove(id);
        }
        Ok(pattern)
    }

    /// Prepares the insertion of rows like it. `end` follows the values.
    pub fn insert<'c>(
        &self,
        connection: &'c Connection,
        table: &str,
        end: &str,
    ) -> rusqlite::Result<Statement<'c>> {
        let marks = vec!["?"; self.names.len()].join(", ");
        connection.prepare(&format!("INSERT INTO {table} ({}) VALUES ({marks}) {end}", self.names.join(", ")))
    }

    /// Sets a column, if the table has it.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        let place = self.names.iter().position(|known| known == name);
        if let Some(place) = place.and_then(|index| self.values.get_mut(index)) {
            *place = value.into();
        }
    }

    /// Returns the values in the order of the prepared statement.
    pub fn values(&self) -> impl Iterator<Item = &dyn ToSql> {
        self.values.iter().map(|value| value as &dyn ToSql)
    }
}
