//! Makes a message out of the rows that it tells.

use std::collections::BTreeMap;

use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs,
            noticing::incidents::{self, IncidentRow},
            notifications::{claim::Claim, history},
        },
    },
    ids::JobId,
    noticing::state::Problem,
    notify::{Item, LISTED, Message, reason},
    service::rows::count,
    time::Timestamp,
    topic::Topic,
    units::span,
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
    let mut items = Vec::new();
    for (incident, (topic, is_reminder)) in order.into_iter().take(LISTED) {
        if let Some(row) = incidents::find(conn, incident)? {
            items.push(item(conn, row, (topic, is_reminder), zone)?);
        }
    }
    Ok(Message {
        id: claim.message,
        items,
        more,
        address,
        may_be_repeated: claim.was_interrupted,
        mute: None,
    })
}

fn item(
    conn: &mut Connection,
    incident: IncidentRow,
    (topic, is_reminder): (Topic, bool),
    zone: &Zone,
) -> Result<Item, StoreError> {
    let job = incident.job_id.map(JobId);
    let time = |text: &str| text.parse::<Timestamp>().unwrap_or_default();
    let at = |text: &str| zone.moment(time(text)).zoned();
    let mut facts = Vec::new();
    match &incident.closed_at {
        Some(closed) => {
            let what = incident.worst.parse().map_or("wrong", Problem::as_str);
            let lasted = span(time(closed).since(time(&incident.since)));
            facts.push(format!("It was {what} for {lasted}, until {}.", at(closed)));
        }
        None => {
            if let Some(job) = job {
                let record = jobs::find(conn, job)?;
                let (wrong, headline) = (record.why().wrong, record.summary.last_headline);
                facts.extend(wrong.iter().map(|wrong| reason(wrong, headline.as_deref(), zone)));
            }
            facts.push(format!("Since {}.", at(&incident.since)));
        }
    }
    let path = incident.job_id.map_or_else(|| "/incidents".to_owned(), |job| format!("/incidents?job={job}"));
    let id = Some(incident.id);
    Ok(Item {
        topic,
        is_reminder,
        server: incident.server_name,
        job: incident.job_name,
        facts,
        incident: id,
        path,
    })
}
