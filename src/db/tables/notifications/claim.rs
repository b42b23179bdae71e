//! Takes what is due for a channel: as one message, and for a time.

use std::collections::BTreeSet;

use diesel::{prelude::*, sqlite::Sqlite};

use super::{combined, outcome, purpose::REMINDER, status::QUEUED};
use crate::{
    db::{Connection, StoreError, schema::notifications},
    ids::ChannelId,
    notify::{Combine, Combined, Quiet},
    time::Timestamp,
    topic::Topic,
};

/// How long a dispatcher keeps what it took: seconds. Longer than any attempt lasts. Until then nothing of it is due.
pub const LEASE: i64 = 120;
/// Messages that a channel gets within [`WINDOW`]; what follows is one message.
const MESSAGES: usize = 5;
/// Seconds.
const WINDOW: i64 = 60;
/// Rows that are looked at to see whether they are about one server.
const LOOKED_AT: i64 = 50;
/// Rows that one transaction changes, so that very many rows do not delay the reports of others.
pub(super) const AT_ONCE: usize = 1000;

/// A message that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Its id.
    pub message: i64,
    /// Which attempt this is, from 1.
    pub attempt: i64,
    /// Whether the attempt before was interrupted, so that it may have worked.
    pub was_interrupted: bool,
    /// Whether all its rows were taken. Otherwise [`rest`] takes more.
    pub is_whole: bool,
    channel: ChannelId,
    rows: Rows,
}

/// The due rows of a channel that a message takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// Those that it had at an earlier attempt.
    Known,
    /// Those that are combined and belong to no message yet.
    Fresh(Combined<i64, i64>),
    /// All that belong to no message yet.
    All,
}

/// The rows of a message that still wait.
macro_rules! rows_of {
    ($message:expr) => {
        notifications::table
            .filter(notifications::message_id.eq($message))
            .filter(notifications::status.eq(QUEUED))
    };
}
pub(super) use rows_of;

type Row = (i64, Option<i64>, Option<i64>, i64, Option<String>);

/// When the next row of a channel is due; `None` when nothing waits.
///
/// # Errors
/// Database errors.
pub fn next_due(conn: &mut Connection, channel: ChannelId) -> Result<Option<Timestamp>, StoreError> {
    let due: Option<Option<String>> = of(channel)
        .order(notifications::next_attempt_at)
        .select(notifications::next_attempt_at)
        .first(conn)
        .optional()?;
    Ok(due.flatten().and_then(|at| at.parse().ok()))
}

fn of(channel: ChannelId) -> notifications::BoxedQuery<'static, Sqlite> {
    notifications::table
        .filter(notifications::channel_id.eq(channel.0))
        .filter(notifications::status.eq(QUEUED))
        .into_boxed()
}

/// The rows of a channel that are due.
fn due(channel: ChannelId, now: Timestamp) -> notifications::BoxedQuery<'static, Sqlite> {
    of(channel).filter(notifications::next_attempt_at.le(now.to_string()))
}

/// The first rows of those that are due, as many as one transaction changes.
fn first_of(
    conn: &mut Connection,
    rows: notifications::BoxedQuery<'static, Sqlite>,
) -> Result<Vec<i64>, StoreError> {
    Ok(rows
        .order((notifications::next_attempt_at, notifications::id))
        .limit(i64::try_from(AT_ONCE).unwrap_or(i64::MAX))
        .select(notifications::id)
        .load(conn)?)
}

/// Lets what is due for a channel wait for the end of its quiet hours.
fn wait_for_morning(
    conn: &mut Connection,
    channel: ChannelId,
    quiet: &Quiet,
    now: Timestamp,
) -> Result<(), StoreError> {
    let night = |topic, is_reminder| Some(quiet.release(topic, is_reminder, now)).filter(|end| *end > now);
    // What is least urgent waits, if anything does.
    let Some(end) = night(Topic::Recovered, true) else { return Ok(()) };
    let passes: Vec<&str> =
        Topic::ALL.into_iter().filter(|topic| night(*topic, false).is_none()).map(Topic::as_str).collect();
    let waits = first_of(
        conn,
        due(channel, now).filter(notifications::purpose.eq(REMINDER).or(notifications::kind.ne_all(passes))),
    )?;
    diesel::update(notifications::table.filter(notifications::id.eq_any(waits)))
        .set((notifications::next_attempt_at.eq(end.to_string()), notifications::reason.eq("quiet")))
        .execute(conn)?;
    Ok(())
}

