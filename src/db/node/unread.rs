//! What stands in such a file beside what is read: tables and columns of newer versions, of forks, and of nobody knows whom.

use std::collections::BTreeSet;

use super::{
    Cell, Source, SourceError,
    rows::{AuditRow, RunRow, ServerRow, SettingRow, UserRow},
};
use crate::db::engine::dynamic::quoted;

/// Tables and columns that are not read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    /// Tables that are not known.
    pub tables: Vec<UnreadTable>,
    /// Columns that are not known, of tables that are read.
    pub columns: Vec<UnreadColumn>,
    /// Columns that are known and have no place here.
    pub dropped: Vec<UnreadColumn>,
}

/// A table that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadTable {
    /// Its name.
    pub name: String,
    /// How many rows it has.
    pub rows: i64,
    /// The people whom it names, by their ids or names.
    pub people: BTreeSet<String>,
}

/// A column that is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadColumn {
    /// Its table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// How many rows have something in it.
    pub rows: i64,
}

/// A table that is read, by its columns.
struct ReadTable {
    name: &'static str,
    /// Those that are read.
    read: &'static [&'static str],
    /// Those that nobody misses.
    unmissed: &'static [&'static str],
    /// Those that have no place here.
    dropped: &'static [&'static str],
}

impl ReadTable {
    const fn new(name: &'static str, read: &'static [&'static str]) -> Self {
        Self { name, read, unmissed: &[], dropped: &[] }
    }

    fn knows(&self, column: &str) -> bool {
        [self.read, self.unmissed, self.dropped].iter().any(|columns| columns.contains(&column))
    }
}

/// Tables that are read.
const TABLES: [ReadTable; 6] = [
    ReadTable::new("servers", ServerRow::COLUMNS),
    ReadTable::new("machines", ServerRow::COLUMNS),
    ReadTable {
        // The run's id there, and what its statistics say once more of the run.
        unmissed: &[
            "id",
            "machine_id",
            "backend_interrupted",
            "backend_duration",
            "backend_warnings_actual_length",
            "backend_errors_actual_length",
        ],
        dropped: &[
            "modified_symlinks",
            "added_symlinks",
            "deleted_symlinks",
            "reported_quota_error",
            "reported_quota_warning",
        ],
        ..ReadTable::new("backups", RunRow::COLUMNS)
    },
    ReadTable {
        unmissed: &["last_login_ip", "failed_login_attempts"],
        ..ReadTable::new("users", UserRow::COLUMNS)
    },
    ReadTable::new("configurations", SettingRow::COLUMNS),
    ReadTable::new("audit_log", AuditRow::COLUMNS),
];

/// Tables that are known, and are looked at or named elsewhere.
const OTHERS: [&str; 5] = ["db_version", "sessions", "api_keys", "user_servers", "daily_summary_deliveries"];
/// Columns by which a table names people.
const PEOPLE: [&str; 4] = ["user_id", "userid", "user", "username"];
/// Most people that are looked up in one table.
const MOST: i64 = 10_000;

impl Source {
    /// Everything that is not read.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn unread(&self) -> Result<Unread, SourceError> {
        let mut unread = Unread::default();
        for table in self.real_tables()? {
            let Some(known) = TABLES.iter().find(|known| known.name == table) else {
                if !OTHERS.contains(&table.as_str()) {
                    let (rows, people) = (self.rows_of(&table)?, self.people_in(&table)?);
                    unread.tables.push(UnreadTable { name: table, rows, people });
                }
                continue;
            };
            let columns = self.columns.get(&table).cloned().unwrap_or_default();
            let (old, new): (Vec<String>, Vec<String>) =
                columns.into_iter().partition(|name| known.knows(name));
            let dropped = old.into_iter().filter(|name| known.dropped.contains(&name.as_str()));
            unread
                .dropped
                .extend(self.filled(&table, dropped.collect())?.into_iter().filter(|column| column.rows > 0));
            unread.columns.extend(self.filled(&table, new)?);
        }
        Ok(unread)
    }

    /// The values in a column of the table of people, by row.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn of_people(&self, column: &str) -> Result<Vec<(i64, Cell)>, SourceError> {
        let mut select = self.connection.prepare(&format!("SELECT rowid, {} FROM users", quoted(column)))?;
        let mut rows = select.query([])?;
        let mut values = Vec::new();
        while let Some(row) = rows.next()? {
            values.push((row.get(0)?, Cell::of(row.get_ref(1)?)));
        }
        Ok(values)
    }

    /// The people who are assigned to servers, and to how many.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn assigned(&self) -> Result<Vec<(Cell, i64)>, SourceError> {
        if !self.has("user_servers", "user_id") {
            return Ok(Vec::new());
        }
        let mut select =
            self.connection.prepare("SELECT user_id, count(*) FROM user_servers GROUP BY user_id")?;
        let mut rows = select.query([])?;
        let mut assigned = Vec::new();
        while let Some(row) = rows.next()? {
            assigned.push((Cell::of(row.get_ref(0)?), row.get(1)?));
        }
        Ok(assigned)
    }

    /// Whether the file says of everybody whether all servers may be seen.
    pub fn has_people_access(&self) -> bool {
        self.has("users", "access_all_servers")
    }

    /// Tables with pages of their own: what runs functions when it is read is left alone.
    fn real_tables(&self) -> Result<Vec<String>, SourceError> {
        let mut select = self.connection.prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        )?;
        let mut rows = select.query([])?;
        let mut names = Vec::new();
        while let Some(row) = rows.next()? {
            names.extend(Cell::of(row.get_ref(0)?).to_text());
        }
        Ok(names)
    }

    fn rows_of(&self, table: &str) -> Result<i64, SourceError> {
        let sql = format!("SELECT count(*) FROM {}", quoted(table));
        Ok(self.connection.query_row(&sql, [], |row| row.get(0))?)
    }

    fn people_in(&self, table: &str) -> Result<BTreeSet<String>, SourceError> {
        let mut people = BTreeSet::new();
        for column in PEOPLE.into_iter().filter(|column| self.has(table, column)) {
            let sql = format!("SELECT DISTINCT {} FROM {} LIMIT {MOST}", quoted(column), quoted(table));
            let mut select = self.connection.prepare(&sql)?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                people.extend(Cell::of(row.get_ref(0)?).to_text());
            }
        }
        Ok(people)
    }

    /// How many rows have something in each of these columns: nothing, zero and an empty list say nothing.
    fn filled(&self, table: &str, columns: Vec<String>) -> Result<Vec<UnreadColumn>, SourceError> {
        if columns.is_empty() {
            return Ok(Vec::new());
        }
        let counts: Vec<String> = columns
            .iter()
            .map(|name| format!("coalesce(sum({} NOT IN (0, '', '0', '[]', '{{}}')), 0)", quoted(name)))
            .collect();
        let sql = format!("SELECT {} FROM {}", counts.join(", "), quoted(table));
        let counts: Vec<i64> = self.connection.query_row(&sql, [], |row| {
            (0..columns.len()).map(|place| row.get(place)).collect::<Result<_, _>>()
        })?;
        let filled = columns.into_iter().zip(counts);
        Ok(filled.map(|(name, rows)| UnreadColumn { table: table.to_owned(), name, rows }).collect())
    }
}
