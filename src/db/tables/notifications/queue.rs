//! What happens to incidents is queued for the channels that are told of it.

use diesel::prelude::*;

use super::{
    combined, follow_ups,
    purpose::{ESCALATION, EVENT},
    status::{DROPPED, QUEUED, SENT},
};
use crate::{
    db::{
        Connection, StoreError,
        schema::notifications,
        tables::{
            noticing::{
                incidents::{self, IncidentRow},
                silent_server,
            },
            notification_rules,
        },
    },
    ids::{ChannelId, JobId, RunId, ServerId},
    noticing::{
        incident::{Entry, Event},
        state::Problem,
    },
    notify::{
        Standing, about_checks,
        routing::{Recipient, Route, Routing, route},
        told,
    },
    time::Timestamp,
    topic::Topic,
};

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
    let Some(row) = incidents::find(conn, incident)? else { return Ok(()) };
    match &entry.event {
        Event::Closed { why } => drop_queued(conn, incident, why.as_str())?,
        Event::Snoozed { .. } => drop_queued(conn, incident, "snoozed")?,
        Event::Changed { to, .. } => follow_ups::rename(conn, incident, Topic::from(*to))?,
        _ => {}
    }
    let recipients = notification_rules::recipients(conn)?;
    if recipients.is_empty() {
        return Ok(());
    }
    let again = follow_ups::topic(conn, &row)?;
    let standing = Standing { problem: problem(&row), is_snoozed: row.snoozed_until.is_some() };
    if let Some((topic, what)) = told(&entry.event, standing, entry.at) {
        let topic = match (&entry.event, again) {
            (Event::Found { check }, _) => about_checks(&[*check]),
            (_, Some(again)) if again.whole() == topic => again,
            _ => in_particular(conn, &row, topic)?,
        };
        queue(conn, &row, &QueuedEvent { topic, what, run }, &recipients, entry.at)?;
    }
    follow_ups::arrange(conn, &row, again, &recipients, entry.at)
}

/// What an incident is about.
pub(super) fn problem(row: &IncidentRow) -> Problem {
    row.problem.parse().unwrap_or(Problem::Check)
}

/// A topic of an incident, or the part of it that the incident is about.
pub(super) fn in_particular(
    conn: &mut Connection,
    row: &IncidentRow,
    topic: Topic,
) -> Result<Topic, StoreError> {
    Ok(match topic {
        Topic::Check => about_checks(&row.checks()),
        Topic::Late if silent_server::overdue_jobs(conn, row)?.is_some() => Topic::Silent,
        other => other,
    })
}

/// Who is told of something about an incident.
pub(super) fn routing(
    conn: &mut Connection,
    row: &IncidentRow,
    recipients: &[Recipient],
    topic: Topic,
) -> Result<Routing, StoreError> {
    let rules = notification_rules::all(conn)?;
    if rules.is_empty() {
        return Ok(route(&rules, recipients, &Default::default(), topic));
    }
    let subject = notification_rules::subject(conn, row.server_id.map(ServerId), row.job_id.map(JobId))?;
    Ok(route(&rules, recipients, &subject, topic))
}

/// An event of an incident that is queued once for each `what`.
struct QueuedEvent {
    topic: Topic,
    what: String,
    run: Option<RunId>,
}

/// What waits about an incident that is over, or of which nobody wants to hear, is not sent any more.
fn drop_queued(conn: &mut Connection, incident: i64, why: &str) -> Result<(), StoreError> {
    diesel::update(
        notifications::table
            .filter(notifications::incident_id.eq(incident))
            .filter(notifications::status.eq(QUEUED))
            .filter(notifications::purpose.eq(EVENT))
            .filter(notifications::message_id.is_null()),
    )
    .set(dropped(why))
    .execute(conn)?;
    Ok(())
}

pub(super) type Dropped<'w> = (
    diesel::dsl::Eq<notifications::status, &'static str>,
    diesel::dsl::Eq<notifications::reason, &'w str>,
    diesel::dsl::Eq<notifications::next_attempt_at, Option<String>>,
);

pub(super) fn dropped(why: &str) -> Dropped<'_> {
    (
        notifications::status.eq(DROPPED),
        notifications::reason.eq(why),
        notifications::next_attempt_at.eq(None::<String>),
    )
}

/// What waits for a channel to which nothing is sent any more is not sent. `why` is `"off"` or `"deleted"`.
///
/// # Errors
/// Database errors.
pub fn drop_of_channel(conn: &mut Connection, channel: ChannelId, why: &str) -> Result<(), StoreError> {
    follow_ups::delete_of_channel(conn, channel)?;
    diesel::update(
        notifications::table
            .filter(notifications::channel_id.eq(channel.0))
            .filter(notifications::status.eq(QUEUED))
            .filter(notifications::leased_until.is_null()),
    )
    .set(dropped(why))
    .execute(conn)?;
    Ok(())
}

