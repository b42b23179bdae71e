//! Databases of the Node application of the same name, versions 0.4 to 1.5: opened to be read, and never written.
//!
//! What stands in such a file is believed to be of no type: SQLite stores anything anywhere, and texts need not be UTF-8.
//! That is why this goes through rusqlite, which hands out values as they are, and not through diesel.

mod cell;
mod open;
mod rows;
mod unread;

use std::path::PathBuf;

pub use cell::Cell;
pub use open::{Source, is_database};
pub use rows::{ApiKeyRow, AuditRow, RunKey, RunRow, ServerRow, SettingRow, UserRow};
pub use unread::{Unread, UnreadColumn, UnreadTable};

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It cannot be read at all.
    #[error("{path}: {source}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no SQLite database.
    #[error("this file is not a SQLite database")]
    NotADatabase,
    /// It is one of ours.
    #[error(
        "this is a database of this program, not of the Node application: restore it with `duplistatus db restore`"
    )]
    Ours,
    /// It is a database of something else.
    #[error(
        "this is not a database of the Node application duplistatus 0.4 to 1.5: it has no {missing}; the usual file is `backups.db` in the data folder"
    )]
    SomethingElse {
        /// What is not there.
        missing: String,
    },
    /// It is damaged.
    #[error(
        "this database is damaged ({0}). Nothing was imported. Use an older copy, or recover readable data with `sqlite3 FILE .recover | sqlite3 NEW` and import the new file"
    )]
    Damaged(String),
    /// A transaction was cut off, and only a program that may write can finish it.
    #[error(
        "this database has an interrupted change, and its folder is not writable: copy the file and all files whose names begin with its name to another folder, and import from there"
    )]
    TempFile,
    /// The content is stored in a way that the Node application never used.
    #[error("the texts in this database are {0}, but the Node application writes UTF-8")]
    Encoding(String),
    /// SQLite did not answer.
    #[error("the database could not be read: {0}")]
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for SourceError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{CannotOpen, DatabaseCorrupt, NotADatabase, ReadOnly};
        match error.sqlite_error_code() {
            Some(NotADatabase) => Self::NotADatabase,
            Some(DatabaseCorrupt) => Self::Damaged(error.to_string()),
            Some(CannotOpen | ReadOnly) => Self::TempFile,
            _ => Self::Sql(error),
        }
    }
}

#[cfg(test)]
pub(crate) mod fixture;

#[cfg(test)]
mod tests;
