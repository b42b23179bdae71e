//! Recovers everything readable from a damaged file into a new one.
//!
//! Each table is read by row id, around the parts that cannot be read. Rows in the gaps are searched page by page
//! (`pages.rs`), and then in indexes that still have them. Content is copied unchanged and repaired afterwards
//! ([`super::row_repair`]). Derived rows are rebuilt, not copied. The damaged file is never changed.

mod gaps;
mod indexes;
mod pages;
mod record;
mod scan;
mod source;
mod wal;
mod walk;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs::File,
    path::Path,
};

use diesel::{connection::SimpleConnection as _, prelude::*, sql_types::Text};
pub use gaps::Gaps;
use pages::Pages;
use source::Source;

use crate::db::{
    Connection, StoreError, StoreErrorKind,
    engine::{
        connection,
        dynamic::{self, Column, columns, quoted, tables},
        migrate, migrations,
    },
};

/// Tables whose rows are derived from others.
pub const DERIVED: [&str; 4] = ["job_days", "scope_totals", "server_search", "site_days"];

/// The progress of a salvage; reported often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// What is being read: a table, or the pages.
    pub what: String,
    /// Units read.
    pub done: i64,
    /// Total units.
    pub total: i64,
}

/// Callback for progress.
pub type OnProgress<'p> = &'p mut (dyn FnMut(Progress) + Send);

/// The recovery of one table.
#[derive(Debug, Clone, Default)]
pub struct TableState {
    /// Columns that both files have, as defined in the new file.
    columns: Vec<Column>,
    /// Whether its rows have row ids.
    has_rowid: bool,
    /// Number of rows the damaged file should have, if an index or the intact table tells.
    pub expected: Option<i64>,
    /// Row ids that could not be read.
    pub gaps: Gaps,
    /// Rows read from the table.
    pub walked: i64,
    /// Rows found on pages that are no longer reachable.
    pub from_pages: i64,
    /// Rows recovered from an index, with only some of their columns.
    pub from_index: i64,
    /// Rows that were read but violate constraints.
    pub refused: i64,
}

/// A salvage in progress.
pub struct Salvage<'p> {
    /// The new file.
    pub conn: Connection,
    /// The recovery of each table.
    pub tables: BTreeMap<String, TableState>,
    /// Runs recovered only from an index.
    pub partial_runs: BTreeSet<i64>,
    /// Other notes for the operator.
    pub notes: Vec<String>,
    source: Source,
    is_attached: bool,
    progress: OnProgress<'p>,
}

impl<'p> Salvage<'p> {
    /// Creates the new file, and opens the damaged one for reading.
    ///
    /// # Errors
    /// If the new file cannot be created, or the old one was written by a newer program or cannot be read at all.
    pub fn begin(broken: &Path, target: &Path, progress: OnProgress<'p>) -> Result<Self, StoreError> {
        let source = Source::open(broken, target)?;
        let mut conn = connection::open_writer(target)?;
        let notes = source.notes.clone();
        // Use as much of a damaged schema as possible, and validate cells before using them.
        conn.batch_execute(
            "PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;
             PRAGMA writable_schema = ON; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;",
        )?;
        let mut salvage = Self {
            conn,
            tables: BTreeMap::new(),
            partial_runs: BTreeSet::new(),
            notes,
            is_attached: false,
            source,
            progress,
        };
        // Before the damaged file is attached, because a migration would lock both for writing.
        let versions = salvage.versions();
        migrate::migrate_to(&mut salvage.conn, &versions)?;
        // Migrations turn foreign keys on again.
        salvage.conn.batch_execute("PRAGMA foreign_keys = OFF;")?;
        salvage.is_attached = salvage.attach();
        salvage.plan()?;
        Ok(salvage)
    }

    /// Returns whether the whole file could be examined.
    pub fn is_whole(&self) -> bool {
        self.source.is_whole
    }

    /// Attaches the damaged file as `broken`. Returns false if SQLite cannot read its schema.
    fn attach(&mut self) -> bool {
        let Ok(uri) = self.source.uri() else { return false };
        let attached = diesel::sql_query("ATTACH ? AS broken").bind::<Text, _>(uri).execute(&mut self.conn);
        let readable = attached.map_err(StoreError::from).and_then(|_| {
            // The first statement may fail because of damage; afterwards, the readable part of the schema is loaded.
            let _ = dynamic::number(&mut self.conn, "SELECT count(*) FROM broken.sqlite_schema");
            dynamic::number(&mut self.conn, "SELECT count(*) FROM broken.sqlite_schema")
        });
        match readable {
            Ok(Some(1..)) => true,
            other => {
                let why = other.err().map_or_else(|| "it is empty".to_owned(), |error| error.to_string());
                self.notes
                    .push(format!("The schema cannot be read ({why}). The file was searched page by page."));
                // It may be attached although its schema is unreadable.
                let _ = self.conn.batch_execute("DETACH broken");
                false
            }
        }
    }

