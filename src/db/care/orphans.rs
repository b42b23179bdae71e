//! Foreign key checks. They read the whole file, so they must not run within a request.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text},
};

pub use super::row_validation::{damaged_values, is_damaged};
use crate::{
    db::{Connection, StoreError},
    dto::database::Orphan,
};

#[derive(QueryableByName)]
struct OrphanRow {
    #[diesel(sql_type = Text)]
    table: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    rowid: Option<i64>,
    #[diesel(sql_type = Text)]
    parent: String,
}

/// Returns the rows whose foreign key refers to a missing row.
///
/// # Errors
/// If the file cannot be read.
pub fn orphans(connection: &mut Connection) -> Result<Vec<Orphan>, StoreError> {
    let rows: Vec<OrphanRow> =
        diesel::sql_query("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check")
            .load(connection)?;
    Ok(rows.into_iter().map(|row| Orphan { table: row.table, row: row.rowid, parent: row.parent }).collect())
}
