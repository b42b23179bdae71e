//! Raw reports: what was received, secrets masked, compressed, with a retention of its own.

use diesel::prelude::*;

use super::{Connection, StoreError, schema::raw_reports};
use crate::{ids::RunId, time::Timestamp};

/// A raw report as it is stored.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = raw_reports)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct NewRaw {
    pub run_id: Option<i64>,
    pub operation_id: Option<i64>,
    pub received_at: String,
    pub content_type: Option<String>,
    pub size: i64,
    pub cut: bool,
    pub body: Vec<u8>,
}

impl NewRaw {
    /// Stores it in place of what is kept of the same run or operation.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn save(&self, conn: &mut Connection) -> Result<(), StoreError> {
        if let Some(run) = self.run_id {
            diesel::delete(raw_reports::table.filter(raw_reports::run_id.eq(run))).execute(conn)?;
        }
        if let Some(operation) = self.operation_id {
            diesel::delete(raw_reports::table.filter(raw_reports::operation_id.eq(operation)))
                .execute(conn)?;
        }
        diesel::insert_into(raw_reports::table).values(self).execute(conn)?;
        Ok(())
    }
}

/// A raw report as it is read.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = raw_reports)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct RawRow {
    pub received_at: String,
    pub content_type: Option<String>,
    pub size: i64,
    pub cut: bool,
    pub body: Vec<u8>,
}

/// The raw report of a run.
///
/// # Errors
/// [`super::StoreErrorKind::NotFound`] when none is kept.
pub fn of_run(conn: &mut Connection, run: RunId) -> Result<RawRow, StoreError> {
    Ok(raw_reports::table.filter(raw_reports::run_id.eq(run.0)).select(RawRow::as_select()).first(conn)?)
}

/// Whether the raw report of a run is kept.
///
/// # Errors
/// When the database refuses.
pub fn has(conn: &mut Connection, run: RunId) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(raw_reports::table.filter(raw_reports::run_id.eq(run.0))))
        .get_result(conn)?)
}

/// Deletes at most `limit` raw reports that arrived before a time, oldest first; how many.
///
/// # Errors
/// When the database refuses.
pub fn expire(conn: &mut Connection, before: Timestamp, limit: i64) -> Result<usize, StoreError> {
    let old: Vec<i64> = raw_reports::table
        .filter(raw_reports::received_at.lt(before.to_string()))
        .order(raw_reports::received_at)
        .limit(limit)
        .select(raw_reports::id)
        .load(conn)?;
    if old.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(raw_reports::table.filter(raw_reports::id.eq_any(old))).execute(conn)?)
}
