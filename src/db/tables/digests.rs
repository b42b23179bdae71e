//! Digests: summaries that are sent regularly.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::{
            lossy_text::{LossyText, OptionalLossyText},
            prepared::last_id,
        },
        schema::{channels, digests, notifications},
        tables::notifications::status::{DROPPED, QUEUED},
    },
    dto::digest::Every,
    ids::DigestId,
    time::Timestamp,
};

/// The word of `notifications.type` for a digest.
pub const KIND: &str = "digest";

/// A digest.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = digests)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct DigestRow {
    pub id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub name: String,
    pub channel_id: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub group_name: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub every: String,
    pub second: i64,
    pub weekday: i64,
    pub month_day: i64,
    #[diesel(deserialize_as = LossyText)]
    pub time_zone: String,
    pub is_enabled: bool,
    #[diesel(deserialize_as = LossyText)]
    pub covered_until: String,
    #[diesel(deserialize_as = LossyText)]
    pub next_due_at: String,
}

impl DigestRow {
    /// How often it is sent.
    pub fn every(&self) -> Every {
        Every::from_word(&self.every).unwrap_or_default()
    }

    /// The end of the last period; a damaged one is long ago.
    pub fn covered_until(&self) -> Timestamp {
        self.covered_until.parse().unwrap_or_default()
    }

    /// When it is due next; a damaged time has come.
    pub fn next_due(&self) -> Timestamp {
        self.next_due_at.parse().unwrap_or_default()
    }
}

/// What a person sets for a digest.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = digests, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct DigestChange {
    pub name: String,
    pub channel_id: Option<i64>,
    pub group_name: Option<String>,
    pub every: &'static str,
    pub second: i64,
    pub weekday: i64,
    pub month_day: i64,
    pub time_zone: String,
    pub is_enabled: bool,
    pub next_due_at: String,
}

/// All digests, by name.
///
/// # Errors
/// Database errors.
pub fn all(conn: &mut Connection) -> Result<Vec<DigestRow>, StoreError> {
    Ok(digests::table.order(digests::name).select(DigestRow::as_select()).load(conn)?)
}

/// A digest by its id.
///
/// # Errors
/// [`crate::db::StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, id: DigestId) -> Result<DigestRow, StoreError> {
    Ok(digests::table.find(id.0).select(DigestRow::as_select()).first(conn)?)
}

/// Creates a digest. Its first period begins at `covered`.
///
/// # Errors
/// Database errors.
pub fn create(
    conn: &mut Connection,
    change: DigestChange,
    covered: Timestamp,
    by: &str,
    now: Timestamp,
) -> Result<DigestId, StoreError> {
    let id = diesel::insert_into(digests::table)
        .values((
            change,
            digests::covered_until.eq(covered.to_string()),
            digests::created_by.eq(by),
            digests::created_at.eq(now.to_string()),
        ))
        .returning(digests::id)
        .get_result(conn)?;
    Ok(DigestId(id))
}

/// Changes what is set for a digest.
///
/// # Errors
/// Database errors.
pub fn change(conn: &mut Connection, id: DigestId, change: DigestChange) -> Result<(), StoreError> {
    diesel::update(digests::table.find(id.0)).set(change).execute(conn)?;
    Ok(())
}

/// Notes what a digest has covered, and when it is due next.
///
/// # Errors
/// Database errors.
pub fn advance(
    conn: &mut Connection,
    id: DigestId,
    covered: Timestamp,
    next: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(digests::table.find(id.0))
        .set((digests::covered_until.eq(covered.to_string()), digests::next_due_at.eq(next.to_string())))
        .execute(conn)?;
    Ok(())
}

/// Deletes a digest; what waits of it is not sent.
///
/// # Errors
/// Database errors.
pub fn delete(conn: &mut Connection, id: DigestId) -> Result<(), StoreError> {
    let waiting = notifications::table
        .filter(notifications::digest_id.eq(id.0))
        .filter(notifications::status.eq(QUEUED));
    diesel::update(waiting)
        .set((notifications::status.eq(DROPPED), notifications::next_attempt_at.eq(None::<String>)))
        .execute(conn)?;
    diesel::delete(digests::table.find(id.0)).execute(conn)?;
    Ok(())
}

