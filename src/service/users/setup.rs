//! The first administrator: created with a one-time link that the program prints while there is no user, or from the
//! environment.

use std::sync::{Mutex, PoisonError};

use secrecy::SecretString;
use serde_json::json;

use super::{check_password, user_name};
use crate::{
    access::Role,
    crypto::token::{random_token, sha256_hex},
    db::tables::users::{self, NewUser},
    error::Error,
    service::{
        Actor, Services, audit,
        audit::Entry,
        session,
        session::{Caller, Token},
    },
    time::Timestamp,
};

/// How long a link is valid, in seconds.
pub const LINK_LASTS: i64 = 3600;

/// The hash of the link's secret, and when it expires.
#[derive(Debug, Default)]
pub struct SetupLink(Mutex<Option<(String, Timestamp)>>);

/// Returns whether there is no user yet.
///
/// # Errors
///
/// Database errors.
pub async fn is_needed(services: &Services) -> Result<bool, Error> {
    // The demonstration needs no users.
    if services.options.demo {
        return Ok(false);
    }
    Ok(services.db.read(users::count).await? == 0)
}

/// Generates the secret of a new link; the previous one becomes invalid.
///
/// # Errors
/// If the system cannot provide random bytes.
pub fn new_link(services: &Services) -> Result<String, Error> {
    let secret = random_token(32)?;
    let until = services.clock.now().plus(LINK_LASTS);
    *services.setup_link.0.lock().unwrap_or_else(PoisonError::into_inner) =
        Some((sha256_hex(&secret), until));
    Ok(secret)
}

/// Returns whether this is the secret of the valid link.
///
/// # Errors
/// [`Error::TooMany`] if this address has tried too often.
pub fn is_link(services: &Services, caller: &Caller, secret: &str) -> Result<bool, Error> {
    let (hash, now) = (sha256_hex(secret), services.clock.now());
    let link = services.setup_link.0.lock().unwrap_or_else(PoisonError::into_inner);
    // Comparing hashes reveals nothing about the secret through timing.
    let is_right = link.as_ref().is_some_and(|(known, until)| *known == hash && *until > now);
    match caller.address.filter(|_| !is_right).and_then(|address| services.sign_ins.fail(address, now)) {
        Some(seconds) => Err(Error::TooMany { seconds }),
        None => Ok(is_right),
    }
}

/// Creates the first administrator and signs in.
///
/// # Errors
/// [`Error::Credentials`] if the link is wrong, used or expired; [`Error::NotFound`] if there are users already;
/// [`Error::Invalid`] if the name or the password cannot be used.
pub async fn complete(
    services: &Services,
    caller: &Caller,
    secret: &str,
    name: &str,
    password: SecretString,
) -> Result<Token, Error> {
    if !is_link(services, caller, secret)? {
        return Err(Error::Credentials);
    }
    let name = user_name(name)?;
    check_password(&password, &name)?;
    let id =
        first_administrator(services, &caller.anonymous(), name, password).await?.ok_or(Error::NotFound)?;
    *services.setup_link.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let (token, session) = session::new_session(services, caller, id, true)?;
    let (caller, now) = (caller.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            let user = users::find(tx.conn, id)?;
            session::save(tx, &caller, &user, &session, now)
        })
        .await?;
    Ok(token)
}

/// Creates the first administrator from the environment at start. Returns false if there are users already.
///
/// # Errors
/// [`Error::Invalid`] if the name or the password cannot be used.
pub async fn provision(services: &Services, name: &str, password: SecretString) -> Result<bool, Error> {
    // Once there are users, the environment is ignored, so that it cannot prevent the program from starting.
    if !is_needed(services).await? {
        return Ok(false);
    }
    let name = user_name(name)?;
    check_password(&password, &name)?;
    Ok(first_administrator(services, &Actor::System, name, password).await?.is_some())
}

/// Creates an administrator if there is no user, checked in the transaction, so that two simultaneous requests create
/// only one.
async fn first_administrator(
    services: &Services,
    actor: &Actor,
    name: String,
    password: SecretString,
) -> Result<Option<crate::ids::UserId>, Error> {
    let hash = services.passwords.hash(password).await?;
    let (actor, now) = (actor.clone(), services.clock.now());
    Ok(services
        .db
        .write(move |tx| {
            if users::count(tx.conn)? > 0 {
                return Ok(None);
            }
            let new = NewUser {
                name,
                role: Role::Administrator.as_str().into(),
                password_hash: Some(hash),
                password_changed_at: Some(now.to_string()),
                password_temporary: false,
                created_at: now.to_string(),
                updated_at: now.to_string(),
            };
            let id = users::create(tx.conn, &new)?;
            let entry = Entry::new("user.create_first").on("user", id.0, &new.name);
            audit::record(tx, &actor, now, entry.after(json!({ "role": Role::Administrator })))?;
            Ok(Some(id))
        })
        .await?)
}

#[cfg(test)]
#[path = "setup_tests.rs"]
mod tests;
