//! Makes a message out of the rows that it tells.

use std::collections::BTreeMap;

use super::{own_problems, story::Story, templates};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            digests,
            noticing::incidents,
            notifications::{claim::Claim, history},
            system_problems,
        },
    },
    notify::{LISTED, Message},
    topic::Topic,
    zone::Zone,
};

/// Rows of a message that are read; the others are counted.
const READ: i64 = 200;

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    /// A problem of this program.
    Problem(i64),
    /// An incident of a job.
    Incident(i64),
}

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
    // A job is listed once, with the worst that there is to tell of it.
    let mut told: BTreeMap<About, (Topic, bool)> = BTreeMap::new();
    for row in rows {
        let about = row.incident_id.map(About::Incident).or(row.problem_id.map(About::Problem));
        let (Some(about), Some(topic)) = (about, Topic::from_word(&row.kind)) else { continue };
        let is_reminder = row.is_reminder();
        let known = told.entry(about).or_insert((topic, is_reminder));
        *known = (known.0.max(topic), known.1 && is_reminder);
    }
    let mut order: Vec<_> = told.into_iter().collect();
    order.sort_by_key(|(about, (topic, _))| (std::cmp::Reverse(*topic), *about));
    let more = usize::try_from(total).unwrap_or(usize::MAX).max(order.len()).saturating_sub(LISTED);
    let (mut items, mut last) = (Vec::new(), None);
    for (about, told) in order.into_iter().take(LISTED) {
        match about {
            About::Incident(id) => {
                if let Some(row) = incidents::find(conn, id)? {
                    let story = Story::of(conn, row, told, zone)?;
                    items.push(story.item.clone());
                    last = Some(story);
                }
            }
            About::Problem(id) => {
                let row = system_problems::find(conn, id)?;
                items.extend(row.map(|row| own_problems::item(&row, told, zone)));
            }
        }
    }
    let (id, may_be_repeated) = (claim.message, claim.was_interrupted);
    let mut message = Message { id, items, more, address, may_be_repeated, mute: None, written: None };
    message.written = match &last {
        Some(story) if message.count() == 1 => {
            templates::written(conn, id, story, zone, message.address.as_deref())?
        }
        _ if message.count() > 1 => templates::written_list(conn, &message)?,
        _ => None,
    };
    Ok(message)
}
