//! What became of a message that was taken.

use diesel::prelude::*;

use super::{
    claim::{AT_ONCE, rows_of},
    follow_ups,
    status::{FAILED, QUEUED, SENT},
};
use crate::{
    db::{Connection, StoreError, engine::lossy_text::LossyText, schema::notifications},
    ids::ChannelId,
    time::Timestamp,
};

/// The word of `notifications.type` of a test.
pub const TEST: &str = "test";
/// The word of `notifications.reason` of what may have arrived twice.
const REPEATED: &str = "repeated";

/// What each row of a message gets.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = notifications, treat_none_as_null = true)]
struct Outcome {
    status: &'static str,
    sent_at: Option<String>,
    answer: Option<String>,
    leased_until: Option<String>,
    next_attempt_at: Option<String>,
    reason: Option<String>,
}

impl Outcome {
    fn of(status: &'static str, sent_at: Option<String>, answer: Option<String>) -> Self {
        Self { status, sent_at, answer, leased_until: None, next_attempt_at: None, reason: None }
    }

    /// Gives it to rows of a message, as many as one transaction changes. Returns whether there are more.
    fn save(&self, conn: &mut Connection, message: i64, now: Timestamp) -> Result<bool, StoreError> {
        let rows =
            rows_of!(message).limit(i64::try_from(AT_ONCE).unwrap_or(i64::MAX)).select(notifications::id);
        let ids: Vec<i64> = if self.status == QUEUED {
            rows.filter(notifications::leased_until.is_not_null()).load(conn)?
        } else {
            rows.load(conn)?
        };
        let has_more = ids.len() == AT_ONCE;
        diesel::update(notifications::table.filter(notifications::id.eq_any(ids))).set(self).execute(conn)?;
        if self.status != QUEUED && !has_more {
            // The next reminder may work.
            follow_ups::arrange_of_message(conn, message, now)?;
        }
        Ok(has_more)
    }
}

/// The receiver took it. `text` is what was sent; the row from which the message has its id keeps it. Returns whether there are more
/// rows, for another call. `is_repeated`: an attempt before was interrupted, so that the receiver may have it twice.
///
/// # Errors
/// Database errors.
pub fn sent(
    conn: &mut Connection,
    message: i64,
    (text, answer): (&str, &str),
    is_repeated: bool,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // Once, however many rows it tells.
    diesel::update(notifications::table.find(message)).set(notifications::message.eq(text)).execute(conn)?;
    let outcome = Outcome::of(SENT, Some(now.to_string()), Some(answer.to_owned()));
    Outcome { reason: is_repeated.then(|| REPEATED.to_owned()), ..outcome }.save(conn, message, now)
}

/// It did not work, and is tried again at a time, or not at all. Returns whether there are more rows, for another call.
///
/// # Errors
/// Database errors.
pub fn failed(
    conn: &mut Connection,
    message: i64,
    why: &str,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let status = if again.is_some() { QUEUED } else { FAILED };
    let outcome = Outcome::of(status, None, Some(why.to_owned()));
    Outcome { next_attempt_at: again.map(|at| at.to_string()), ..outcome }.save(conn, message, now)
}

/// Gives rows of a message the outcome that others of it have, if any has one.
///
/// # Errors
/// Database errors.
pub(super) fn complete(conn: &mut Connection, message: i64, now: Timestamp) -> Result<bool, StoreError> {
    type Known = (LossyText, Option<LossyText>, Option<LossyText>, Option<LossyText>);
    let known: Option<Known> = notifications::table
        .filter(notifications::message_id.eq(message))
        .filter(notifications::status.eq_any([SENT, FAILED]))
        .select((notifications::status, notifications::sent_at, notifications::answer, notifications::reason))
        .first(conn)
        .optional()?;
    let Some((status, sent_at, answer, reason)) = known else { return Ok(false) };
    let status = if status.as_str() == SENT { SENT } else { FAILED };
    let outcome = Outcome::of(status, sent_at.map(Into::into), answer.map(Into::into));
    Outcome { reason: reason.map(Into::into), ..outcome }.save(conn, message, now)?;
    Ok(true)
}

/// What came of a test.
#[derive(Debug, Clone, Copy)]
pub struct Tested<'t> {
    /// What was sent; `None` for a sign of life.
    pub text: Option<&'t str>,
    /// What the receiver answered, or why it could not be reached.
    pub answer: &'t str,
    /// Whether the receiver took it.
    pub worked: bool,
}

/// Adds a test to the history. It is no message of the queue: it was sent already. `key` tells apart tests of the same second.
///
/// # Errors
/// Database errors.
pub fn tested(
    conn: &mut Connection,
    (channel, name): (ChannelId, &str),
    key: &str,
    test: &Tested<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::insert_into(notifications::table)
        .values((
            notifications::channel_id.eq(channel.0),
            notifications::channel_name.eq(name),
            notifications::kind.eq(TEST),
            notifications::status.eq(if test.worked { SENT } else { FAILED }),
            notifications::message.eq(test.text),
            notifications::answer.eq(test.answer),
            notifications::attempts.eq(1),
            notifications::dedupe_key.eq(format!("test {channel} {key}")),
            notifications::sent_at.eq(test.worked.then(|| now.to_string())),
            notifications::created_at.eq(now.to_string()),
        ))
        .execute(conn)?;
    Ok(())
}
