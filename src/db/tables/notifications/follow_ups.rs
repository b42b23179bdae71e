//! What is told again while an incident is open and nobody acknowledged or snoozed it, or while a problem of this program lasts: reminders,
//! and other channels after a time.
//!
//! They are rows that wait. `arrange` makes them what they should be, from what is stored, so that it can be called at any time: after an
//! event, after a reminder was sent, after rules were changed. Who acknowledges, snoozes or closes deletes them.

use diesel::{prelude::*, sqlite::Sqlite};

use super::{
    own,
    purpose::{ESCALATION, EVENT, REMINDER},
    queue::{channel_of, in_particular, problem, routing},
    status::{DROPPED, QUEUED},
};
use crate::{
    db::{
        Connection, StoreError,
        schema::{incident_events, incidents as incident_rows, notifications},
        tables::{
            noticing::incidents::{self, IncidentRow},
            notification_rules,
            system_problems::{self, ProblemRow},
        },
    },
    ids::ChannelId,
    notify::{
        Reminder,
        routing::{Recipient, Routing},
    },
    time::Timestamp,
    topic::Topic,
};

/// Incidents that are arranged anew after rules were changed.
const ARRANGED: i64 = 500;

/// The rows that wait to be told again.
macro_rules! waiting {
    () => {
        notifications::table
            .filter(notifications::status.eq(QUEUED))
            .filter(notifications::purpose.ne(EVENT))
            .filter(notifications::message_id.is_null())
    };
}

/// What is told again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    /// An incident.
    Incident(i64),
    /// A problem of this program.
    Problem(i64),
}

impl Case {
    /// What was told of it, and waits.
    fn rows(self) -> notifications::BoxedQuery<'static, Sqlite> {
        let rows = notifications::table.into_boxed();
        match self {
            Self::Incident(id) => rows.filter(notifications::incident_id.eq(id)),
            Self::Problem(id) => rows.filter(notifications::problem_id.eq(id)),
        }
    }

    /// Its ids, as columns have them: of an incident, and of a problem.
    fn ids(self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::Incident(id) => (Some(id), None),
            Self::Problem(id) => (None, Some(id)),
        }
    }
}

/// How something stands that is told again.
struct Standing {
    case: Case,
    server: Option<i64>,
    topic: Topic,
    /// Since when it is there, and nobody acknowledged or snoozed it.
    begin: Timestamp,
    /// What makes the key of an escalation unlike that of another one of the case.
    episode: String,
    /// Who is told.
    routing: Routing,
}

/// What people did about an incident so that it is not told for a time.
macro_rules! acts {
    ($incident:expr) => {
        incident_events::table
            .filter(incident_events::incident_id.eq($incident))
            .filter(incident_events::event.eq_any(["acknowledged", "snoozed"]))
    };
}

/// What waits is about something else now.
pub(super) fn rename(conn: &mut Connection, incident: i64, topic: Topic) -> Result<(), StoreError> {
    diesel::update(waiting!().filter(notifications::incident_id.eq(incident)))
        .set(notifications::kind.eq(topic.as_str()))
        .execute(conn)?;
    Ok(())
}

/// What waits for a channel is told to nobody.
pub(super) fn delete_of_channel(conn: &mut Connection, channel: ChannelId) -> Result<(), StoreError> {
    diesel::delete(waiting!().filter(notifications::channel_id.eq(channel.0))).execute(conn)?;
    Ok(())
}

/// The same for all incidents that are open: rules or channels were changed.
///
/// # Errors
/// Database errors.
pub fn arrange_all(conn: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    let recipients = notification_rules::recipients(conn)?;
    let open: Vec<IncidentRow> = incident_rows::table
        .filter(incident_rows::closed_at.is_null())
        .order((incident_rows::opened_at.desc(), incident_rows::id.desc()))
        .limit(ARRANGED)
        .select(IncidentRow::as_select())
        .load(conn)?;
    open.iter().try_for_each(|row| {
        let topic = topic(conn, row)?;
        arrange(conn, row, topic, &recipients, now)
    })?;
    system_problems::open(conn)?.iter().try_for_each(|problem| arrange_problem(conn, problem, now))
}

/// The same for what a message is about whose reminders were sent.
pub(super) fn arrange_of_message(
    conn: &mut Connection,
    message: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ids: Vec<(Option<i64>, Option<i64>)> = notifications::table
        .filter(notifications::message_id.eq(message))
        .filter(notifications::purpose.eq(REMINDER))
        .select((notifications::incident_id, notifications::problem_id))
        .distinct()
        .load(conn)?;
    if ids.is_empty() {
        return Ok(());
    }
    let recipients = notification_rules::recipients(conn)?;
    for (incident, problem) in ids {
        if let Some(id) = incident
            && let Some(row) = incidents::find(conn, id)?
        {
            let topic = topic(conn, &row)?;
            arrange(conn, &row, topic, &recipients, now)?;
        }
        if let Some(id) = problem
            && let Some(row) = system_problems::find(conn, id)?
        {
            arrange_problem(conn, &row, now)?;
        }
    }
    Ok(())
}

