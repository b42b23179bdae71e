//! Rejected reports: a bounded list, because strangers can add to it.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::rejected_reports,
    },
    time::Timestamp,
};

/// Maximum number of rows.
pub const MAX_ROWS: i64 = 200;

/// A rejection and how often it occurred.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = rejected_reports)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct RejectedRecord {
    #[diesel(deserialize_as = LossyText)]
    pub reason: String,
    #[diesel(deserialize_as = LossyText)]
    pub source: String,
    pub http_status: i64,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub field: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub hint: String,
    #[diesel(deserialize_as = LossyText)]
    pub first_at: String,
    #[diesel(deserialize_as = LossyText)]
    pub last_at: String,
    pub count: i64,
    pub size: i64,
    #[diesel(deserialize_as = LossyText)]
    pub sample: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub machine: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub job: Option<String>,
}

/// Adds rejections. The same reason from the same address is counted in one row; the oldest rows beyond the limit are
/// deleted.
///
/// # Errors
///
/// Database errors.
pub fn add(conn: &mut Connection, rejections: &[RejectedRecord]) -> Result<(), StoreError> {
    for refusal in rejections {
        diesel::insert_into(rejected_reports::table)
            .values(refusal)
            .on_conflict((rejected_reports::source, rejected_reports::reason))
            .do_update()
            .set((
                rejected_reports::count.eq(rejected_reports::count + refusal.count),
                rejected_reports::last_at.eq(&refusal.last_at),
                rejected_reports::http_status.eq(refusal.http_status),
                rejected_reports::field.eq(&refusal.field),
                rejected_reports::hint.eq(&refusal.hint),
                rejected_reports::size.eq(refusal.size),
                rejected_reports::sample.eq(&refusal.sample),
                rejected_reports::machine.eq(&refusal.machine),
                rejected_reports::job.eq(&refusal.job),
            ))
            .execute(conn)?;
    }
    let surplus: Vec<i64> = rejected_reports::table
        .order((rejected_reports::last_at.desc(), rejected_reports::id.desc()))
        .offset(MAX_ROWS)
        .limit(i64::from(i32::MAX))
        .select(rejected_reports::id)
        .load(conn)?;
    if !surplus.is_empty() {
        diesel::delete(rejected_reports::table.filter(rejected_reports::id.eq_any(surplus))).execute(conn)?;
    }
    Ok(())
}

/// Deletes a row and returns it, if `is_meant` accepts its current content.
///
/// # Errors
/// [`StoreErrorKind::NotFound`](crate::db::StoreErrorKind::NotFound) if there is no such row; database errors.
pub fn delete(
    conn: &mut Connection,
    id: i64,
    is_meant: impl FnOnce(&RejectedRecord) -> bool,
) -> Result<Option<RejectedRecord>, StoreError> {
    let row = rejected_reports::table.find(id).select(RejectedRecord::as_select()).first(conn)?;
    if !is_meant(&row) {
        return Ok(None);
    }
    diesel::delete(rejected_reports::table.find(id)).execute(conn)?;
    Ok(Some(row))
}

/// Deletes the rows last seen up to a time. Returns the number of rows and of the reports that they stood for.
///
/// # Errors
///
/// Database errors.
pub fn delete_until(conn: &mut Connection, until: Timestamp) -> Result<(i64, i64), StoreError> {
    let old = || rejected_reports::table.filter(rejected_reports::last_at.le(until.to_string()));
    let counts: Vec<i64> = old().select(rejected_reports::count).load(conn)?;
    diesel::delete(old()).execute(conn)?;
    let rows = i64::try_from(counts.len()).unwrap_or(i64::MAX);
    Ok((rows, counts.into_iter().fold(0, i64::saturating_add)))
}

/// Returns one page with the ids of the rows, newest first.
///
/// # Errors
///
/// Database errors.
pub fn list(
    conn: &mut Connection,
    limit: i64,
    offset: i64,
) -> Result<Vec<(i64, RejectedRecord)>, StoreError> {
    Ok(rejected_reports::table
        .order((rejected_reports::last_at.desc(), rejected_reports::id.desc()))
        .limit(limit)
        .offset(offset)
        .select((rejected_reports::id, RejectedRecord::as_select()))
        .load(conn)?)
}

/// Counts all rows, or those seen since a time.
///
/// # Errors
///
/// Database errors.
pub fn count(conn: &mut Connection, since: Option<Timestamp>) -> Result<i64, StoreError> {
    let since = since.map_or_else(String::new, |at| at.to_string());
    Ok(rejected_reports::table.filter(rejected_reports::last_at.ge(since)).count().get_result(conn)?)
}
