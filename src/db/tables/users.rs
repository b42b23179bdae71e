//! Users.

use diesel::{dsl::count_star, prelude::*};

use crate::{
    access::Role,
    db::{
        Connection, StoreError, StoreErrorKind,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{recovery_codes, users},
    },
    ids::UserId,
    time::Timestamp,
};

/// A user. Not `Debug`, so that hashes and encrypted secrets are not logged by accident.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = users)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct UserRecord {
    pub id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub name: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub display_name: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub email: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub role: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub password_hash: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub password_changed_at: Option<String>,
    pub password_temporary: bool,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub totp_secret: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub totp_confirmed_at: Option<String>,
    pub totp_last_step: Option<i64>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub language: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub theme: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub time_zone: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub date_format: Option<String>,
    #[diesel(deserialize_as = LossyText)]
    pub created_at: String,
    #[diesel(deserialize_as = LossyText)]
    pub updated_at: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub last_login_at: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub disabled_at: Option<String>,
}

impl UserRecord {
    /// Returns the role; viewer if the stored word is damaged.
    pub fn role(&self) -> Role {
        self.role.parse().unwrap_or(Role::Viewer)
    }

    /// Returns whether signing in requires a code.
    pub fn has_second_factor(&self) -> bool {
        self.totp_confirmed_at.is_some()
    }

    /// Returns the row id.
    pub fn id(&self) -> UserId {
        UserId(self.id)
    }
}

/// A new user.
#[derive(Clone, Insertable)]
#[diesel(table_name = users)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct NewUser {
    pub name: String,
    pub role: String,
    pub password_hash: Option<String>,
    pub password_changed_at: Option<String>,
    pub password_temporary: bool,
    pub created_at: String,
    pub updated_at: String,
}

/// The changes of a user: `None` leaves a column unchanged, `Some(None)` sets it to NULL.
#[derive(Clone, Default, AsChangeset)]
#[diesel(table_name = users)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct UserPatch {
    pub display_name: Option<Option<String>>,
    pub email: Option<Option<String>>,
    pub role: Option<String>,
    pub password_hash: Option<Option<String>>,
    pub password_changed_at: Option<Option<String>>,
    pub password_temporary: Option<bool>,
    pub totp_secret: Option<Option<String>>,
    pub totp_confirmed_at: Option<Option<String>>,
    pub totp_last_step: Option<Option<i64>>,
    pub language: Option<Option<String>>,
    pub theme: Option<Option<String>>,
    pub time_zone: Option<Option<String>>,
    pub date_format: Option<Option<String>>,
    pub last_login_at: Option<Option<String>>,
    pub disabled_at: Option<Option<String>>,
}

/// Returns the number of users.
///
/// # Errors
///
/// Database errors.
pub fn count(conn: &mut Connection) -> Result<i64, StoreError> {
    Ok(users::table.count().get_result(conn)?)
}

/// Returns all users, ordered by name.
///
/// # Errors
///
/// Database errors.
pub fn all(conn: &mut Connection) -> Result<Vec<UserRecord>, StoreError> {
    Ok(users::table.order(users::name).select(UserRecord::as_select()).load(conn)?)
}

/// Returns a user by id.
///
/// # Errors
///
/// [`StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, id: UserId) -> Result<UserRecord, StoreError> {
    Ok(users::table.find(id.0).select(UserRecord::as_select()).first(conn)?)
}

/// Returns a user by the sign-in name, in lower case.
///
/// # Errors
///
/// Database errors.
pub fn find_by_name(conn: &mut Connection, name: &str) -> Result<Option<UserRecord>, StoreError> {
    Ok(users::table.filter(users::name.eq(name)).select(UserRecord::as_select()).first(conn).optional()?)
}

/// Stores a new user.
///
/// # Errors
///
/// [`StoreErrorKind::Constraint`] when the name is taken.
pub fn create(conn: &mut Connection, user: &NewUser) -> Result<UserId, StoreError> {
    Ok(UserId(diesel::insert_into(users::table).values(user).returning(users::id).get_result(conn)?))
}

