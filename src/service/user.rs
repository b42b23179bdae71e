//! People: made, changed and removed by administrators and by the command line.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{
    Actor, Services,
    api_key::key_row,
    audit::{self, Entry},
    shape::{count, missing_is_not_found, moment},
};
use crate::{
    access::{Permission, Role},
    crypto::{
        password_policy,
        token::{random_token, sha256_hex},
    },
    db::{
        StoreError, StoreErrorKind, Tx, api_keys, login_failures, sessions,
        users::{self, NewUser, UserPatch, UserRecord},
    },
    dto::user::{ShownOnce, UserRow, UsersPage},
    error::Error,
    ids::UserId,
};

/// Longest name of a person: characters.
const NAME: usize = 64;

/// A name that can sign in: in lower case, and in a form that can be typed.
///
/// # Errors
/// [`Error::Invalid`] when it cannot be used.
pub fn user_name(text: &str) -> Result<String, Error> {
    let name = text.trim().to_lowercase();
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    if name.is_empty() || name.chars().count() > NAME || !name.chars().all(is_plain) {
        let hint = "use 1 to 64 letters, digits and . - _ @ +";
        return Err(Error::Invalid { field: "name", hint: hint.into() });
    }
    Ok(name)
}

/// Checks a new password against the policy.
///
/// # Errors
/// [`Error::Invalid`] with what is wrong with it.
pub(super) fn check_password(password: &SecretString, name: &str) -> Result<(), Error> {
    password_policy::check(password.expose_secret(), name)
        .map_err(|weakness| Error::Invalid { field: "password", hint: weakness.to_string() })
}

/// Under which key the failures of a name are counted.
pub(super) fn account_key(name: &str) -> String {
    sha256_hex(name)
}

