//! Sessions of signed-in users. Only the hash of a session's token is stored.

use diesel::prelude::*;

use super::users::UserRecord;
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{sessions, users},
    },
    ids::{SessionId, UserId},
    time::Timestamp,
};

/// Stage after the password was accepted, while a code is still required.
pub const SECOND_FACTOR: &str = "second_factor";
/// Stage of a signed-in session.
pub const COMPLETE: &str = "complete";

/// A session without its token.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = sessions)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct SessionRecord {
    pub id: i64,
    pub user_id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub stage: String,
    #[diesel(deserialize_as = LossyText)]
    pub created_at: String,
    #[diesel(deserialize_as = LossyText)]
    pub last_seen_at: String,
    #[diesel(deserialize_as = LossyText)]
    pub expires_at: String,
    #[diesel(deserialize_as = LossyText)]
    pub address: String,
    #[diesel(deserialize_as = LossyText)]
    pub device: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub proven_at: Option<String>,
}

/// A new session.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = sessions)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct NewSession {
    pub hash: String,
    pub user_id: i64,
    pub stage: &'static str,
    pub created_at: String,
    pub last_seen_at: String,
    pub expires_at: String,
    pub address: String,
    pub device: String,
    pub proven_at: Option<String>,
}

impl NewSession {
    /// Stores the session.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn save(&self, conn: &mut Connection) -> Result<SessionId, StoreError> {
        let id =
            diesel::insert_into(sessions::table).values(self).returning(sessions::id).get_result(conn)?;
        Ok(SessionId(id))
    }
}

/// Returns the session with this hash and its owner, of any age and stage.
///
/// # Errors
///
/// Database errors.
pub fn find(conn: &mut Connection, hash: &str) -> Result<Option<(SessionRecord, UserRecord)>, StoreError> {
    Ok(sessions::table
        .inner_join(users::table)
        .filter(sessions::hash.eq(hash))
        .select((SessionRecord::as_select(), UserRecord::as_select()))
        .first(conn)
        .optional()?)
}

/// Returns the session with this id and its owner, of any age and stage.
///
/// # Errors
///
/// Database errors.
pub fn find_by_id(
    conn: &mut Connection,
    id: SessionId,
) -> Result<Option<(SessionRecord, UserRecord)>, StoreError> {
    Ok(sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(id.0))
        .select((SessionRecord::as_select(), UserRecord::as_select()))
        .first(conn)
        .optional()?)
}

/// Returns whether a session exists.
///
/// # Errors
///
/// Database errors.
pub fn exists(conn: &mut Connection, id: SessionId) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(sessions::table.find(id.0))).get_result(conn)?)
}

/// Records the use of a session.
///
/// # Errors
///
/// Database errors.
pub fn note_use(
    conn: &mut Connection,
    id: SessionId,
    address: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(id.0))
        .set((sessions::last_seen_at.eq(now.to_string()), sessions::address.eq(address)))
        .execute(conn)?;
    Ok(())
}

/// Records that the password was confirmed in a session.
///
/// # Errors
///
/// Database errors.
pub fn prove(conn: &mut Connection, id: SessionId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(id.0))
        .set(sessions::proven_at.eq(Some(now.to_string())))
        .execute(conn)?;
    Ok(())
}

/// Returns a user's signed-in, unexpired sessions, last used first.
///
/// # Errors
///
/// Database errors.
pub fn of_user(
    conn: &mut Connection,
    user: UserId,
    now: Timestamp,
    idle_since: Timestamp,
) -> Result<Vec<SessionRecord>, StoreError> {
    Ok(sessions::table
        .filter(sessions::user_id.eq(user.0))
        .filter(sessions::stage.eq(COMPLETE))
        .filter(sessions::expires_at.gt(now.to_string()))
        .filter(sessions::last_seen_at.gt(idle_since.to_string()))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .limit(200)
        .select(SessionRecord::as_select())
        .load(conn)?)
}

/// Ends one session of a user. Returns whether there was one.
///
/// # Errors
///
/// Database errors.
pub fn end(conn: &mut Connection, user: UserId, id: SessionId) -> Result<bool, StoreError> {
    let session = sessions::table.find(id.0).filter(sessions::user_id.eq(user.0));
    Ok(diesel::delete(session).execute(conn)? > 0)
}

/// Ends a user's sessions, all or all but one. Returns how many.
///
/// # Errors
///
/// Database errors.
pub fn end_all(conn: &mut Connection, user: UserId, but: Option<SessionId>) -> Result<usize, StoreError> {
    let kept = but.map_or(0, |id| id.0);
    let ended = sessions::table.filter(sessions::user_id.eq(user.0)).filter(sessions::id.ne(kept));
    Ok(diesel::delete(ended).execute(conn)?)
}

/// Deletes sessions that have expired, or were not used since a time.
///
/// # Errors
///
/// Database errors.
pub fn expire(conn: &mut Connection, now: Timestamp, idle_since: Timestamp) -> Result<usize, StoreError> {
    let over = sessions::expires_at.le(now.to_string()).or(sessions::last_seen_at.le(idle_since.to_string()));
    Ok(diesel::delete(sessions::table.filter(over)).execute(conn)?)
}

/// Deletes a user's sessions of one stage beyond the `keep` last used ones.
///
/// # Errors
///
/// Database errors.
pub fn bound(conn: &mut Connection, user: UserId, stage: &str, keep: i64) -> Result<(), StoreError> {
    let surplus: Vec<i64> = sessions::table
        .filter(sessions::user_id.eq(user.0))
        .filter(sessions::stage.eq(stage))
        .order((sessions::last_seen_at.desc(), sessions::id.desc()))
        .offset(keep)
        .limit(i64::from(i32::MAX))
        .select(sessions::id)
        .load(conn)?;
    if !surplus.is_empty() {
        diesel::delete(sessions::table.filter(sessions::id.eq_any(surplus))).execute(conn)?;
    }
    Ok(())
}
