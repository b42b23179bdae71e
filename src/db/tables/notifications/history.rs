//! What was told, and what a message is about.

use diesel::prelude::*;

use super::{claim::rows_of, status::QUEUED};
use crate::db::{
    Connection, StoreError,
    engine::lossy_text::{LossyText, OptionalLossyText},
    schema::notifications,
};

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = notifications)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct NotificationRow {
    pub id: i64,
    pub incident_id: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub dedupe_key: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub kind: String,
    #[diesel(deserialize_as = LossyText)]
    pub status: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub channel_name: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub created_at: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub sent_at: Option<String>,
    pub attempts: i64,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub next_attempt_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub answer: Option<String>,
}

/// What a message tells: the rows that it has now, oldest first.
///
/// # Errors
/// Database errors.
pub fn of_message(
    conn: &mut Connection,
    message: i64,
    most: i64,
) -> Result<(Vec<NotificationRow>, i64), StoreError> {
    let rows = rows_of!(message);
    let total = rows.count().get_result(conn)?;
    let rows = rows.order(notifications::id).limit(most).select(NotificationRow::as_select()).load(conn)?;
    Ok((rows, total))
}

/// The last rows of all channels, the newest first.
///
/// # Errors
/// Database errors.
pub fn newest(conn: &mut Connection, limit: i64, offset: i64) -> Result<Vec<NotificationRow>, StoreError> {
    Ok(notifications::table
        .filter(notifications::incident_id.is_not_null())
        .order((notifications::created_at.desc(), notifications::id.desc()))
        .limit(limit)
        .offset(offset)
        .select(NotificationRow::as_select())
        .load(conn)?)
}

/// How many rows there are.
///
/// # Errors
/// Database errors.
pub fn count(conn: &mut Connection) -> Result<i64, StoreError> {
    Ok(notifications::table.filter(notifications::incident_id.is_not_null()).count().get_result(conn)?)
}
