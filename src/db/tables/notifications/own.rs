//! Queues what is told of problems of this program itself.

use diesel::prelude::*;

use super::{
    follow_ups,
    purpose::EVENT,
    queue::{channel_of, dropped},
    status::{QUEUED, SENT},
};
use crate::{
    db::{
        Connection, StoreError,
        schema::notifications,
        tables::{notification_rules, system_problems::ProblemRow},
    },
    ids::ChannelId,
    notify::routing::{Recipient, Routing, Subject, route},
    time::Timestamp,
    topic::Topic,
};

/// Who is told of problems of this program.
///
/// # Errors
/// Database errors.
pub fn routing(conn: &mut Connection) -> Result<(Routing, Vec<Recipient>), StoreError> {
    let (rules, recipients) = (notification_rules::all(conn)?, notification_rules::recipients(conn)?);
    Ok((route(&rules, &recipients, &Subject::default(), Topic::System), recipients))
}

/// Queues that a problem began, or grew worse. A channel is not told that it does not work.
///
/// # Errors
/// Database errors.
pub fn began(conn: &mut Connection, problem: &ProblemRow, now: Timestamp) -> Result<(), StoreError> {
    let (routing, recipients) = routing(conn)?;
    if routing.is_nobody {
        let key = format!("nobody own {} {}", problem.id, problem.state);
        let row = (dropped("rule"), notifications::dedupe_key.eq(key));
        diesel::insert_or_ignore_into(notifications::table)
            .values((common(problem, Topic::System, now), row))
            .execute(conn)?;
        return Ok(());
    }
    for route in routing.routes.iter().filter(|route| problem.channel() != Some(route.channel)) {
        let due = now.plus(route.delay);
        put(conn, problem, (route.channel, Topic::System), &recipients, (due, now))?;
    }
    follow_ups::arrange_problem(conn, problem, now)
}

/// Queues that a problem is over, for those who were told of it. What still waits is not sent.
///
/// # Errors
/// Database errors.
pub fn over(conn: &mut Connection, problem: &ProblemRow, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(
        notifications::table
            .filter(notifications::problem_id.eq(problem.id))
            .filter(notifications::status.eq(QUEUED))
            .filter(notifications::purpose.eq(EVENT))
            .filter(notifications::message_id.is_null()),
    )
    .set(dropped("over"))
    .execute(conn)?;
    follow_ups::end_problem(conn, problem.id)?;
    let told: Vec<Option<i64>> = notifications::table
        .filter(notifications::problem_id.eq(problem.id))
        .filter(notifications::status.eq_any([SENT, QUEUED]))
        .select(notifications::channel_id)
        .distinct()
        .load(conn)?;
    let (_, recipients) = routing(conn)?;
    for channel in told.into_iter().flatten() {
        put(conn, problem, (ChannelId(channel), Topic::Recovered), &recipients, (now, now))?;
    }
    Ok(())
}

/// Stores what a channel was told while nothing could be stored.
///
/// # Errors
/// Database errors.
pub fn was_told(
    conn: &mut Connection,
    problem: &ProblemRow,
    channel: ChannelId,
    (text, answer): (&str, &str),
    at: Timestamp,
) -> Result<(), StoreError> {
    let name = super::channel_name(conn, channel)?;
    diesel::insert_or_ignore_into(notifications::table)
        .values((
            common(problem, Topic::System, at),
            notifications::channel_id.eq(name.is_some().then_some(channel.0)),
            notifications::channel_name.eq(name),
            notifications::status.eq(SENT),
            notifications::sent_at.eq(at.to_string()),
            notifications::message.eq(text),
            notifications::answer.eq(answer),
            notifications::attempts.eq(1),
            notifications::dedupe_key.eq(format!("{channel} own {} {}", problem.id, problem.state)),
        ))
        .execute(conn)?;
    Ok(())
}

type Common = (
    diesel::dsl::Eq<notifications::problem_id, i64>,
    diesel::dsl::Eq<notifications::kind, &'static str>,
    diesel::dsl::Eq<notifications::created_at, String>,
);

fn common(problem: &ProblemRow, topic: Topic, now: Timestamp) -> Common {
    (
        notifications::problem_id.eq(problem.id),
        notifications::kind.eq(topic.as_str()),
        notifications::created_at.eq(now.to_string()),
    )
}

fn put(
    conn: &mut Connection,
    problem: &ProblemRow,
    (channel, topic): (ChannelId, Topic),
    recipients: &[Recipient],
    (due, now): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let Some(recipient) = channel_of(recipients, channel).filter(|one| one.is_enabled) else { return Ok(()) };
    let released = recipient.quiet.as_ref().map_or(due, |quiet| quiet.release(topic, false, due));
    let what = if topic == Topic::System { problem.state.as_str() } else { "over" };
    let name = super::channel_name(conn, channel)?;
    diesel::insert_or_ignore_into(notifications::table)
        .values((
            common(problem, topic, now),
            notifications::channel_id.eq(channel.0),
            notifications::channel_name.eq(name),
            notifications::status.eq(QUEUED),
            notifications::reason.eq((released > due).then_some("quiet")),
            notifications::dedupe_key.eq(format!("{channel} own {} {what}", problem.id)),
            notifications::next_attempt_at.eq(released.to_string()),
        ))
        .execute(conn)?;
    Ok(())
}
