//! Recovers rows in the gaps from the pages.

use std::collections::HashMap;

use super::{
    Salvage,
    pages::{FoundRow, Owner},
    walk::substitute,
};
use crate::db::{
    StoreError,
    engine::dynamic::{self, Column, Value, columns, quoted},
};

/// Number of pages between two progress reports.
const OFTEN: u32 = 256;

impl Salvage<'_> {
    pub(in crate::db) fn scan_pages(&mut self) -> Result<(), StoreError> {
        let Some(mut pages) = self.pages()? else { return Ok(()) };
        let mut roots = self.roots();
        let stored = self.stored_columns();
        let mut broken = 0;
        for number in 1..=pages.count() {
            if number % OFTEN == 0 {
                self.tell("pages", i64::from(number), i64::from(pages.count()));
            }
            if pages.is_map(number) {
                continue;
            }
            let owner = pages.owner(number);
            let known = match owner {
                Owner::Free | Owner::Root(1) => continue,
                Owner::Root(root) => roots.get(&root).cloned(),
                Owner::Unknown => None,
            };
            if known.as_ref().is_some_and(|table| !self.has_gaps(table)) {
                continue;
            }
            let (rows, unreadable) = pages.rows(number);
            broken += unreadable;
            let table = known.or_else(|| identify(&rows, &stored).map(str::to_owned));
            let Some(table) = table.filter(|table| self.has_gaps(table)) else { continue };
            if let Owner::Root(root) = owner {
                roots.insert(root, table.clone());
            }
            let Some(columns) = stored.get(&table) else { continue };
            for row in rows {
                self.keep(&table, columns, row)?;
            }
        }
        if broken > 0 {
            self.notes.push(format!("{broken} rows on readable pages are damaged."));
        }
        Ok(())
    }

    fn has_gaps(&self, table: &str) -> bool {
        self.tables.get(table).is_some_and(|state| state.has_rowid && !state.gaps.is_empty())
    }

    /// Returns all columns of each table in the order in which they are stored.
    fn stored_columns(&mut self) -> HashMap<String, Vec<Column>> {
        let mut stored = HashMap::new();
        let tables: Vec<String> = self.tables.keys().cloned().collect();
        for table in tables {
            let there =
                if self.is_attached { columns(&mut self.conn, "broken", &table) } else { Ok(Vec::new()) };
            let there = match there {
                Ok(there) if !there.is_empty() => there,
                _ => columns(&mut self.conn, "main", &table).unwrap_or_default(),
            };
            stored.insert(table, there);
        }
        stored
    }

    /// Stores a row if it is in a gap.
    fn keep(&mut self, table: &str, stored: &[Column], row: FoundRow) -> Result<(), StoreError> {
        let Some(state) = self.tables.get_mut(table) else { return Ok(()) };
        if row.rowid < 1 || !state.gaps.contains(row.rowid) || row.values.len() > stored.len() {
            return Ok(());
        }
        let (mut names, mut marks, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for (place, column) in stored.iter().enumerate() {
            let Some(wanted) = state.columns.iter().find(|wanted| wanted.name == column.name) else {
                continue;
            };
            names.push(quoted(&column.name));
            // The row id is not stored among the columns, and columns that were added later may be missing.
            let value = match row.values.get(place) {
                _ if column.is_key => Value::Integer(row.rowid),
                Some(value) => value.clone(),
                None => Value::Null,
            };
            marks.push(if wanted.required {
                format!("coalesce(?, {})", substitute(wanted))
            } else {
                "?".to_owned()
            });
            values.push(value);
        }
        let sql = format!(
            "INSERT OR IGNORE INTO main.{} ({}) VALUES ({})",
            quoted(table),
            names.join(", "),
            marks.join(", ")
        );
        let kept = dynamic::execute(&mut self.conn, &sql, &values)?;
        state.from_pages += i64::try_from(kept).unwrap_or(0);
        Ok(())
    }
}

/// Returns the only table that all rows of a page match.
fn identify<'t>(rows: &[FoundRow], tables: &'t HashMap<String, Vec<Column>>) -> Option<&'t str> {
    if rows.is_empty() {
        return None;
    }
    let mut fitting = tables.iter().filter(|(_, columns)| rows.iter().all(|row| fits(row, columns)));
    match (fitting.next(), fitting.next()) {
        (Some((table, _)), None) => Some(table),
        _ => None,
    }
}

fn fits(row: &FoundRow, columns: &[Column]) -> bool {
    row.values.len() == columns.len()
        && row.values.iter().zip(columns).all(|(value, column)| match value {
            Value::Null => column.is_key || !column.required,
            _ if column.is_key => false,
            Value::Integer(number) => match column.declared.as_str() {
                "BOOLEAN" => matches!(number, 0 | 1),
                declared => matches!(declared, "BIGINT" | "INTEGER"),
            },
            Value::Text(text) => match column.declared.as_str() {
                "DATETIME" => text.len() == 20 && text.get(10) == Some(&b'T') && text.last() == Some(&b'Z'),
                declared => declared == "TEXT",
            },
            Value::Blob(_) => column.declared == "BLOB",
            Value::Real(_) => false,
        })
}