    /// Returns the migrations of the damaged file; empty if they cannot be read.
    fn versions(&self) -> Vec<String> {
        let read = || {
            let mut conn = <Connection as diesel::Connection>::establish(&self.source.uri()?)?;
            conn.batch_execute("PRAGMA writable_schema = ON; PRAGMA trusted_schema = OFF;")?;
            migrations::applied(&mut conn)
        };
        read().unwrap_or_default()
    }

    /// Determines the tables and columns that both files have.
    fn plan(&mut self) -> Result<(), StoreError> {
        for (table, has_rowid) in tables(&mut self.conn)? {
            if DERIVED.contains(&table.as_str()) {
                continue;
            }
            let wanted = columns(&mut self.conn, "main", &table)?;
            let there = if self.is_attached {
                columns(&mut self.conn, "broken", &table).unwrap_or_default()
            } else {
                Vec::new()
            };
            let common = match there.is_empty() {
                true => wanted,
                false => wanted
                    .into_iter()
                    .filter(|column| there.iter().any(|other| other.name == column.name))
                    .collect(),
            };
            let gaps = if there.is_empty() { Gaps::everything() } else { Gaps::default() };
            let state = TableState { columns: common, has_rowid, gaps, ..TableState::default() };
            self.tables.insert(table, state);
        }
        Ok(())
    }

    /// Reads everything: tables, then pages, then indexes.
    ///
    /// # Errors
    /// If the new file cannot be written. Damage of the old one is not an error.
    pub fn read(&mut self) -> Result<(), StoreError> {
        self.walk_tables()?;
        if self.tables.values().any(|table| !table.gaps.is_empty()) {
            self.scan_pages()?;
            self.read_indexes()?;
        }
        self.keep_sequences();
        if self.is_attached {
            self.conn.batch_execute("DETACH broken")?;
            self.is_attached = false;
        }
        Ok(())
    }

    /// Copies the sequences, so that ids are not reused.
    fn keep_sequences(&mut self) {
        if !self.is_attached {
            return;
        }
        let known =
            dynamic::rows(&mut self.conn, "SELECT name, seq FROM broken.sqlite_sequence").unwrap_or_default();
        for row in known {
            if let [name, seq @ dynamic::Value::Integer(1..)] = row.0.as_slice() {
                let values = [seq.clone(), name.clone()];
                let _ = dynamic::execute(
                    &mut self.conn,
                    "UPDATE main.sqlite_sequence SET seq = max(seq, ?) WHERE name = ?",
                    &values,
                );
            }
        }
    }

    /// Returns the number of rows of a table in the new file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn count(&mut self, table: &str) -> Result<i64, StoreError> {
        let sql = format!("SELECT count(*) FROM main.{}", quoted(table));
        Ok(dynamic::number(&mut self.conn, &sql)?.unwrap_or(0))
    }

    fn tell(&mut self, what: &str, done: i64, total: i64) {
        (self.progress)(Progress { what: what.to_owned(), done, total });
    }

    fn pages(&self) -> Result<Option<Pages>, StoreError> {
        let opened = File::open(&self.source.path).and_then(Pages::open);
        opened.map_err(|error| source::at(&self.source.path, &error))
    }

    /// Returns the root pages of the tables in the damaged file.
    fn roots(&mut self) -> HashMap<u32, String> {
        if !self.is_attached {
            return HashMap::new();
        }
        let sql = "SELECT rootpage, name FROM broken.sqlite_schema WHERE type = 'table'";
        let (rows, _) = dynamic::rows_until_error(&mut self.conn, sql);
        rows.into_iter()
            .filter_map(|row| match row.0.as_slice() {
                [root, dynamic::Value::Text(name)] => {
                    let root = u32::try_from(root.integer()?).ok()?;
                    Some((root, String::from_utf8(name.clone()).ok()?))
                }
                _ => None,
            })
            .collect()
    }
}

/// Returns whether an error is caused by the damaged file, and can be worked around; otherwise it concerns the new file.
fn is_damage(error: &StoreError) -> bool {
    matches!(error.kind, StoreErrorKind::Corrupt | StoreErrorKind::Other | StoreErrorKind::NotFound)
        || error.kind == StoreErrorKind::Io
}
