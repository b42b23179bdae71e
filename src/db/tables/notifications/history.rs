//! What was told, and what a message is about.

use diesel::prelude::*;

use super::status::QUEUED;
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::notifications,
    },
    ids::ChannelId,
    time::Timestamp,
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
    #[diesel(deserialize_as = OptionalLossyText)]
    pub message: Option<String>,
}

/// What a message tells: the rows that it has now, oldest first.
///
/// # Errors
/// When the database refuses.
pub fn of_message(
    conn: &mut Connection,
    message: i64,
    most: i64,
) -> Result<(Vec<NotificationRow>, i64), StoreError> {
    let rows = notifications::table
        .filter(notifications::message_id.eq(message))
        .filter(notifications::status.eq(QUEUED));
    let total = rows.count().get_result(conn)?;
    let rows = rows.order(notifications::id).limit(most).select(NotificationRow::as_select()).load(conn)?;
    Ok((rows, total))
}

/// The last rows of all channels, the newest first.
///
/// # Errors
/// When the database refuses.
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
/// When the database refuses.
pub fn count(conn: &mut Connection) -> Result<i64, StoreError> {
    Ok(notifications::table.filter(notifications::incident_id.is_not_null()).count().get_result(conn)?)
}

/// What was told of an incident, or will be, the oldest first.
///
/// # Errors
/// When the database refuses.
pub fn of_incident(conn: &mut Connection, incident: i64) -> Result<Vec<NotificationRow>, StoreError> {
    Ok(notifications::table
        .filter(notifications::incident_id.eq(incident))
        .order(notifications::id)
        .select(NotificationRow::as_select())
        .load(conn)?)
}

/// Queues what failed again.
///
/// # Errors
/// When the database refuses.
pub fn send_again(conn: &mut Connection, channel: ChannelId, now: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::update(
        notifications::table
            .filter(notifications::channel_id.eq(channel.0))
            .filter(notifications::status.eq(super::status::FAILED)),
    )
    .set((
        notifications::status.eq(QUEUED),
        notifications::attempts.eq(0),
        notifications::message_id.eq(None::<i64>),
        notifications::next_attempt_at.eq(now.to_string()),
    ))
    .execute(conn)?)
}