/// Takes the next message of a channel; `None` when nothing is due.
///
/// # Errors
/// Database errors.
pub fn next(
    conn: &mut Connection,
    channel: ChannelId,
    (quiet, combine): (Option<&Quiet>, Combine),
    now: Timestamp,
) -> Result<Option<Claim>, StoreError> {
    if let Some(quiet) = quiet {
        wait_for_morning(conn, channel, quiet, now)?;
    }
    let looked_at: Vec<Row> = due(channel, now)
        .order((notifications::next_attempt_at, notifications::id))
        .limit(LOOKED_AT)
        .select((
            notifications::id,
            notifications::server_id,
            notifications::message_id,
            notifications::attempts,
            notifications::leased_until,
        ))
        .load(conn)?;
    let Some((first, server, known, attempts, lease)) = looked_at.first().cloned() else { return Ok(None) };
    let rows = match known {
        // The program was stopped before all its rows had the outcome.
        Some(message) if outcome::complete(conn, message, now)? => return Ok(None),
        Some(_) => Rows::Known,
        None => {
            if let Some(later) = is_flooded(conn, channel, now)? {
                let fresh = first_of(conn, due(channel, now).filter(notifications::message_id.is_null()))?;
                diesel::update(notifications::table.filter(notifications::id.eq_any(fresh)))
                    .set(notifications::next_attempt_at.eq(later.to_string()))
                    .execute(conn)?;
                return Ok(None);
            }
            let servers: BTreeSet<_> = looked_at.iter().map(|row| row.1).collect();
            // Many servers at once are one problem, and one message.
            if servers.len() > MESSAGES {
                Rows::All
            } else {
                Rows::Fresh(combined::with(conn, combine, server)?)
            }
        }
    };
    let claim = Claim {
        message: known.unwrap_or(first),
        attempt: attempts + 1,
        was_interrupted: lease.is_some(),
        is_whole: false,
        channel,
        rows,
    };
    rest(conn, claim, now).map(Some)
}

/// Takes more rows of a message that was begun at a time.
///
/// # Errors
/// Database errors.
pub fn rest(conn: &mut Connection, claim: Claim, now: Timestamp) -> Result<Claim, StoreError> {
    let due = due(claim.channel, now);
    let fresh = notifications::message_id.is_null();
    let ids = first_of(
        conn,
        match claim.rows {
            Rows::Known => due.filter(notifications::message_id.eq(claim.message)),
            Rows::Fresh(same) => combined::of(same, due.filter(fresh)),
            Rows::All => due.filter(fresh),
        },
    )?;
    let is_whole = ids.len() < AT_ONCE;
    let lease_end = now.plus(LEASE).to_string();
    diesel::update(notifications::table.filter(notifications::id.eq_any(ids)))
        .set((
            notifications::message_id.eq(claim.message),
            notifications::leased_until.eq(lease_end.clone()),
            notifications::next_attempt_at.eq(lease_end),
            notifications::attempts.eq(claim.attempt),
        ))
        .execute(conn)?;
    Ok(Claim { is_whole, ..claim })
}

/// When the next message may be sent to a channel that had its share; `None`: now.
fn is_flooded(
    conn: &mut Connection,
    channel: ChannelId,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let since = now.plus(-WINDOW).to_string();
    let sent: Vec<(Option<i64>, Option<String>)> = notifications::table
        .filter(notifications::channel_id.eq(channel.0))
        .filter(notifications::sent_at.gt(since))
        // Tests are no messages.
        .filter(notifications::message_id.is_not_null())
        .group_by(notifications::message_id)
        .select((notifications::message_id, diesel::dsl::min(notifications::sent_at)))
        .load(conn)?;
    if sent.len() < MESSAGES {
        return Ok(None);
    }
    let oldest = sent.into_iter().filter_map(|(_, at)| at?.parse::<Timestamp>().ok()).min();
    Ok(oldest.map(|at| at.plus(WINDOW + 1)))
}