/// Changes a user.
///
/// # Errors
///
/// [`StoreErrorKind::NotFound`] when there is none.
pub fn change(
    conn: &mut Connection,
    id: UserId,
    patch: &UserPatch,
    now: Timestamp,
) -> Result<(), StoreError> {
    let changed = diesel::update(users::table.find(id.0))
        .set((patch, users::updated_at.eq(now.to_string())))
        .execute(conn)?;
    one(changed)
}

/// Deletes a user with sessions and keys.
///
/// # Errors
///
/// [`StoreErrorKind::NotFound`] when there is none.
pub fn delete(conn: &mut Connection, id: UserId) -> Result<(), StoreError> {
    one(diesel::delete(users::table.find(id.0)).execute(conn)?)
}

/// Counts the other administrators who can sign in, because the last one must not be removed.
///
/// # Errors
///
/// Database errors.
pub fn other_administrators(conn: &mut Connection, than: UserId) -> Result<i64, StoreError> {
    Ok(users::table
        .filter(users::role.eq(Role::Administrator.as_str()))
        .filter(users::disabled_at.is_null())
        .filter(users::id.ne(than.0))
        .select(count_star())
        .first(conn)?)
}

/// Returns the encrypted secrets of second factors, with the ids of their owners.
///
/// # Errors
///
/// Database errors.
pub fn sealed(conn: &mut Connection) -> Result<Vec<(UserId, String)>, StoreError> {
    let rows: Vec<(i64, Option<String>)> = users::table
        .filter(users::totp_secret.is_not_null())
        .select((users::id, users::totp_secret))
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(id, sealed)| Some((UserId(id), sealed?))).collect())
}

/// Replaces the encrypted secret of a second factor after it was encrypted with another key.
///
/// # Errors
///
/// Database errors.
pub fn reseal(conn: &mut Connection, id: UserId, sealed: &str) -> Result<(), StoreError> {
    diesel::update(users::table.find(id.0)).set(users::totp_secret.eq(sealed)).execute(conn)?;
    Ok(())
}

/// Records the time step of a used code, unless it or a later one was used before. Returns whether it was recorded. So
/// a code works only once, even in two simultaneous requests.
///
/// # Errors
///
/// Database errors.
pub fn use_totp_step(conn: &mut Connection, id: UserId, step: i64) -> Result<bool, StoreError> {
    let free = users::totp_last_step.is_null().or(users::totp_last_step.lt(step));
    let taken = diesel::update(users::table.find(id.0).filter(free))
        .set(users::totp_last_step.eq(step))
        .execute(conn)?;
    Ok(taken == 1)
}

/// Replaces the recovery codes by these hashes; an empty list removes them.
///
/// # Errors
///
/// Database errors.
pub fn set_recovery_codes(conn: &mut Connection, id: UserId, hashes: &[String]) -> Result<(), StoreError> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(id.0))).execute(conn)?;
    for hash in hashes {
        diesel::insert_into(recovery_codes::table)
            .values((recovery_codes::user_id.eq(id.0), recovery_codes::hash.eq(hash)))
            .execute(conn)?;
    }
    Ok(())
}

/// Marks a recovery code as used. Returns whether it existed and was unused.
///
/// # Errors
///
/// Database errors.
pub fn use_recovery_code(
    conn: &mut Connection,
    id: UserId,
    hash: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let code = recovery_codes::table
        .filter(recovery_codes::user_id.eq(id.0))
        .filter(recovery_codes::hash.eq(hash))
        .filter(recovery_codes::used_at.is_null());
    Ok(diesel::update(code).set(recovery_codes::used_at.eq(now.to_string())).execute(conn)? == 1)
}

/// Returns the number of unused recovery codes.
///
/// # Errors
///
/// Database errors.
pub fn recovery_codes_left(conn: &mut Connection, id: UserId) -> Result<i64, StoreError> {
    Ok(recovery_codes::table
        .filter(recovery_codes::user_id.eq(id.0))
        .filter(recovery_codes::used_at.is_null())
        .count()
        .get_result(conn)?)
}

fn one(rows: usize) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::new(StoreErrorKind::NotFound, "no such user")) } else { Ok(()) }
}
