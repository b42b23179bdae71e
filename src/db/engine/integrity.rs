//! SQLite's integrity check of the whole file.

use diesel::{prelude::*, sql_types::Text};

use super::{Connection, StoreError};

/// Checks every page, index entry and constraint. Returns the problems found; empty if there are none. Reads the whole file.
///
/// # Errors
/// If the file cannot be read at all.
pub fn check(conn: &mut Connection) -> Result<Vec<String>, StoreError> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        integrity_check: String,
    }
    let lines: Vec<Line> = diesel::sql_query("PRAGMA integrity_check").load(conn)?;
    Ok(lines.into_iter().map(|line| line.integrity_check).filter(|line| line != "ok").collect())
}
