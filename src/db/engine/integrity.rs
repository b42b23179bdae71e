//! SQLite's own check of every page of the file.

use diesel::{prelude::*, sql_types::Text};

use super::{Connection, StoreError};

/// Whether SQLite finds the file in order: every page, every index entry, every constraint. Empty when it does. Reads all of
/// the file.
///
/// # Errors
/// When the file cannot be read at all.
pub fn check(conn: &mut Connection) -> Result<Vec<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        integrity_check: String,
    }
    let lines: Vec<Line> = diesel::sql_query("PRAGMA integrity_check").load(conn)?;
    Ok(lines.into_iter().map(|line| line.integrity_check).filter(|line| line != "ok").collect())
}
