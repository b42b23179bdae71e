//! Maintenance windows: slots in them are no slots.

use diesel::prelude::*;

use super::{
    facts::json,
    scope::{Columns, Scope, rows_of},
};
use crate::{
    db::{Connection, StoreError, engine::lossy_text::LossyText, schema::maintenance_windows},
    noticing::settings::Window,
    time::Timestamp,
};

/// A maintenance window.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = maintenance_windows)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct WindowRow {
    pub id: i64,
    pub server_id: Option<i64>,
    pub job_id: Option<i64>,
    pub group_id: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub name: String,
    #[diesel(deserialize_as = LossyText)]
    pub spans: String,
    #[diesel(deserialize_as = LossyText)]
    pub created_by: String,
}

impl WindowRow {
    /// For what it is.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::of(self.group_id, self.server_id, self.job_id)
    }

    /// When it is; `None` when the row is damaged.
    #[must_use]
    pub fn window(&self) -> Option<Window> {
        serde_json::from_str(&self.spans).ok()
    }
}

/// Adds one. Returns its id.
///
/// # Errors
/// Database errors.
pub fn add(
    conn: &mut Connection,
    scope: Scope,
    window: &Window,
    (name, by): (&str, &str),
    now: Timestamp,
) -> Result<i64, StoreError> {
    let Columns { group, server, job } = scope.columns();
    Ok(diesel::insert_into(maintenance_windows::table)
        .values((
            maintenance_windows::group_id.eq(group),
            maintenance_windows::server_id.eq(server),
            maintenance_windows::job_id.eq(job),
            maintenance_windows::name.eq(name),
            maintenance_windows::spans.eq(json(window)?),
            maintenance_windows::created_by.eq(by),
            maintenance_windows::created_at.eq(now.to_string()),
        ))
        .returning(maintenance_windows::id)
        .get_result(conn)?)
}

/// One of them.
///
/// # Errors
/// [`crate::db::StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, id: i64) -> Result<WindowRow, StoreError> {
    Ok(maintenance_windows::table.find(id).select(WindowRow::as_select()).first(conn)?)
}

/// Ends one: what lay in it before is excused for good; one that has not begun yet is deleted.
///
/// # Errors
/// Database errors.
pub fn end(conn: &mut Connection, row: &WindowRow, now: Timestamp) -> Result<(), StoreError> {
    let known = maintenance_windows::table.find(row.id);
    match row.window().and_then(|window| window.ended(now)) {
        Some(window) => {
            diesel::update(known).set(maintenance_windows::spans.eq(json(&window)?)).execute(conn)?
        }
        None => diesel::delete(known).execute(conn)?,
    };
    Ok(())
}

/// Those of exactly this scope, in the order in which they were added.
///
/// # Errors
/// Database errors.
pub fn of(conn: &mut Connection, scope: Scope) -> Result<Vec<WindowRow>, StoreError> {
    Ok(rows_of!(maintenance_windows, scope)
        .order(maintenance_windows::id)
        .select(WindowRow::as_select())
        .load(conn)?)
}
