//! Changes of users. They end sessions, and always leave one administrator who can sign in.

use secrecy::SecretString;
use serde_json::json;

use super::{account_key, check_password, temporary_password};
use crate::{
    access::{Permission, Role},
    db::{
        StoreError, Tx,
        tables::{
            login_failures, sessions, users,
            users::{UserPatch, UserRecord},
        },
    },
    dto::user::OneTimeSecret,
    error::Error,
    ids::{SessionId, UserId},
    service::{Actor, Services, audit, audit::Entry, notifications::push, rows::missing_is_not_found},
};

/// Changes the role of a user and ends the user's sessions.
///
/// # Errors
/// [`Error::Invalid`] for the last administrator; [`Error::NotFound`] if there is no such user.
pub async fn set_role(services: &Services, actor: &Actor, id: UserId, role: Role) -> Result<(), Error> {
    change(services, actor, id, "user.set_role", move |_, user| {
        let patch = UserPatch { role: Some(role.as_str().into()), ..UserPatch::default() };
        let loses = user.role() == Role::Administrator && role != Role::Administrator;
        Ok(Change {
            patch,
            loses_administrator: loses,
            before: json!({ "role": user.role() }),
            after: json!({ "role": role }),
        })
    })
    .await
}

/// Disables or enables a user, and ends the user's sessions.
///
/// # Errors
/// [`Error::Invalid`] for the last administrator; [`Error::NotFound`] if there is no such user.
pub async fn set_disabled(
    services: &Services,
    actor: &Actor,
    id: UserId,
    disabled: bool,
) -> Result<(), Error> {
    let at = disabled.then(|| services.clock.now().to_string());
    let action = if disabled { "user.disable" } else { "user.enable" };
    change(services, actor, id, action, move |_, user| {
        Ok(Change {
            patch: UserPatch { disabled_at: Some(at), ..UserPatch::default() },
            loses_administrator: disabled && user.role() == Role::Administrator,
            before: json!({ "disabled": user.disabled_at.is_some() }),
            after: json!({ "disabled": disabled }),
        })
    })
    .await
}

/// Sets a new password and ends the user's sessions. Without one, generates a temporary password, which is shown once
/// and must be changed at the next sign-in. With `second_factor`, also removes the second factor, for users who lost
/// it.
///
/// # Errors
/// [`Error::Invalid`] if the password is weak, or it is the actor's own, which requires the current one;
/// [`Error::NotFound`] if there is no such user.
pub async fn reset_password(
    services: &Services,
    actor: &Actor,
    id: UserId,
    password: Option<SecretString>,
    second_factor: bool,
) -> Result<Option<OneTimeSecret>, Error> {
    actor.may(Permission::ManageUsers)?;
    if actor.user() == Some(id) {
        let hint = "change your own password and second factor under Your account";
        return Err(Error::Invalid { field: "user", hint: hint.into() });
    }
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
    change(services, actor, id, "user.reset_password", move |tx, user| {
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
            users::set_recovery_codes(tx.conn, id, &[])?;
        }
        login_failures::forget_all(tx.conn, &account_key(&user.name))?;
        Ok(Change {
            patch,
            loses_administrator: false,
            before: json!({ "second_factor": user.has_second_factor() }),
            after: json!({ "password": "changed", "second_factor": user.has_second_factor() && !second_factor }),
        })
    })
    .await?;
    Ok(shown)
}

/// Unlocks a user who failed to sign in too often.
///
/// # Errors
/// [`Error::NotFound`] if there is no such user.
pub async fn unlock(services: &Services, actor: &Actor, id: UserId) -> Result<(), Error> {
    actor.may(Permission::ManageUsers)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            let user = users::find(tx.conn, id)?;
            login_failures::forget_all(tx.conn, &account_key(&user.name))?;
            audit::record(tx, &actor, now, Entry::new("user.unlock").on("user", user.id, user.name))
        })
        .await
        .map_err(missing_is_not_found)
}

/// Ends all sessions of a user.
///
/// # Errors
/// [`Error::NotFound`] if there is no such user.
pub async fn end_sessions(services: &Services, actor: &Actor, id: UserId) -> Result<(), Error> {
    change(services, actor, id, "user.end_sessions", |_, _| {
        Ok(Change {
            patch: UserPatch::default(),
            loses_administrator: false,
            before: json!({}),
            after: json!({}),
        })
    })
    .await
}

/// Deletes a user with sessions and API keys. The user's entries in the audit log are kept.
///
/// # Errors
/// [`Error::Invalid`] for the last administrator; [`Error::NotFound`] if there is no such user.
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
            push::remove_of(tx, &who, id, now)?;
            login_failures::forget_all(tx.conn, &account_key(&user.name))?;
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

/// The change of a user, and its values for the audit log.
struct Change {
    patch: UserPatch,
    loses_administrator: bool,
    before: serde_json::Value,
    after: serde_json::Value,
}

/// Changes a user and ends the user's sessions, except that of the actor.
async fn change(
    services: &Services,
    actor: &Actor,
    id: UserId,
    action: &'static str,
    make: impl FnOnce(&mut Tx<'_>, &UserRecord) -> Result<Change, StoreError> + Send + 'static,
) -> Result<(), Error> {
    actor.may(Permission::ManageUsers)?;
    let (who, now) = (actor.clone(), services.clock.now());
    let is_kept = services
        .db
        .write(move |tx| {
            let user = users::find(tx.conn, id)?;
            let Change { patch, loses_administrator, before, after } = make(tx, &user)?;
            if loses_administrator && is_last_administrator(tx, &user)? {
                return Ok(true);
            }
            users::change(tx.conn, id, &patch, now)?;
            sessions::end_all(tx.conn, id, own_session(&who))?;
            push::remove_of(tx, &who, id, now)?;
            let entry = Entry::new(action).on("user", user.id, &user.name).before(before).after(after);
            audit::record(tx, &who, now, entry)?;
            Ok(false)
        })
        .await
        .map_err(missing_is_not_found)?;
    services.access_changed();
    if is_kept { Err(last_administrator()) } else { Ok(()) }
}

/// Returns the session of the actor, which shows the result.
fn own_session(actor: &Actor) -> Option<SessionId> {
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
        hint: "this is the only administrator who can sign in: create another one first".into(),
    }
}
