//! API keys. Only the hash of a secret is stored.

use diesel::prelude::*;

use super::users::UserRecord;
use crate::{
    db::{
        Connection, StoreError,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{api_keys, users},
    },
    ids::{ApiKeyId, UserId},
    time::Timestamp,
};

/// A key without its secret.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = api_keys)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct ApiKeyRecord {
    pub id: i64,
    pub user_id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub name: String,
    #[diesel(deserialize_as = LossyText)]
    pub prefix: String,
    #[diesel(deserialize_as = LossyText)]
    pub scope: String,
    #[diesel(deserialize_as = LossyText)]
    pub created_at: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub expires_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_used_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_address: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub revoked_at: Option<String>,
}

/// A new key.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = api_keys)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct NewApiKey {
    pub user_id: i64,
    pub name: String,
    pub hash: String,
    pub prefix: String,
    pub scope: &'static str,
    pub created_at: String,
    pub expires_at: Option<String>,
}

impl NewApiKey {
    /// Stores the key.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn save(&self, conn: &mut Connection) -> Result<ApiKeyId, StoreError> {
        let id =
            diesel::insert_into(api_keys::table).values(self).returning(api_keys::id).get_result(conn)?;
        Ok(ApiKeyId(id))
    }
}

/// Returns the key with this hash and its owner, unless it was revoked or has expired.
///
/// # Errors
///
/// Database errors.
pub fn find_valid(
    conn: &mut Connection,
    hash: &str,
    now: Timestamp,
) -> Result<Option<(ApiKeyRecord, UserRecord)>, StoreError> {
    Ok(api_keys::table
        .inner_join(users::table)
        .filter(api_keys::hash.eq(hash))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now.to_string())))
        .select((ApiKeyRecord::as_select(), UserRecord::as_select()))
        .first(conn)
        .optional()?)
}

/// Returns the key with this id and its owner, unless it was revoked or has expired.
///
/// # Errors
///
/// Database errors.
pub fn find_valid_by_id(
    conn: &mut Connection,
    id: ApiKeyId,
    now: Timestamp,
) -> Result<Option<(ApiKeyRecord, UserRecord)>, StoreError> {
    Ok(api_keys::table
        .inner_join(users::table)
        .filter(api_keys::id.eq(id.0))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now.to_string())))
        .select((ApiKeyRecord::as_select(), UserRecord::as_select()))
        .first(conn)
        .optional()?)
}

/// Lists all keys with their owners' names, or those of one user, newest first; at most 500.
///
/// # Errors
///
/// Database errors.
pub fn list(conn: &mut Connection, user: Option<UserId>) -> Result<Vec<(ApiKeyRecord, String)>, StoreError> {
    let mut query = api_keys::table
        .inner_join(users::table)
        .order(api_keys::id.desc())
        .limit(500)
        .select((ApiKeyRecord::as_select(), users::name))
        .into_boxed();
    if let Some(user) = user {
        query = query.filter(api_keys::user_id.eq(user.0));
    }
    Ok(query.load(conn)?)
}

/// Returns a key by its id.
///
/// # Errors
///
/// [`crate::db::StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, id: ApiKeyId) -> Result<ApiKeyRecord, StoreError> {
    Ok(api_keys::table.find(id.0).select(ApiKeyRecord::as_select()).first(conn)?)
}

/// Records the use of a key.
///
/// # Errors
///
/// Database errors.
pub fn note_use(
    conn: &mut Connection,
    id: ApiKeyId,
    address: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    diesel::update(api_keys::table.find(id.0))
        .set((api_keys::last_used_at.eq(now.to_string()), api_keys::last_address.eq(address)))
        .execute(conn)?;
    Ok(())
}

/// Revokes a key. A key that is already revoked keeps its date.
///
/// # Errors
///
/// Database errors.
pub fn revoke(conn: &mut Connection, id: ApiKeyId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(api_keys::table.find(id.0).filter(api_keys::revoked_at.is_null()))
        .set(api_keys::revoked_at.eq(now.to_string()))
        .execute(conn)?;
    Ok(())
}

/// Matches keys that were revoked or expired before a time.
macro_rules! dead {
    ($before:expr) => {{
        let before = $before;
        api_keys::revoked_at.lt(before.clone()).or(api_keys::expires_at.lt(before))
    }};
}

/// Deletes keys that were revoked or expired before a time. Returns how many.
///
/// # Errors
///
/// Database errors.
pub fn delete_expired(conn: &mut Connection, before: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(api_keys::table.filter(dead!(before.to_string()))).execute(conn)?)
}

/// Returns how many keys [`delete_expired`] would delete.
///
/// # Errors
///
/// Database errors.
pub fn count_expired(conn: &mut Connection, before: Timestamp) -> Result<i64, StoreError> {
    Ok(api_keys::table.filter(dead!(before.to_string())).count().get_result(conn)?)
}
