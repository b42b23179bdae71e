//! Opening such a file without leaving a trace beside it, and telling what it is.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
    time::SystemTime,
};

use rusqlite::{Connection, OpenFlags};

use super::SourceError;
use crate::db::engine::files;

/// What every SQLite database begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// A database of the Node application, open within one read transaction: what is read is of one moment.
#[derive(Debug)]
pub struct Source {
    pub(super) connection: Connection,
    /// Columns by table.
    pub(super) columns: BTreeMap<String, Vec<String>>,
    path: PathBuf,
    state: Option<(u64, SystemTime)>,
}

/// Whether a file begins as SQLite databases do.
///
/// # Errors
/// When it cannot be read.
pub fn is_database(path: &Path) -> Result<bool, SourceError> {
    let mut start = [0; 16];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    match read {
        Ok(()) => Ok(&start == MAGIC),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(source) => Err(SourceError::Unreadable { path: path.to_owned(), source }),
    }
}

impl Source {
    /// Opens a file and makes sure that it is what it should be. Reads all of it, to find damage before anything is
    /// imported.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        if !is_database(path)? {
            return Err(SourceError::NotADatabase);
        }
        let state = state(path);
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(files::uri(path, has_changes_beside(path)), flags)?;
        // The file may have been made by somebody who wants its views and defaults to run functions.
        connection.execute_batch(
            "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;
             PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; BEGIN",
        )?;
        let columns = columns(&connection)?;
        let source = Self { connection, columns, path: path.to_owned(), state };
        source.refuse_others()?;
        let encoding: String = source.connection.query_row("PRAGMA encoding", [], |row| row.get(0))?;
        if encoding != "UTF-8" {
            return Err(SourceError::Encoding(encoding));
        }
        source.refuse_damaged()?;
        Ok(source)
    }

    /// Whether there is such a table with such a column.
    pub(super) fn has(&self, table: &str, column: &str) -> bool {
        self.columns.get(table).is_some_and(|columns| columns.iter().any(|known| known == column))
    }

    /// The table of servers: machines until 0.7.
    pub(super) fn servers_table(&self) -> &'static str {
        if self.has("servers", "id") { "servers" } else { "machines" }
    }

    /// The column that names the server of a run.
    pub(super) fn server_column(&self) -> &'static str {
        if self.has("backups", "server_id") { "server_id" } else { "machine_id" }
    }

    /// The version of the schema, as the file says it; files of 0.4 and 0.5 say none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn version(&self) -> Result<Option<String>, SourceError> {
        if !self.has("db_version", "version") {
            return Ok(None);
        }
        let mut select =
            self.connection.prepare("SELECT version FROM db_version ORDER BY rowid DESC LIMIT 1")?;
        let mut rows = select.query([])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(super::Cell::of(row.get_ref(0)?).to_text())
    }

    /// Whether the file changed since it was opened, though nothing said that a program is at work on it.
    pub fn has_changed(&self) -> bool {
        state(&self.path) != self.state
    }

    fn refuse_others(&self) -> Result<(), SourceError> {
        if self.has("machine_ids", "machine_id") || self.has("job_days", "job_id") {
            return Err(SourceError::Ours);
        }
        let table = self.servers_table();
        let wanted = [
            (table, "id"),
            (table, "name"),
            ("backups", self.server_column()),
            ("backups", "backup_name"),
            ("backups", "date"),
            ("backups", "status"),
        ];
        match wanted.into_iter().find(|(table, column)| !self.has(table, column)) {
            None => Ok(()),
            Some((table, _)) if !self.columns.contains_key(table) => {
                Err(SourceError::SomethingElse { missing: format!("table `{table}`") })
            }
            Some((table, column)) => Err(SourceError::SomethingElse {
                missing: format!("column `{column}` in its table `{table}`"),
            }),
        }
    }

    fn refuse_damaged(&self) -> Result<(), SourceError> {
        let mut select = self.connection.prepare("PRAGMA quick_check(3)")?;
        let mut rows = select.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.extend(super::Cell::of(row.get_ref(0)?).to_text());
        }
        // What a constraint forbids is read like anything else; only a broken structure hides rows.
        found.retain(|line| {
            line != "ok"
                && !line.starts_with("NULL value in")
                && !line.starts_with("TEXT value in")
                && !line.starts_with("NUMERIC value in")
                && !line.starts_with("non-unique entry")
        });
        if found.is_empty() { Ok(()) } else { Err(SourceError::Damaged(found.join("; "))) }
    }
}

/// Size and time of a file, to notice that somebody writes to it.
fn state(path: &Path) -> Option<(u64, SystemTime)> {
    let known = fs::metadata(path).ok()?;
    Some((known.len(), known.modified().ok()?))
}

/// Whether a log with changes lies beside a database: then its files are needed, and a program may be at work.
fn has_changes_beside(path: &Path) -> bool {
    ["-wal", "-journal"].iter().any(|end| files::length(&files::beside(path, end)) > 0)
}

fn columns(connection: &Connection) -> Result<BTreeMap<String, Vec<String>>, SourceError> {
    let mut select = connection.prepare(
        "SELECT m.name, c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table'
         ORDER BY m.name, c.cid",
    )?;
    let mut rows = select.query([])?;
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let name =
            |index| row.get_ref(index).map(|value| super::Cell::of(value).to_text().unwrap_or_default());
        tables.entry(name(0)?).or_default().push(name(1)?);
    }
    Ok(tables)
}
