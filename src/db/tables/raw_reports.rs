//! Raw reports: the received bodies, masked and compressed, with their own retention.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError, StoreErrorKind,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{backups, raw_reports},
    },
    ids::RunId,
    report::{self, Message, Report},
    time::Timestamp,
};

/// A raw report to store.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = raw_reports, treat_none_as_default_value = false)]
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
    /// Stores it, replacing the one of the same run or operation.
    ///
    /// # Errors
    ///
    /// Database errors.
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

/// A stored raw report.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = raw_reports)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct RawRow {
    #[diesel(deserialize_as = LossyText)]
    pub received_at: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub content_type: Option<String>,
    pub size: i64,
    pub cut: bool,
    pub body: Vec<u8>,
}

/// Returns the raw report of a run.
///
/// # Errors
/// [`crate::db::StoreErrorKind::NotFound`] if there is none.
pub fn of_run(conn: &mut Connection, run: RunId) -> Result<RawRow, StoreError> {
    Ok(raw_reports::table.filter(raw_reports::run_id.eq(run.0)).select(RawRow::as_select()).first(conn)?)
}

/// The raw reports of some runs, with the ids of the runs.
///
/// # Errors
/// Database errors.
pub fn of_runs(conn: &mut Connection, runs: &[i64]) -> Result<Vec<(i64, RawRow)>, StoreError> {
    Ok(raw_reports::table
        .filter(raw_reports::run_id.eq_any(runs))
        .select((raw_reports::run_id.assume_not_null(), RawRow::as_select()))
        .load(conn)?)
}

impl RawRow {
    /// The report of a backup that it contains; `None` when it is something else, was cut or is damaged.
    pub fn backup_report(&self) -> Option<Box<Report>> {
        let text = unpack(&self.body)?;
        // What was sent as a form was taken out of it before it was stored.
        [None, self.content_type.as_deref()].into_iter().find_map(|kind| {
            match report::parse(kind, text.as_bytes()) {
                Ok(Message::Report(report)) if report.operation.is_backup() => Some(report),
                _ => None,
            }
        })
    }
}

/// Maximum bytes of a decompressed raw report: twice the limit for storing one.
const UNPACKED: usize = 2 * 1024 * 1024;

/// Compresses a text; `None` if that fails.
pub fn pack(text: &[u8]) -> Option<Vec<u8>> {
    zstd::bulk::compress(text, 1).ok()
}

/// Decompresses the text of a raw report; `None` if it is damaged.
pub fn unpack(body: &[u8]) -> Option<String> {
    let text = zstd::bulk::decompress(body, UNPACKED).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// Returns the raw reports of these runs, and of runs that do not exist, with the id of the run.
///
/// # Errors
///
/// Database errors.
pub fn without_run(conn: &mut Connection, partial: &[i64]) -> Result<Vec<(i64, RawRow)>, StoreError> {
    let mut found = Vec::new();
    let lost: Vec<i64> = raw_reports::table
        .left_join(backups::table)
        .filter(raw_reports::run_id.is_not_null().and(backups::id.nullable().is_null()))
        .select(raw_reports::run_id.assume_not_null())
        .load(conn)?;
    for run in lost.into_iter().chain(partial.iter().copied()) {
        match of_run(conn, RunId(run)) {
            Ok(raw) => found.push((run, raw)),
            Err(error) if error.kind == StoreErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Returns whether the raw report of a run is stored.
///
/// # Errors
///
/// Database errors.
pub fn has(conn: &mut Connection, run: RunId) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(raw_reports::table.filter(raw_reports::run_id.eq(run.0))))
        .get_result(conn)?)
}

/// Returns how many raw reports arrived before a time.
///
/// # Errors
///
/// Database errors.
pub fn count_before(conn: &mut Connection, before: Timestamp) -> Result<i64, StoreError> {
    let old = raw_reports::table.filter(raw_reports::received_at.lt(before.to_string()));
    Ok(old.count().get_result(conn)?)
}

/// Deletes at most `limit` raw reports that arrived before a time, oldest first. Returns how many.
///
/// # Errors
///
/// Database errors.
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
