//! A user's own account: profile, password, second factor, sessions.
//!
//! Changes of how a user signs in require the password, so that an open browser is not enough. They also end all
//! other sessions.

pub mod api_keys;
pub mod one_time;
mod profile;
mod second_factor;

use api_keys::key_row;
pub(super) use profile::profile;
pub use profile::save_profile;
pub use second_factor::{
    begin_second_factor, confirm_second_factor, remove_second_factor, renew_recovery_codes,
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    Actor, Identity, Services, audit,
    audit::Entry,
    rows::{missing_is_not_found, moment},
    users::check_password,
};
use crate::{
    access::Scope,
    db::{
        StoreError, Tx,
        tables::{
            api_keys as api_key_rows, sessions,
            users::{self, UserPatch},
        },
    },
    dto::account::{AccountPage, SessionRow},
    error::Error,
    ids::{SessionId, UserId},
    time::Timestamp,
    zone::zone_names,
};

/// Returns the account page of the actor.
///
/// # Errors
/// [`Error::Forbidden`] unless the actor is a user with a session.
pub async fn show(services: &Services, actor: &Actor) -> Result<AccountPage, Error> {
    let identity = actor.person()?.clone();
    let (zone, now) = (actor.zone(services), services.clock.now());
    let (id, idle_since) = (identity.user, now.plus(-services.options.session_idle));
    let (user, codes, sessions, keys) = services
        .db
        .read(move |conn| {
            let user = users::find(conn, id)?;
            let codes = users::recovery_codes_left(conn, id)?;
            let sessions = sessions::of_user(conn, id, now, idle_since)?;
            Ok((user, codes, sessions, api_key_rows::list(conn, Some(id))?))
        })
        .await?;
    let at = |text: &str| zone.moment(text.parse().unwrap_or_default());
    let sessions = sessions
        .into_iter()
        .map(|session| SessionRow {
            id: SessionId(session.id),
            current: identity.session() == Some(SessionId(session.id)),
            created: at(&session.created_at),
            last_seen: at(&session.last_seen_at),
            expires: at(&session.expires_at),
            device: session.device,
            address: session.address,
        })
        .collect();
    Ok(AccountPage {
        now: zone.moment(now),
        name: user.name.clone(),
        role: user.role(),
        password_changed: moment(&zone, user.password_changed_at.as_deref()),
        must_change_password: user.password_temporary,
        second_factor: second_factor::state(services, &zone, &user, codes)?,
        profile: profile(&user),
        sessions,
        api_keys: keys.into_iter().map(|(key, owner)| key_row(&zone, now, key, owner)).collect(),
        scopes: Scope::ALL.into_iter().filter(|scope| scope.role() <= identity.role).collect(),
        time_zones: zone_names(),
        site_time_zone: services.zone.name().to_owned(),
    })
}

/// Changes the password and ends the user's other sessions.
///
/// # Errors
/// [`Error::Credentials`] if the current password is wrong; [`Error::Invalid`] if the new one is weak.
pub async fn change_password(
    services: &Services,
    actor: &Actor,
    current: SecretString,
    new: SecretString,
) -> Result<(), Error> {
    let identity = actor.person()?;
    check_password(&new, &identity.name)?;
    let is_same = current.expose_secret() == new.expose_secret();
    prove(services, actor, identity, current).await?;
    if is_same {
        return Err(Error::Invalid {
            field: "password",
            hint: "choose a password other than the current one".into(),
        });
    }
    let hash = services.passwords.hash(new).await?;
    let changed = services.clock.now().to_string();
    let patch = UserPatch {
        password_hash: Some(Some(hash)),
        password_changed_at: Some(Some(changed)),
        password_temporary: Some(false),
        ..UserPatch::default()
    };
    change_sign_in(services, actor, "account.change_password", move |tx, id, now| {
        users::change(tx.conn, id, &patch, now)
    })
    .await
}

/// Confirms the password. For [`crate::access::PROOF_LASTS`] seconds the session may then do what requires that.
///
/// # Errors
/// [`Error::Credentials`] if it is wrong; [`Error::TooMany`] after too many attempts.
pub async fn prove_password(services: &Services, actor: &Actor, password: SecretString) -> Result<(), Error> {
    let identity = actor.person()?;
    prove(services, actor, identity, password).await
}

/// Confirms with a code of the second factor or a recovery code, which can be used only once.
///
/// # Errors
/// [`Error::Credentials`] if it is wrong or there is no second factor; [`Error::TooMany`] after too many attempts.
pub async fn prove_by_code(services: &Services, actor: &Actor, code: &str) -> Result<(), Error> {
    let identity = actor.person()?;
    let (id, session) = (identity.user, identity.session().ok_or(Error::NeedsSession)?);
    let user = services.db.read(move |conn| users::find(conn, id)).await?;
    super::session::prove_by_code(services, actor, &user, session, code).await
}

/// Ends one of the user's sessions.
///
/// # Errors
/// [`Error::NotFound`] if it is not one of them.
pub async fn end_session(services: &Services, actor: &Actor, session: SessionId) -> Result<(), Error> {
    let identity = actor.person()?;
    let (id, name, who, now) = (identity.user, identity.name.clone(), actor.clone(), services.clock.now());
    let ended = services
        .db
        .write(move |tx| {
            let ended = sessions::end(tx.conn, id, session)?;
            if ended {
                audit::record(tx, &who, now, Entry::new("account.end_session").on("user", id.0, name))?;
            }
            Ok(ended)
        })
        .await?;
    services.access_changed();
    if ended { Ok(()) } else { Err(Error::NotFound) }
}

/// Ends all of the user's sessions but the current one.
///
/// # Errors
///
/// Database errors.
pub async fn end_other_sessions(services: &Services, actor: &Actor) -> Result<(), Error> {
    change_sign_in(services, actor, "account.end_other_sessions", |_, _, _| Ok(())).await
}

/// Verifies the password. Wrong ones count as failed sign-ins.
async fn prove(
    services: &Services,
    actor: &Actor,
    identity: &Identity,
    password: SecretString,
) -> Result<(), Error> {
    let id = identity.user;
    let user = services.db.read(move |conn| users::find(conn, id)).await?;
    super::session::prove(services, actor, &user, password).await
}

/// Changes how the user signs in, and ends the other sessions and their live streams.
async fn change_sign_in(
    services: &Services,
    actor: &Actor,
    action: &'static str,
    work: impl FnOnce(&mut Tx<'_>, UserId, Timestamp) -> Result<(), StoreError> + Send + 'static,
) -> Result<(), Error> {
    let identity = actor.person()?;
    let (id, name, own) = (identity.user, identity.name.clone(), identity.session());
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            work(tx, id, now)?;
            sessions::end_all(tx.conn, id, own)?;
            audit::record(tx, &actor, now, Entry::new(action).on("user", id.0, name))
        })
        .await
        .map_err(missing_is_not_found)?;
    services.access_changed();
    Ok(())
}

#[cfg(test)]
mod tests;
