//! What became of a message that was taken.

use diesel::prelude::*;

use super::{
    claim::rows_of,
    follow_ups,
    status::{FAILED, QUEUED, SENT},
};
use crate::{
    db::{Connection, StoreError, schema::notifications},
    time::Timestamp,
};

/// The receiver took it. `text` is what was sent; the row from which the message has its id keeps it.
///
/// # Errors
/// Database errors.
pub fn sent(
    conn: &mut Connection,
    message: i64,
    text: &str,
    answer: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(rows_of!(message))
        .set((
            notifications::status.eq(SENT),
            notifications::sent_at.eq(now.to_string()),
            notifications::answer.eq(answer),
            notifications::leased_until.eq(None::<String>),
            notifications::next_attempt_at.eq(None::<String>),
            notifications::reason.eq(None::<String>),
        ))
        .execute(conn)?;
    // Once, however many rows it tells.
    diesel::update(notifications::table.find(message)).set(notifications::message.eq(text)).execute(conn)?;
    follow_ups::arrange_of_message(conn, message, now)
}

/// It did not work, and is tried again at a time, or not at all.
///
/// # Errors
/// Database errors.
pub fn failed(
    conn: &mut Connection,
    message: i64,
    why: &str,
    again: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let rows = rows_of!(message);
    let changed = (notifications::answer.eq(why), notifications::leased_until.eq(None::<String>));
    match again {
        Some(at) => {
            diesel::update(rows)
                .set((changed, notifications::next_attempt_at.eq(at.to_string())))
                .execute(conn)?;
            Ok(())
        }
        None => {
            diesel::update(rows)
                .set((
                    changed,
                    notifications::status.eq(FAILED),
                    notifications::next_attempt_at.eq(None::<String>),
                ))
                .execute(conn)?;
            // The next reminder may work.
            follow_ups::arrange_of_message(conn, message, now)
        }
    }
}
