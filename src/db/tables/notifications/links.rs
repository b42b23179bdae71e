//! Links in messages: by which message incidents were acknowledged or snoozed.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::{
    db::{Connection, StoreError, engine::lossy_text::OptionalLossyText, schema::notifications},
    time::Timestamp,
};

/// Rows of a message that are read.
const ROWS: i64 = 2_000;

/// Where a link was sent, and when it was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentLink {
    /// The channel's name.
    pub channel: String,
    /// When it was used; `None` when it was not.
    pub used: Option<Timestamp>,
}

/// The link of a message, for an incident of it, or for each: with the id of the incident, in the order in which they were told. Nothing
/// when there is no such message.
///
/// # Errors
/// Database errors.
pub fn find(
    conn: &mut Connection,
    message: i64,
    incident: Option<i64>,
) -> Result<Vec<(i64, SentLink)>, StoreError> {
    let mut rows = notifications::table
        .filter(notifications::message_id.eq(message))
        .filter(notifications::incident_id.is_not_null())
        .into_boxed();
    if let Some(incident) = incident {
        rows = rows.filter(notifications::incident_id.eq(incident));
    }
    let rows: Vec<(Option<i64>, OptionalLossyText, OptionalLossyText)> = rows
        .order(notifications::id)
        .limit(ROWS)
        .select((notifications::incident_id, notifications::channel_name, notifications::link_used_at))
        .load(conn)?;
    let mut found: Vec<(i64, SentLink)> = Vec::new();
    let mut known = BTreeSet::new();
    for (id, channel, used) in rows {
        let Some(id) = id.filter(|id| known.insert(*id)) else { continue };
        let (channel, used): (Option<String>, Option<String>) = (channel.into(), used.into());
        let used = used.and_then(|at| at.parse().ok());
        found.push((id, SentLink { channel: channel.unwrap_or_default(), used }));
    }
    Ok(found)
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