/// What is told again of an incident; `None` while nothing is: somebody handles it, or it is closed.
///
/// # Errors
/// Database errors.
pub(super) fn topic(conn: &mut Connection, row: &IncidentRow) -> Result<Option<Topic>, StoreError> {
    let is_told = row.closed_at.is_none() && row.acknowledged_by.is_none() && row.snoozed_until.is_none();
    is_told.then(|| in_particular(conn, row, Topic::from(problem(row)))).transpose()
}

/// Makes what waits about an incident what it should be, by what is told again of it.
///
/// # Errors
/// Database errors.
pub(super) fn arrange(
    conn: &mut Connection,
    row: &IncidentRow,
    topic: Option<Topic>,
    recipients: &[Recipient],
    now: Timestamp,
) -> Result<(), StoreError> {
    let case = Case::Incident(row.id);
    let standing = match topic {
        Some(topic) => Some(Standing {
            case,
            server: row.server_id,
            topic,
            begin: begin_of(conn, row)?,
            episode: episode(conn, row)?.to_string(),
            routing: routing(conn, row, recipients, topic)?,
        }),
        None => None,
    };
    put_all(conn, case, standing, recipients, now)
}

/// The same of a problem of this program. Nobody acknowledges one: what is told again ends when it is over.
///
/// # Errors
/// Database errors.
pub fn arrange_problem(conn: &mut Connection, row: &ProblemRow, now: Timestamp) -> Result<(), StoreError> {
    let case = Case::Problem(row.id);
    let (mut routing, recipients) = own::routing(conn)?;
    // A channel is not told that it does not work.
    routing.routes.retain(|route| row.channel() != Some(route.channel));
    routing.escalations.retain(|(channel, _)| row.channel() != Some(*channel));
    let standing = row.ended_at.is_none().then(|| Standing {
        case,
        server: None,
        topic: Topic::System,
        begin: row.since.parse().unwrap_or_default(),
        episode: "own".to_owned(),
        routing,
    });
    put_all(conn, case, standing, &recipients, now)
}

/// Nothing more is told again of a problem that is over.
///
/// # Errors
/// Database errors.
pub fn end_problem(conn: &mut Connection, id: i64) -> Result<(), StoreError> {
    put_all(conn, Case::Problem(id), None, &[], Timestamp::default())
}

/// Puts into the queue what is told again, and deletes what waits and is not; all of it, if nothing is told again.
fn put_all(
    conn: &mut Connection,
    case: Case,
    standing: Option<Standing>,
    recipients: &[Recipient],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut wanted = Vec::new();
    if let Some(it) = &standing {
        for route in &it.routing.routes {
            if let Some(due) = next_reminder(conn, case, route.channel, route.reminder, it.begin)? {
                wanted.push((route.channel, REMINDER, due, format!("reminder {due}")));
            }
        }
        if !it.routing.escalations.is_empty() {
            let first = first_told(conn, case, it.begin)?;
            for (channel, after) in &it.routing.escalations {
                let what = format!("escalation {}", it.episode);
                wanted.push((*channel, ESCALATION, first.plus(*after), what));
            }
        }
        for (channel, purpose, due, what) in &mut wanted {
            let quiet = channel_of(recipients, *channel).and_then(|one| one.quiet.as_ref());
            // What was due before its rule was there is due now.
            let at = (*due).max(now);
            *due = quiet.map_or(at, |quiet| quiet.release(it.topic, *purpose == REMINDER, at));
            let key = match case {
                Case::Incident(id) => format!("{channel} {id} {what}"),
                Case::Problem(id) => format!("{channel} own {id} {what}"),
            };
            put(conn, it, (*channel, *purpose), *due, &key, now)?;
        }
    }
    for (id, channel, purpose) in waiting_of(conn, case)? {
        let is_wanted = |(wanted, of, ..): &(ChannelId, &str, Timestamp, String)| {
            channel == Some(wanted.0) && purpose == *of
        };
        if !wanted.iter().any(is_wanted) {
            diesel::delete(notifications::table.find(id)).execute(conn)?;
        }
    }
    Ok(())
}