fn queue(
    conn: &mut Connection,
    row: &IncidentRow,
    told: &QueuedEvent,
    recipients: &[Recipient],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut routing = routing(conn, row, recipients, told.topic)?;
    let common = (
        notifications::server_id.eq(row.server_id),
        notifications::backup_id.eq(told.run.map(|run| run.0)),
        notifications::incident_id.eq(row.id),
        notifications::kind.eq(told.topic.as_str()),
        notifications::created_at.eq(now.to_string()),
    );
    if routing.is_nobody {
        diesel::insert_or_ignore_into(notifications::table)
            .values((
                common,
                dropped("rule"),
                notifications::dedupe_key.eq(format!("nobody {} {}", row.id, told.what)),
            ))
            .execute(conn)?;
        return Ok(());
    }
    if told.topic == Topic::Recovered {
        routing.routes = of_recovery(conn, row.id, routing.routes, recipients)?;
    }
    for route in routing.routes {
        let Some(channel) = channel_of(recipients, route.channel) else { continue };
        let first = first_attempt(conn, channel, &route, row.server_id, now)?;
        let released = channel.quiet.as_ref().map_or(first, |quiet| quiet.release(told.topic, false, first));
        let name = super::channel_name(conn, route.channel)?;
        diesel::insert_or_ignore_into(notifications::table)
            .values((
                common.clone(),
                notifications::channel_id.eq(route.channel.0),
                notifications::channel_name.eq(name),
                notifications::status.eq(QUEUED),
                notifications::reason.eq((released > first).then_some("quiet")),
                notifications::dedupe_key.eq(format!("{} {} {}", route.channel, row.id, told.what)),
                notifications::next_attempt_at.eq(released.to_string()),
            ))
            .execute(conn)?;
    }
    Ok(())
}

pub(super) fn channel_of(recipients: &[Recipient], id: ChannelId) -> Option<&Recipient> {
    recipients.iter().find(|recipient| recipient.id == id)
}

/// A recovery is news to those only that were told of the incident, or are being told. Who was told because nobody acknowledged hears of it
/// too, whatever the rules say of recoveries.
fn of_recovery(
    conn: &mut Connection,
    incident: i64,
    routes: Vec<Route>,
    recipients: &[Recipient],
) -> Result<Vec<Route>, StoreError> {
    let told: Vec<(Option<i64>, String)> = notifications::table
        .filter(notifications::incident_id.eq(incident))
        .filter(
            notifications::status
                .eq(SENT)
                .or(notifications::status.eq(QUEUED).and(notifications::message_id.is_not_null())),
        )
        .select((notifications::channel_id, notifications::purpose))
        .distinct()
        .load(conn)?;
    let mut routes: Vec<Route> = routes
        .into_iter()
        .filter(|route| told.iter().any(|(channel, _)| *channel == Some(route.channel.0)))
        .collect();
    for (channel, _) in told.iter().filter(|(_, purpose)| purpose == ESCALATION) {
        let known = channel.and_then(|id| channel_of(recipients, ChannelId(id))).filter(|one| one.is_enabled);
        if let Some(one) = known.filter(|one| routes.iter().all(|route| route.channel != one.id)) {
            routes.push(Route { channel: one.id, delay: one.delay, reminder: one.reminder });
        }
    }
    Ok(routes)
}

/// When a new row is sent: at once, unless something that it is combined with was told a moment ago.
fn first_attempt(
    conn: &mut Connection,
    channel: &Recipient,
    route: &Route,
    server: Option<i64>,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    let at = now.plus(route.delay);
    let Some(server) = server.filter(|_| channel.window > 0) else { return Ok(at) };
    let since = now.plus(-channel.window).to_string();
    let same = combined::with(conn, channel.combine, Some(server))?;
    let last: Option<(String, Option<String>, Option<i64>)> =
        combined::of(same, notifications::table.into_boxed())
            .filter(notifications::channel_id.eq(route.channel.0))
            .filter(notifications::created_at.gt(since))
            .filter(notifications::status.ne(DROPPED))
            .filter(notifications::purpose.eq(EVENT))
            .order((notifications::created_at.desc(), notifications::id.desc()))
            .select((notifications::created_at, notifications::next_attempt_at, notifications::message_id))
            .first(conn)
            .optional()?;
    let Some((created, waits, message)) = last else { return Ok(at) };
    // It joins what waits already, unless that is a message which was tried or waits for the end of the night; else it waits for what else
    // happens.
    let time = |text: &str| text.parse::<Timestamp>().ok();
    let soon = now..=now.plus(route.delay.max(channel.window));
    let waits = waits.as_deref().filter(|_| message.is_none()).and_then(time);
    let waits = waits.filter(|waits| *waits > now && soon.contains(waits));
    Ok(waits.or_else(|| time(&created).map(|created| created.plus(channel.window))).unwrap_or(at).max(at))
}