/// A period that a digest covers: its begin, and its end.
pub type Period = (Timestamp, Timestamp);

/// Queues a digest for its channel. The same period is queued once: `false` if it was before, or if nothing is sent to the channel.
///
/// # Errors
/// Database errors.
pub fn queue(
    conn: &mut Connection,
    digest: &DigestRow,
    (from, until): Period,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(channel) = digest.channel_id else { return Ok(false) };
    let name: Option<LossyText> = channels::table
        .find(channel)
        .filter(channels::is_enabled)
        .select(channels::name)
        .first(conn)
        .optional()?;
    let Some(name) = name else { return Ok(false) };
    let queued = diesel::insert_or_ignore_into(notifications::table)
        .values((
            notifications::channel_id.eq(channel),
            notifications::channel_name.eq(name.as_str()),
            notifications::digest_id.eq(digest.id),
            notifications::kind.eq(KIND),
            notifications::status.eq(QUEUED),
            notifications::dedupe_key.eq(format!("{KIND} {} {until}", digest.id)),
            notifications::period_from.eq(from.to_string()),
            notifications::period_until.eq(until.to_string()),
            notifications::next_attempt_at.eq(now.to_string()),
            notifications::created_at.eq(now.to_string()),
        ))
        .execute(conn)?;
    if queued == 0 {
        return Ok(false);
    }
    // It is a message of its own, which is never told together with others.
    let id = last_id(conn)?;
    diesel::update(notifications::table.find(id)).set(notifications::message_id.eq(id)).execute(conn)?;
    Ok(true)
}

/// What a message is about, if it is a digest: which one, and the period.
///
/// # Errors
/// Database errors.
pub fn of_message(conn: &mut Connection, message: i64) -> Result<Option<(DigestId, Period)>, StoreError> {
    let row: Option<(Option<i64>, Option<String>, Option<String>)> = notifications::table
        .filter(notifications::message_id.eq(message))
        .filter(notifications::kind.eq(KIND))
        .select((notifications::digest_id, notifications::period_from, notifications::period_until))
        .first(conn)
        .optional()?;
    let time = |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or_default();
    Ok(row.map(|(id, from, until)| (DigestId(id.unwrap_or_default()), (time(from), time(until)))))
}

/// Gives a message up whose digest is gone.
///
/// # Errors
/// Database errors.
pub fn abandon(conn: &mut Connection, message: i64) -> Result<(), StoreError> {
    let waiting = notifications::table
        .filter(notifications::message_id.eq(message))
        .filter(notifications::status.eq(QUEUED));
    diesel::update(waiting)
        .set((
            notifications::status.eq(DROPPED),
            notifications::next_attempt_at.eq(None::<String>),
            notifications::leased_until.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(())
}

/// What became of the last one of a digest: when it was queued, the status, the answer of the receiver.
pub type Last = (LossyText, LossyText, OptionalLossyText);

/// The last one of a digest.
///
/// # Errors
/// Database errors.
pub fn last(conn: &mut Connection, id: DigestId) -> Result<Option<Last>, StoreError> {
    Ok(notifications::table
        .filter(notifications::digest_id.eq(id.0))
        .order(notifications::id.desc())
        .select((notifications::created_at, notifications::status, notifications::answer))
        .first(conn)
        .optional()?)
}

/// Whether another digest has this name; letters count the same in either case.
///
/// # Errors
/// Database errors.
pub fn is_taken(conn: &mut Connection, name: &str, but: Option<DigestId>) -> Result<bool, StoreError> {
    let same = all(conn)?;
    Ok(same.iter().any(|row| row.name.eq_ignore_ascii_case(name) && but.is_none_or(|id| id.0 != row.id)))
}
