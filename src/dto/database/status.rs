//! How the database is: sizes, connections, queries.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How the database is at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseStatus {
    /// Where the file is.
    pub path: String,
    /// Its size: bytes.
    pub file_size: u64,
    /// Size of the write-ahead log beside it: bytes.
    pub wal_size: u64,
    /// What can still be written on that disk: bytes.
    pub disk_free: Option<u64>,
    /// Size of a page: bytes.
    pub page_size: i64,
    /// Pages in the file.
    pub pages: i64,
    /// Pages that nothing uses; `db vacuum` gives them back.
    pub free_pages: i64,
    /// The newest migration that was applied.
    pub schema_version: String,
    /// Version of SQLite.
    pub sqlite_version: String,
    /// How SQLite was built.
    pub compile_options: Vec<String>,
    /// When the first run began.
    pub oldest_run: Option<Timestamp>,
    /// When the last run began.
    pub newest_run: Option<Timestamp>,
    /// When old runs were last cleaned up.
    pub last_cleanup: Option<Timestamp>,
    /// When the database was last backed up by this program.
    pub last_backup: Option<Timestamp>,
    /// Connections of this process.
    pub pool: PoolState,
    /// Statements that this process ran.
    pub statements: Statements,
    /// The slowest queries of this process, the slowest first.
    pub slow_queries: Vec<SlowQuery>,
}

/// Connections of this process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolState {
    /// Connections that may read at the same time.
    pub readers: u32,
    /// Of these, at work.
    pub in_use: u32,
    /// Of these, open and free.
    pub idle: u32,
    /// Queries that wait for one.
    pub waiting: u64,
    /// Writes that wait for the one writer.
    pub writes_waiting: u64,
}

/// Statements that a process ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statements {
    /// How many.
    pub run: u64,
    /// How many were prepared and stay so, over all connections.
    pub prepared: u64,
    /// Slow ones are those from here on: milliseconds.
    pub slow_from: u64,
}

/// A kind of query that was slow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlowQuery {
    /// Its text, without values.
    pub sql: String,
    /// How SQLite goes about it, a step a line; none for what has no plan, as a commit.
    pub plan: Option<String>,
    /// How often it was slow.
    pub times: u64,
    /// How long it took at most: milliseconds.
    pub longest: u64,
    /// When it was last written to the log.
    pub last_at: Timestamp,
}

/// A table in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSize {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: i64,
    /// Bytes of its pages, without its indexes.
    pub bytes: i64,
    /// Its indexes.
    pub indexes: Vec<IndexSize>,
}

/// An index in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexSize {
    /// Its name.
    pub name: String,
    /// Bytes of its pages.
    pub bytes: i64,
}

impl TableSize {
    /// Bytes of the table and its indexes.
    pub fn total(&self) -> i64 {
        self.indexes.iter().map(|index| index.bytes).fold(self.bytes, i64::saturating_add)
    }
}
