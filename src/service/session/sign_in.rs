//! The first step of signing in: name and password.

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    Caller, LONGEST, SignIn, new_session, save,
    throttle::{Counted, failed, knows_address},
};
use crate::{
    db::{
        StoreError, Tx,
        tables::{
            users,
            users::{UserPatch, UserRecord},
        },
    },
    error::Error,
    service::{Services, users::account_key},
};

/// Signs a user in with name and password.
///
/// # Errors
/// [`Error::Credentials`] if there is no such user with this password, or the user may not sign in;
/// [`Error::TooMany`] after too many attempts.
pub async fn begin(
    services: &Services,
    caller: &Caller,
    name: &str,
    password: SecretString,
) -> Result<SignIn, Error> {
    let name = name.trim().to_lowercase();
    if name.len() > LONGEST || password.expose_secret().len() > LONGEST {
        return Err(Error::Credentials);
    }
    let account = account_key(&name);
    let (from, now) = (caller.clone(), services.clock.now());
    let (user, knows_address) = services
        .db
        .read(move |conn| {
            let user = users::find_by_name(conn, &name)?;
            let knows_address = knows_address(conn, user.as_ref(), &from, now)?;
            Ok((user, knows_address))
        })
        .await?;
    let counted = Counted::at_sign_in(services, caller, &account, user.as_ref(), knows_address);
    counted.refuse_blocked(services).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    // Done for unknown names as well, so that it takes equally long.
    let is_right = services.passwords.verify(&counted.queue, hash.as_deref(), password.clone()).await?;
    let user = match user {
        Some(user) if is_right && user.disabled_at.is_none() => user,
        other => {
            let stranger = caller.anonymous();
            let known = other.as_ref();
            return Err(failed(services, &stranger, Some(caller), counted, known, "session.begin").await);
        }
    };
    let rehashed = match hash.filter(|hash| services.passwords.needs_rehash(hash)) {
        Some(_) => Some(services.passwords.hash(password).await?),
        None => None,
    };
    let is_complete = !user.has_second_factor();
    let (token, session) = new_session(services, caller, user.id(), is_complete)?;
    let caller = caller.clone();
    let outcome = services
        .db
        .write(move |tx| {
            if let Some(seconds) = counted.wait(tx, now)? {
                return Ok(Outcome::Wait(seconds));
            }
            if !signs_in_as_before(tx, &user)? {
                return Ok(Outcome::Refused);
            }
            if let Some(hash) = &rehashed {
                let patch = UserPatch { password_hash: Some(Some(hash.clone())), ..UserPatch::default() };
                users::change(tx.conn, user.id(), &patch, now)?;
            }
            save(tx, &caller, &user, &session, now)?;
            if is_complete {
                counted.forget(tx)?;
            }
            Ok(Outcome::LetIn)
        })
        .await?;
    match outcome {
        Outcome::LetIn if is_complete => Ok(SignIn::Complete(token)),
        Outcome::LetIn => Ok(SignIn::NeedsCode(token)),
        Outcome::Wait(seconds) => Err(Error::TooMany { seconds }),
        Outcome::Refused => Err(Error::Credentials),
    }
}

enum Outcome {
    LetIn,
    Wait(i64),
    Refused,
}

/// Returns whether nothing relevant has changed since the check. Verifying a password takes time, and changing it
/// meanwhile ends all sessions: no session may start with the old one after that.
fn signs_in_as_before(tx: &mut Tx<'_>, user: &UserRecord) -> Result<bool, StoreError> {
    let Some(now) = users::find_by_name(tx.conn, &user.name)? else { return Ok(false) };
    Ok(now.id == user.id
        && now.password_hash == user.password_hash
        && now.totp_confirmed_at == user.totp_confirmed_at
        && now.disabled_at.is_none())
}