/// What waits to be told again of a case: id, channel and purpose.
fn waiting_of(conn: &mut Connection, case: Case) -> Result<Vec<(i64, Option<i64>, String)>, StoreError> {
    Ok(case
        .rows()
        .filter(notifications::status.eq(QUEUED))
        .filter(notifications::purpose.ne(EVENT))
        .filter(notifications::message_id.is_null())
        .select((notifications::id, notifications::channel_id, notifications::purpose))
        .load(conn)?)
}

/// Puts a row into the queue, or changes when the one that waits is due.
fn put(
    conn: &mut Connection,
    standing: &Standing,
    (channel, purpose): (ChannelId, &'static str),
    due: Timestamp,
    key: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let known = waiting_of(conn, standing.case)?;
    let same = known.iter().find(|(_, of, what)| *of == Some(channel.0) && what == purpose);
    if let Some((id, ..)) = same {
        diesel::update(notifications::table.find(*id))
            .set(notifications::next_attempt_at.eq(due.to_string()))
            .execute(conn)?;
        return Ok(());
    }
    let name = super::channel_name(conn, channel)?;
    let (incident, problem) = standing.case.ids();
    diesel::insert_or_ignore_into(notifications::table)
        .values((
            notifications::channel_id.eq(channel.0),
            notifications::channel_name.eq(name),
            notifications::server_id.eq(standing.server),
            notifications::incident_id.eq(incident),
            notifications::problem_id.eq(problem),
            notifications::kind.eq(standing.topic.as_str()),
            notifications::status.eq(QUEUED),
            notifications::purpose.eq(purpose),
            notifications::dedupe_key.eq(key),
            notifications::next_attempt_at.eq(due.to_string()),
            notifications::created_at.eq(now.to_string()),
        ))
        .execute(conn)?;
    Ok(())
}

/// Since when an incident is open and nobody acknowledged or snoozed it.
fn begin_of(conn: &mut Connection, row: &IncidentRow) -> Result<Timestamp, StoreError> {
    let last_act: Option<i64> = acts!(row.id).select(diesel::dsl::max(incident_events::id)).first(conn)?;
    let begin: Option<String> = incident_events::table
        .filter(incident_events::incident_id.eq(row.id))
        .filter(incident_events::id.gt(last_act.unwrap_or(0)))
        .filter(incident_events::event.ne("set"))
        .order(incident_events::id)
        .select(incident_events::at)
        .first(conn)
        .optional()?;
    Ok(begin.as_deref().unwrap_or(&row.opened_at).parse().unwrap_or_default())
}

/// How often somebody acknowledged or snoozed an incident: since then, it may be told to others again.
fn episode(conn: &mut Connection, row: &IncidentRow) -> Result<i64, StoreError> {
    Ok(acts!(row.id).count().get_result(conn)?)
}

/// When the first channel was told, or will be, since a time.
fn first_told(conn: &mut Connection, case: Case, begin: Timestamp) -> Result<Timestamp, StoreError> {
    let times: Vec<(Option<String>, Option<String>)> = case
        .rows()
        .filter(notifications::purpose.eq(EVENT))
        .filter(notifications::created_at.ge(begin.to_string()))
        .filter(notifications::status.ne(DROPPED))
        .select((notifications::sent_at, notifications::next_attempt_at))
        .load(conn)?;
    let times = times.into_iter().filter_map(|(sent, next)| sent.or(next)?.parse::<Timestamp>().ok());
    Ok(times.min().unwrap_or(begin).max(begin))
}

/// When a channel is told again; `None` when it is not.
fn next_reminder(
    conn: &mut Connection,
    case: Case,
    channel: ChannelId,
    reminder: Reminder,
    begin: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    if reminder == Reminder::None {
        return Ok(None);
    }
    type Row = (String, String, Option<String>, Option<String>, String);
    let told: Vec<Row> = case
        .rows()
        .filter(notifications::channel_id.eq(channel.0))
        .filter(notifications::created_at.ge(begin.to_string()))
        .filter(notifications::status.ne(DROPPED))
        .order(notifications::id)
        .select((
            notifications::purpose,
            notifications::status,
            notifications::sent_at,
            notifications::next_attempt_at,
            notifications::created_at,
        ))
        .load(conn)?;
    let (mut last, mut sent) = (begin, 0);
    for (purpose, status, sent_at, next, created) in told {
        match purpose.as_str() {
            // What waits to be sent as a reminder is what is looked for.
            REMINDER if status == QUEUED => continue,
            REMINDER => sent += 1,
            // Something happened: it begins anew.
            _ => sent = 0,
        }
        let at = sent_at.or(next).unwrap_or(created);
        last = last.max(at.parse().unwrap_or(begin));
    }
    Ok(reminder.pause(sent).map(|pause| last.plus(pause)))
}
