//! Links in messages: by which message an incident was acknowledged or snoozed.

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreError, engine::lossy_text::OptionalLossyText, schema::notifications},
    time::Timestamp,
};

/// Where a link was sent, and when it was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentLink {
    /// The channel's name.
    pub channel: String,
    /// When it was used; `None` when it was not.
    pub used: Option<Timestamp>,
}

/// The link of a message about an incident; `None` when there is no such message.
///
/// # Errors
/// Database errors.
pub fn find(conn: &mut Connection, message: i64, incident: i64) -> Result<Option<SentLink>, StoreError> {
    let row: Option<(OptionalLossyText, OptionalLossyText)> = notifications::table
        .filter(notifications::message_id.eq(message))
        .filter(notifications::incident_id.eq(incident))
        .order(notifications::id)
        .select((notifications::channel_name, notifications::link_used_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(channel, used)| {
        let (channel, used): (Option<String>, Option<String>) = (channel.into(), used.into());
        SentLink { channel: channel.unwrap_or_default(), used: used.and_then(|at| at.parse().ok()) }
    }))
}

/// Notes that a link was used.
///
/// # Errors
/// Database errors.
pub fn used(conn: &mut Connection, message: i64, incident: i64, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(
        notifications::table
            .filter(notifications::message_id.eq(message))
            .filter(notifications::incident_id.eq(incident)),
    )
    .set(notifications::link_used_at.eq(now.to_string()))
    .execute(conn)?;
    Ok(())
}
