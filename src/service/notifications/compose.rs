//! Makes a message out of the rows that it tells.

use std::collections::BTreeMap;

use super::{story::Story, templates};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            digests,
            noticing::incidents,
            notifications::{claim::Claim, history},
        },
    },
    notify::{LISTED, Message},
    service::rows::count,
    topic::Topic,
    zone::Zone,
};

/// Rows of a message that are read; the others are counted.
const READ: i64 = 200;

/// The message of a claim, as things stand now.
///
/// # Errors
/// Database errors.
pub(super) fn message(
    conn: &mut Connection,
    claim: Claim,
    zone: &Zone,
    address: Option<String>,
) -> Result<Message, StoreError> {
    if digests::of_message(conn, claim.message)?.is_some() {
        let written = Some(super::digests::unwritten());
        let (id, may_be_repeated) = (claim.message, claim.was_interrupted);
        return Ok(Message { id, items: Vec::new(), more: 0, address, may_be_repeated, mute: None, written });
    }
    let (rows, total) = history::of_message(conn, claim.message, READ)?;
    let unread = total.saturating_sub(count(rows.len()));
    // A job is listed once, with the worst that there is to tell of it.
    let mut told: BTreeMap<i64, (Topic, bool)> = BTreeMap::new();
    for row in rows {
        let (Some(incident), Some(topic)) = (row.incident_id, Topic::from_word(&row.kind)) else { continue };
        let is_reminder = row.is_reminder();
        let known = told.entry(incident).or_insert((topic, is_reminder));
        *known = (known.0.max(topic), known.1 && is_reminder);
    }
    let mut order: Vec<_> = told.into_iter().collect();
    order.sort_by_key(|(incident, (topic, _))| (std::cmp::Reverse(*topic), *incident));
    let more = order.len().saturating_sub(LISTED).saturating_add(usize::try_from(unread).unwrap_or(0));
    let mut stories = Vec::new();
    for (incident, told) in order.into_iter().take(LISTED) {
        if let Some(row) = incidents::find(conn, incident)? {
            stories.push(Story::of(conn, row, told, zone)?);
        }
    }
    let (id, may_be_repeated) = (claim.message, claim.was_interrupted);
    let written = match stories.as_slice() {
        [story] if more == 0 => templates::written(conn, id, story, zone, address.as_deref())?,
        _ => None,
    };
    let items = stories.into_iter().map(|story| story.item).collect();
    Ok(Message { id, items, more, address, may_be_repeated, mute: None, written })
}
