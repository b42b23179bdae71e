//! What happens to incidents is queued for the channels that want it.

use diesel::prelude::*;

use super::status::{DROPPED, QUEUED, SENT};
use crate::{
    db::{
        Connection, StoreError,
        schema::{incidents, notifications},
        tables::channels::{self, ChannelRow},
    },
    ids::RunId,
    noticing::{
        incident::{Closing, Entry, Event},
        state::Problem,
    },
    time::Timestamp,
    topic::Topic,
};

/// What follows a message about the same server is told together, so many seconds later.
const WINDOW: i64 = 60;

/// Queues an entry of the timeline of an incident. To be called in the transaction that adds the entry.
///
/// # Errors
/// Database errors.
pub fn event(
    conn: &mut Connection,
    incident: i64,
    entry: &Entry,
    run: Option<RunId>,
) -> Result<(), StoreError> {
    match &entry.event {
        Event::Closed { why } => {
            drop_queued(conn, incident)?;
            if *why == Closing::Good {
                let told = Told { incident, topic: Topic::Recovered, what: "recovered".to_owned(), run };
                queue(conn, &told, entry.at)?;
            }
        }
        event => {
            let Some((topic, what)) = told(conn, incident, event, entry.at)? else { return Ok(()) };
            queue(conn, &Told { incident, topic, what, run }, entry.at)?;
        }
    }
    Ok(())
}

/// What is told about an incident, once for each `what`.
struct Told {
    incident: i64,
    topic: Topic,
    what: String,
    run: Option<RunId>,
}

/// What is told of an event; `None` for what somebody did, and for what grows milder.
fn told(
    conn: &mut Connection,
    incident: i64,
    event: &Event,
    at: Timestamp,
) -> Result<Option<(Topic, String)>, StoreError> {
    let row = incidents::table.find(incident);
    Ok(match event {
        Event::Opened { problem, .. } => Some((Topic::from(*problem), problem.as_str().to_owned())),
        Event::Changed { from, to } if to > from => Some((Topic::from(*to), to.as_str().to_owned())),
        Event::Silent { .. } => Some((Topic::Late, "silent".to_owned())),
        Event::Found { check } => {
            // Who snoozed it wants to hear nothing until then.
            let snoozed: Option<String> = row.select(incidents::snoozed_until).first(conn)?;
            snoozed.is_none().then(|| (Topic::Check, format!("found {check:?}")))
        }
        Event::Woke => {
            let problem: String = row.select(incidents::problem).first(conn)?;
            let topic = Topic::from(problem.parse().unwrap_or(Problem::Check));
            Some((topic, format!("woke {at}")))
        }
        Event::Changed { .. }
        | Event::Set { .. }
        | Event::Acknowledged { .. }
        | Event::Snoozed { .. }
        | Event::Closed { .. } => None,
    })
}

/// What waits about an incident that is over is not sent any more.
fn drop_queued(conn: &mut Connection, incident: i64) -> Result<(), StoreError> {
    diesel::update(
        notifications::table
            .filter(notifications::incident_id.eq(incident))
            .filter(notifications::status.eq(QUEUED))
            .filter(notifications::message_id.is_null()),
    )
    .set((notifications::status.eq(DROPPED), notifications::next_attempt_at.eq(None::<String>)))
    .execute(conn)?;
    Ok(())
}

fn queue(conn: &mut Connection, told: &Told, now: Timestamp) -> Result<(), StoreError> {
    let wanted: Vec<ChannelRow> = channels::all(conn)?
        .into_iter()
        .filter(|channel| channel.is_enabled && channel.topics().contains(&told.topic))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let server: Option<i64> =
        incidents::table.find(told.incident).select(incidents::server_id).first(conn)?;
    for channel in wanted {
        if told.topic == Topic::Recovered && !was_told(conn, channel.id, told.incident)? {
            continue;
        }
        let first = first_attempt(conn, &channel, server, now)?;
        diesel::insert_or_ignore_into(notifications::table)
            .values((
                notifications::channel_id.eq(channel.id),
                notifications::channel_name.eq(channel.name),
                notifications::server_id.eq(server),
                notifications::backup_id.eq(told.run.map(|run| run.0)),
                notifications::incident_id.eq(told.incident),
                notifications::kind.eq(told.topic.as_str()),
                notifications::status.eq(QUEUED),
                notifications::dedupe_key.eq(format!("{} {} {}", channel.id, told.incident, told.what)),
                notifications::next_attempt_at.eq(first.to_string()),
                notifications::created_at.eq(now.to_string()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Whether a channel was told of an incident, or is being told: a recovery is news to those only.
fn was_told(conn: &mut Connection, channel: i64, incident: i64) -> Result<bool, StoreError> {
    let told = notifications::table
        .filter(notifications::incident_id.eq(incident))
        .filter(notifications::channel_id.eq(channel))
        .filter(
            notifications::status
                .eq(SENT)
                .or(notifications::status.eq(QUEUED).and(notifications::message_id.is_not_null())),
        );
    Ok(diesel::select(diesel::dsl::exists(told)).get_result(conn)?)
}

/// When a new row is sent: at once, unless something about its server was told a moment ago.
fn first_attempt(
    conn: &mut Connection,
    channel: &ChannelRow,
    server: Option<i64>,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    let at = now.plus(channel.delay);
    let Some(server) = server else { return Ok(at) };
    let since = now.plus(-WINDOW).to_string();
    let last: Option<(String, Option<String>, Option<i64>)> = notifications::table
        .filter(notifications::channel_id.eq(channel.id))
        .filter(notifications::server_id.eq(server))
        .filter(notifications::created_at.gt(since))
        .filter(notifications::status.ne(DROPPED))
        .order((notifications::created_at.desc(), notifications::id.desc()))
        .select((notifications::created_at, notifications::next_attempt_at, notifications::message_id))
        .first(conn)
        .optional()?;
    let Some((created, waits, message)) = last else { return Ok(at) };
    // It joins what waits already, unless that is a message which was tried; else it waits for what else happens.
    let time = |text: &str| text.parse::<Timestamp>().ok();
    let waits = waits.as_deref().filter(|_| message.is_none()).and_then(time).filter(|waits| *waits > now);
    Ok(waits.or_else(|| time(&created).map(|created| created.plus(WINDOW))).unwrap_or(at).max(at))
}
