//! The database: one SQLite file, a pool of readers and one writer. Everything that knows SQL is below this module, and only
//! services call it.
//!
//! | room | holds | may use |
//! |---|---|---|
//! | [`engine`] | how the file is opened, read, written, copied and migrated | nothing of the others |
//! | [`tables`] | rows and queries, a file for each table or list | `engine` |
//! | [`care`] | checks, repair, restore, salvage, export of the whole file | both |
//! | [`node`] | the database of the application that users come from | `engine` |

pub mod care;
pub mod engine;
pub mod node;
#[rustfmt::skip]
pub mod schema;
pub mod tables;

pub use engine::{Connection, Db, QueryLog, ReadOnlyCause, StoreError, StoreErrorKind, Swapped, Tx};

use std::path::Path;

impl Db {
    /// Opens the file, makes it if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// When the file cannot be opened, is damaged so that nothing can be read, or was written by a newer program. One that can
    /// be read and must not be written is open: see [`Self::read_only_cause`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, care::derived::after_migration)
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod plan_tests;