/// Everybody, and everybody's API keys.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators.
pub async fn list(services: &Services, actor: &Actor) -> Result<UsersPage, Error> {
    actor.may(Permission::ManageUsers)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let me = match actor {
        Actor::User(identity) => Some(identity.user),
        _ => None,
    };
    Ok(services
        .db
        .read(move |conn| {
            let all = users::all(conn)?;
            let accounts: Vec<String> = all.iter().map(|user| account_key(&user.name)).collect();
            let blocked = login_failures::blocked(conn, &accounts, now)?;
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
                    sessions: count(sessions::of_user(conn, user.id())?.len()),
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

/// Adds a person. Without a password one is made, which is shown once and has to be changed at the first sign-in.
///
/// # Errors
/// [`Error::Invalid`] when the name is taken or cannot be used, or the password is weak.
pub async fn create(
    services: &Services,
    actor: &Actor,
    name: &str,
    role: Role,
    password: Option<SecretString>,
) -> Result<(UserId, Option<ShownOnce>), Error> {
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
        // Whoever sits at the command line or at somebody else's page knows it.
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

/// A random password that a person can read out.
fn temporary_password(name: &str) -> Result<(SecretString, Option<ShownOnce>), Error> {
    let secret = random_token(12)?;
    Ok((SecretString::from(secret.clone()), Some(ShownOnce { name: name.to_owned(), secret })))
}

fn taken(error: StoreError) -> Error {
    match error.kind {
        StoreErrorKind::Constraint => {
            Error::Invalid { field: "name", hint: "there is a person of this name already".into() }
        }
        _ => Error::Store(error),
    }
}

/// The person of this name.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn find(services: &Services, actor: &Actor, name: &str) -> Result<UserId, Error> {
    actor.may(Permission::ManageUsers)?;
    let name = name.trim().to_lowercase();
    let user = services.db.read(move |conn| users::find_by_name(conn, &name)).await?;
    user.map(|user| user.id()).ok_or(Error::NotFound)
}

/// Gives a person another role. Ends the person's sessions.
///
/// # Errors
/// [`Error::Invalid`] when the last administrator would be lost; [`Error::NotFound`].
pub async fn set_role(services: &Services, actor: &Actor, id: UserId, role: Role) -> Result<(), Error> {
    change(services, actor, id, "user.set_role", move |user| {
        let patch = UserPatch { role: Some(role.as_str().into()), ..UserPatch::default() };
        let loses = user.role() == Role::Administrator && role != Role::Administrator;
        Change {
            patch,
            loses_administrator: loses,
            before: json!({ "role": user.role() }),
            after: json!({ "role": role }),
        }
    })
    .await
}

/// Forbids a person to sign in, or allows it again. Ends the person's sessions.
///
/// # Errors
/// [`Error::Invalid`] when the last administrator would be lost; [`Error::NotFound`].
pub async fn set_disabled(
    services: &Services,
    actor: &Actor,
    id: UserId,
    disabled: bool,
) -> Result<(), Error> {
    let at = disabled.then(|| services.clock.now().to_string());
    let action = if disabled { "user.disable" } else { "user.enable" };
    change(services, actor, id, action, move |user| Change {
        patch: UserPatch { disabled_at: Some(at), ..UserPatch::default() },
        loses_administrator: disabled && user.role() == Role::Administrator,
        before: json!({ "disabled": user.disabled_at.is_some() }),
        after: json!({ "disabled": disabled }),
    })
    .await
}

/// Gives a person a new password, and ends the person's sessions. Without one a password is made, which is shown once;
/// its owner has to choose another at the next sign-in. `second_factor` removes the second factor as well, for people
/// who lost it.
///
/// # Errors
/// [`Error::Invalid`] when the password is weak; [`Error::NotFound`].
pub async fn reset_password(
    services: &Services,
    actor: &Actor,
    id: UserId,
    password: Option<SecretString>,
    second_factor: bool,
) -> Result<Option<ShownOnce>, Error> {
    actor.may(Permission::ManageUsers)?;
    let user = services.db.read(move |conn| users::find(conn, id)).await.map_err(missing_is_not_found)?;
    let (password, shown) = match password {
        Some(password) => {
            check_password(&password, &user.name)?;
            (password, None)
        }
        None => temporary_password(&user.name)?,
    };
    let hash = services.passwords.hash(password).await?;
    let (changed, is_temporary) = (services.clock.now().to_string(), shown.is_some());
    let account = account_key(&user.name);
    change(services, actor, id, "user.reset_password", move |user| {
        let mut patch = UserPatch {
            password_hash: Some(Some(hash)),
            password_changed_at: Some(Some(changed)),
            password_temporary: Some(is_temporary),
            ..UserPatch::default()
        };
        if second_factor {
            patch.totp_secret = Some(None);
            patch.totp_confirmed_at = Some(None);
            patch.totp_last_step = Some(None);
        }
        Change {
            patch,
            loses_administrator: false,
            before: json!({ "second_factor": user.has_second_factor() }),
            after: json!({ "password": "changed", "second_factor": user.has_second_factor() && !second_factor }),
        }
    })
    .await?;
    services
        .db
        .write(move |tx| {
            if second_factor {
                users::set_recovery_codes(tx.conn, id, &[])?;
            }
            login_failures::forget(tx.conn, &account).map(drop)
        })
        .await?;
    Ok(shown)
}

/// Lets a person try again at once who failed to sign in too often.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn unlock(services: &Services, actor: &Actor, id: UserId) -> Result<(), Error> {
    actor.may(Permission::ManageUsers)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            let user = users::find(tx.conn, id)?;
            login_failures::forget(tx.conn, &account_key(&user.name))?;
            audit::record(tx, &actor, now, Entry::new("user.unlock").on("user", user.id, user.name))
        })
        .await
        .map_err(missing_is_not_found)
}

/// Ends all sessions of a person.
///
/// # Errors
/// [`Error::NotFound`] when there is no such person.
pub async fn end_sessions(services: &Services, actor: &Actor, id: UserId) -> Result<(), Error> {
    change(services, actor, id, "user.end_sessions", |_| Change {
        patch: UserPatch::default(),
        loses_administrator: false,
        before: json!({}),
        after: json!({}),
    })
    .await
}

/// Removes a person, with sessions and API keys. What the person did stays in the audit trail.
///
/// # Errors
/// [`Error::Invalid`] when the last administrator would be lost; [`Error::NotFound`].
pub async fn delete(services: &Services, actor: &Actor, id: UserId) -> Result<(), Error> {
    actor.may(Permission::ManageUsers)?;
    let (who, now) = (actor.clone(), services.clock.now());
    let is_kept = services
        .db
        .write(move |tx| {
            let user = users::find(tx.conn, id)?;
            if is_last_administrator(tx, &user)? {
                return Ok(true);
            }
            users::delete(tx.conn, id)?;
            let entry = Entry::new("user.delete")
                .on("user", user.id, &user.name)
                .before(json!({ "role": user.role() }));
            audit::record(tx, &who, now, entry)?;
            Ok(false)
        })
        .await
        .map_err(missing_is_not_found)?;
    services.access_changed();
    if is_kept { Err(last_administrator()) } else { Ok(()) }
}

/// What is changed of a person, and what the audit trail says of it.
struct Change {
    patch: UserPatch,
    loses_administrator: bool,
    before: serde_json::Value,
    after: serde_json::Value,
}

/// Changes a person and ends the person's sessions, except the one that asks.
async fn change(
    services: &Services,
    actor: &Actor,
    id: UserId,
    action: &'static str,
    make: impl FnOnce(&UserRecord) -> Change + Send + 'static,
) -> Result<(), Error> {
    actor.may(Permission::ManageUsers)?;
    let (who, now) = (actor.clone(), services.clock.now());
    let is_kept = services
        .db
        .write(move |tx| {
            let user = users::find(tx.conn, id)?;
            let Change { patch, loses_administrator, before, after } = make(&user);
            if loses_administrator && is_last_administrator(tx, &user)? {
                return Ok(true);
            }
            users::change(tx.conn, id, &patch, now)?;
            sessions::end_all(tx.conn, id, own_session(&who))?;
            let entry = Entry::new(action).on("user", user.id, &user.name).before(before).after(after);
            audit::record(tx, &who, now, entry)?;
            Ok(false)
        })
        .await
        .map_err(missing_is_not_found)?;
    services.access_changed();
    if is_kept { Err(last_administrator()) } else { Ok(()) }
}

/// The session of the one who asks: it shows the answer.
fn own_session(actor: &Actor) -> Option<crate::ids::SessionId> {
    match actor {
        Actor::User(identity) => identity.session(),
        _ => None,
    }
}

fn is_last_administrator(tx: &mut Tx<'_>, user: &UserRecord) -> Result<bool, StoreError> {
    let is_one = user.role() == Role::Administrator && user.disabled_at.is_none();
    Ok(is_one && users::other_administrators(tx.conn, user.id())? == 0)
}

fn last_administrator() -> Error {
    Error::Invalid {
        field: "user",
        hint: "this is the last administrator who can sign in: make another one first".into(),
    }
}

#[cfg(test)]
#[path = "user_tests.rs"]
mod tests;
