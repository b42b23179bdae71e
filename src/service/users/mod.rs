//! Users: created, changed and deleted by administrators and on the command line.

mod change;
pub mod one_time;
pub mod setup;

pub use change::{delete, end_sessions, reset_password, set_disabled, set_role, unlock};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{
    Actor, Services,
    account::api_keys::key_row,
    audit,
    audit::Entry,
    rows::{changed_meanwhile, count, is_still, missing_is_not_found, moment},
};
use crate::{
    access::{Permission, Role},
    crypto::{
        password_policy,
        token::{random_token, sha256_hex},
    },
    db::{
        StoreError, StoreErrorKind,
        tables::{
            api_keys, login_failures, sessions,
            users::{self, NewUser},
        },
    },
    dto::user::{OneTimeSecret, UserRow, UsersPage},
    error::Error,
    ids::UserId,
};

/// Maximum characters of a user name.
const NAME: usize = 64;

/// Normalizes a user name: lower case, and only characters that are easy to type.
///
/// # Errors
/// [`Error::Invalid`] if it cannot be used.
pub fn user_name(text: &str) -> Result<String, Error> {
    let name = text.trim().to_lowercase();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    if name.is_empty() || name.chars().count() > NAME || !name.chars().all(is_plain) {
        let hint = "use 1 to 64 letters, digits and . - _ @ +, without spaces";
        return Err(Error::Invalid { field: "name", hint: hint.into() });
    }
    Ok(name)
}

/// Checks that a user still has the name that a confirmation showed; an empty name is not checked.
///
/// # Errors
/// [`Error::Invalid`] if the name differs; [`Error::NotFound`] if there is no such user.
pub async fn check_named(services: &Services, actor: &Actor, id: UserId, named: &str) -> Result<(), Error> {
    actor.may(Permission::ManageUsers)?;
    let user = services.db.read(move |conn| users::find(conn, id)).await.map_err(missing_is_not_found)?;
    if is_still(named, &user.name) { Ok(()) } else { Err(changed_meanwhile("user")) }
}

/// Checks a new password against the policy.
///
/// # Errors
/// [`Error::Invalid`] with what is wrong with it.
pub(super) fn check_password(password: &SecretString, name: &str) -> Result<(), Error> {
    password_policy::check(password.expose_secret(), name)
        .map_err(|weakness| Error::Invalid { field: "password", hint: weakness.to_string() })
}

/// Returns the key under which failed sign-ins of a name are counted.
pub(super) fn account_key(name: &str) -> String {
    sha256_hex(name)
}

/// Lists all users and all API keys.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators.
pub async fn list(services: &Services, actor: &Actor) -> Result<UsersPage, Error> {
    actor.may(Permission::ViewUsers)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let idle_since = now.plus(-services.options.session_idle);
    let me = actor.user();
    Ok(services
        .db
        .read(move |conn| {
            let all = users::all(conn)?;
            let accounts: Vec<String> = all.iter().map(|user| account_key(&user.name)).collect();
            let blocked = login_failures::blocked(conn, now)?;
            let mut rows = Vec::with_capacity(all.len());
            for (user, account) in all.into_iter().zip(accounts) {
                let at = |text: &Option<String>| moment(&zone, text.as_deref());
                rows.push(UserRow {
                    id: user.id(),
                    role: user.role(),
                    second_factor: user.has_second_factor(),
                    password_temporary: user.password_temporary,
                    blocked: blocked.contains(&account),
                    disabled: at(&user.disabled_at),
                    created: zone.moment(user.created_at.parse().unwrap_or_default()),
                    last_login: at(&user.last_login_at),
                    sessions: count(sessions::of_user(conn, user.id(), now, idle_since)?.len()),
                    name: user.name,
                    display_name: user.display_name,
                });
            }
            let keys = api_keys::list(conn, None)?;
            let api_keys = keys.into_iter().map(|(key, owner)| key_row(&zone, now, key, owner)).collect();
            Ok(UsersPage { now: zone.moment(now), users: rows, api_keys, me })
        })
        .await?)
}

/// Creates a user. Without a password, generates a temporary one, which is shown once and must be changed at the
/// first sign-in.
///
/// # Errors
/// [`Error::Invalid`] if the name is taken or cannot be used, or the password is weak.
pub async fn create(
    services: &Services,
    actor: &Actor,
    name: &str,
    role: Role,
    password: Option<SecretString>,
) -> Result<(UserId, Option<OneTimeSecret>), Error> {
    actor.may(Permission::ManageUsers)?;
    let name = user_name(name)?;
    let (password, shown) = match password {
        Some(password) => {
            check_password(&password, &name)?;
            (password, None)
        }
        None => temporary_password(&name)?,
    };
    let hash = services.passwords.hash(password).await?;
    let now = services.clock.now();
    let new = NewUser {
        name: name.clone(),
        role: role.as_str().into(),
        password_hash: Some(hash),
        password_changed_at: Some(now.to_string()),
        // The administrator who sees a temporary password must not be able to keep using it.
        password_temporary: shown.is_some(),
        created_at: now.to_string(),
        updated_at: now.to_string(),
    };
    let actor = actor.clone();
    let id = services
        .db
        .write(move |tx| {
            let id = users::create(tx.conn, &new)?;
            let entry = Entry::new("user.create").on("user", id.0, &new.name).after(json!({ "role": role }));
            audit::record(tx, &actor, now, entry)?;
            Ok(id)
        })
        .await
        .map_err(taken)?;
    Ok((id, shown))
}

/// Generates a random password that can be read aloud.
fn temporary_password(name: &str) -> Result<(SecretString, Option<OneTimeSecret>), Error> {
    let secret = random_token(12)?;
    Ok((SecretString::from(secret.clone()), Some(OneTimeSecret { name: name.to_owned(), secret })))
}

fn taken(error: StoreError) -> Error {
    match error.kind {
        StoreErrorKind::Constraint => {
            Error::Invalid { field: "name", hint: "a user with this name already exists".into() }
        }
        _ => Error::Store(error),
    }
}

/// Returns the user with this name.
///
/// # Errors
/// [`Error::NotFound`] if there is none.
pub async fn find(services: &Services, actor: &Actor, name: &str) -> Result<UserId, Error> {
    actor.may(Permission::ManageUsers)?;
    let name = name.trim().to_lowercase();
    let user = services.db.read(move |conn| users::find_by_name(conn, &name)).await?;
    user.map(|user| user.id()).ok_or(Error::NotFound)
}

#[cfg(test)]
mod tests;
