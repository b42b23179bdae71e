//! What became of a message that was taken.

use diesel::prelude::*;

use super::{
    claim::{AT_ONCE, rows_of},
    follow_ups,
    status::{FAILED, QUEUED, SENT},
};
use crate::{
    db::{Connection, StoreError, engine::lossy_text::LossyText, schema::notifications},
    time::Timestamp,
};

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
/// rows, for another call.
///
/// # Errors
/// Database errors.
pub fn sent(
    conn: &mut Connection,
    message: i64,
    text: &str,
    answer: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // Once, however many rows it tells.
    diesel::update(notifications::table.find(message)).set(notifications::message.eq(text)).execute(conn)?;
    Outcome::of(SENT, Some(now.to_string()), Some(answer.to_owned())).save(conn, message, now)
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
    type Known = (LossyText, Option<LossyText>, Option<LossyText>);
    let known: Option<Known> = notifications::table
        .filter(notifications::message_id.eq(message))
        .filter(notifications::status.eq_any([SENT, FAILED]))
        .select((notifications::status, notifications::sent_at, notifications::answer))
        .first(conn)
        .optional()?;
    let Some((status, sent_at, answer)) = known else { return Ok(false) };
    let status = if status.as_str() == SENT { SENT } else { FAILED };
    Outcome::of(status, sent_at.map(Into::into), answer.map(Into::into)).save(conn, message, now)?;
    Ok(true)
}
