//! The database: one SQLite file, a pool of readers and one writer. All SQL is below this module, and only services call it.
//!
//! | module | contents | may use |
//! |---|---|---|
//! | [`engine`] | how the file is opened, read, written, copied and migrated | none of the others |
//! | [`tables`] | rows and queries, a file for each table or list | `engine` |
//! | [`care`] | checks, repair, restore, salvage, export of the whole file | both |
//! | [`node`] | the database of the Node application, for imports | `engine` |

pub mod care;
pub mod engine;
pub mod node;
#[rustfmt::skip]
pub mod schema;
pub mod tables;

pub use engine::{Connection, Db, QueryLog, ReadOnlyCause, StoreError, StoreErrorKind, Swapped, Tx};

use std::path::Path;

impl Db {
    /// Opens the file, creates it if it is missing, and migrates its schema to the current version.
    ///
    /// # Errors
    /// If the file cannot be opened, is so damaged that nothing can be read, or was written by a newer program. A file that
    /// can be read but not written is opened: see [`Self::read_only_cause`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, care::derived::after_migration)
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod plan_tests;
