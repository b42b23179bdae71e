//! Ingest keys. Only the hash of a secret is stored.

use diesel::prelude::*;

use crate::{
    db::{
        Connection, StoreError,
        engine::{
            lossy_text::{LossyText, OptionalLossyText},
            prepared::update,
        },
        schema::ingest_keys,
    },
    ids::{KeyId, ServerId},
    time::Timestamp,
};

/// A key without its secret.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = ingest_keys)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct KeyRecord {
    pub id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub prefix: String,
    pub server_id: Option<i64>,
    #[diesel(deserialize_as = LossyText)]
    pub created_at: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_used_at: Option<String>,
    pub use_count: i64,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub revoked_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub expires_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub redirected_at: Option<String>,
}

/// Returns the key with this hash, unless it was revoked or has expired.
///
/// # Errors
///
/// Database errors.
pub fn find_valid(
    conn: &mut Connection,
    hash: &str,
    now: Timestamp,
) -> Result<Option<KeyRecord>, StoreError> {
    Ok(ingest_keys::table
        .filter(ingest_keys::hash.eq(hash))
        .filter(ingest_keys::revoked_at.is_null())
        .filter(ingest_keys::expires_at.is_null().or(ingest_keys::expires_at.gt(now.to_string())))
        .select(KeyRecord::as_select())
        .first(conn)
        .optional()?)
}

/// Returns a key by its id.
///
/// # Errors
///
/// [`crate::db::StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, key: KeyId) -> Result<KeyRecord, StoreError> {
    Ok(ingest_keys::table.find(key.0).select(KeyRecord::as_select()).first(conn)?)
}

/// Records that a new key replaces this one, which expires at `until`. Both have the same sender.
///
/// # Errors
///
/// Database errors.
pub fn replace(conn: &mut Connection, key: KeyId, by: KeyId, until: Timestamp) -> Result<(), StoreError> {
    diesel::update(ingest_keys::table.find(key.0))
        .set((ingest_keys::replaced_by.eq(by.0), ingest_keys::expires_at.eq(until.to_string())))
        .execute(conn)?;
    let sender: i64 = ingest_keys::table.find(key.0).select(ingest_keys::sender).first(conn)?;
    diesel::update(ingest_keys::table.find(by.0)).set(ingest_keys::sender.eq(sender)).execute(conn)?;
    Ok(())
}

/// The part of a key that is needed to store a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOwner {
    /// `ingest_keys.sender`, which is the same for a key and those that replaced it.
    pub sender: i64,
    /// The key's prefix.
    pub prefix: String,
    /// The server that the key is bound to, if any.
    pub server: Option<ServerId>,
}

/// Returns the owner of a key; `None` if it was deleted or revoked.
///
/// # Errors
///
/// Database errors.
pub fn owner(conn: &mut Connection, key: KeyId) -> Result<Option<KeyOwner>, StoreError> {
    let known: Option<(i64, LossyText, Option<i64>)> = ingest_keys::table
        .find(key.0)
        .filter(ingest_keys::revoked_at.is_null())
        .select((ingest_keys::sender, ingest_keys::prefix, ingest_keys::server_id))
        .first(conn)
        .optional()?;
    Ok(known.map(|(sender, prefix, server)| KeyOwner {
        sender,
        prefix: prefix.into(),
        server: server.map(ServerId),
    }))
}

/// Returns whether there is a valid key that is not bound to a server.
///
/// # Errors
///
/// Database errors.
pub fn any_works(conn: &mut Connection, now: Timestamp) -> Result<bool, StoreError> {
    let works = ingest_keys::table
        .filter(ingest_keys::server_id.is_null())
        .filter(ingest_keys::revoked_at.is_null())
        .filter(ingest_keys::expires_at.is_null().or(ingest_keys::expires_at.gt(now.to_string())));
    Ok(diesel::select(diesel::dsl::exists(works)).get_result(conn)?)
}

/// Lists all keys, newest first.
///
/// # Errors
///
/// Database errors.
pub fn all(conn: &mut Connection) -> Result<Vec<KeyRecord>, StoreError> {
    Ok(ingest_keys::table.order(ingest_keys::id.desc()).select(KeyRecord::as_select()).load(conn)?)
}

/// Stores a key.
///
/// # Errors
/// Database errors.
pub fn create(
    conn: &mut Connection,
    hash: &str,
    prefix: &str,
    server: Option<ServerId>,
    now: Timestamp,
) -> Result<KeyId, StoreError> {
    let id = diesel::insert_into(ingest_keys::table)
        .values((
            ingest_keys::hash.eq(hash),
            ingest_keys::prefix.eq(prefix),
            ingest_keys::server_id.eq(server.map(|server| server.0)),
            ingest_keys::created_at.eq(now.to_string()),
        ))
        .returning(ingest_keys::id)
        .get_result(conn)?;
    diesel::update(ingest_keys::table.find(id)).set(ingest_keys::sender.eq(id)).execute(conn)?;
    Ok(KeyId(id))
}

/// Records that a report was accepted with a key.
///
/// # Errors
///
/// Database errors.
pub fn note_use(conn: &mut Connection, key: KeyId, now: Timestamp) -> Result<(), StoreError> {
    let used = (
        ingest_keys::use_count.eq(ingest_keys::use_count + 1),
        ingest_keys::last_used_at.eq(now.to_string()),
    );
    update(ingest_keys::table, ingest_keys::id.eq(key.0), used).execute(conn)?;
    Ok(())
}

/// Records that a redirect turned a report with this key into a GET request.
///
/// # Errors
///
/// Database errors.
pub fn note_redirect(conn: &mut Connection, key: KeyId, now: Timestamp) -> Result<(), StoreError> {
    let redirected = ingest_keys::redirected_at.eq(now.to_string());
    update(ingest_keys::table, ingest_keys::id.eq(key.0), redirected).execute(conn)?;
    Ok(())
}

/// Revokes a key. A key that is already revoked keeps its date.
///
/// # Errors
///
/// Database errors.
pub fn revoke(conn: &mut Connection, key: KeyId, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(ingest_keys::table.find(key.0).filter(ingest_keys::revoked_at.is_null()))
        .set(ingest_keys::revoked_at.eq(now.to_string()))
        .execute(conn)?;
    Ok(())
}

/// Returns when a report was last accepted with a key.
///
/// # Errors
///
/// Database errors.
pub fn last_used(conn: &mut Connection, key: KeyId) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<Option<String>> =
        ingest_keys::table.find(key.0).select(ingest_keys::last_used_at).first(conn).optional()?;
    Ok(at.flatten().and_then(|text| text.parse().ok()))
}

/// Matches keys that were revoked or expired before a time.
macro_rules! dead {
    ($before:expr) => {{
        let before = $before;
        ingest_keys::revoked_at.lt(before.clone()).or(ingest_keys::expires_at.lt(before))
    }};
}

/// Deletes keys that were revoked or expired before a time. Returns how many.
///
/// # Errors
///
/// Database errors.
pub fn delete_expired(conn: &mut Connection, before: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(ingest_keys::table.filter(dead!(before.to_string()))).execute(conn)?)
}

/// Returns how many keys [`delete_expired`] would delete.
///
/// # Errors
///
/// Database errors.
pub fn count_expired(conn: &mut Connection, before: Timestamp) -> Result<i64, StoreError> {
    Ok(ingest_keys::table.filter(dead!(before.to_string())).count().get_result(conn)?)
}
