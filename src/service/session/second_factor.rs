//! The second step of signing in: a code of the authenticator app, or a recovery code.

use super::{
    Caller, Token, new_session, resolve, save,
    throttle::{Counted, failed},
};
use crate::{
    crypto::{SecretLocation, recovery, token::sha256_hex, totp},
    db::{
        StoreError, Tx,
        tables::{sessions, sessions::SECOND_FACTOR, users, users::UserRecord},
    },
    error::Error,
    ids::{SessionId, UserId},
    service::{Actor, Services, audit, audit::Entry, users::account_key},
    time::Timestamp,
};

/// A typed code.
enum Code {
    /// The code of this time step.
    Step(i64),
    /// The hash of what may be a recovery code.
    Recovery(String),
    Wrong,
}

enum Outcome {
    Accepted,
    Wrong,
    Wait(i64),
    /// The session was ended or used meanwhile.
    Gone,
}

/// Completes a sign-in after the correct password, with a code of the second factor or a recovery code.
///
/// # Errors
/// [`Error::Unauthenticated`] if the token is not, or no longer, waiting for a code; [`Error::Credentials`] if the code is
/// wrong or was used; [`Error::TooMany`] after too many attempts.
pub async fn confirm(services: &Services, caller: &Caller, token: &str, code: &str) -> Result<Token, Error> {
    let hash = sha256_hex(token);
    let now = services.clock.now();
    let pending = services.db.read(move |conn| sessions::find(conn, &hash)).await?;
    let (pending, user) = pending
        .filter(|(session, user)| {
            session.stage == SECOND_FACTOR
                && !resolve::is_over(services, session, now)
                && user.disabled_at.is_none()
        })
        .ok_or(Error::Unauthenticated)?;
    let pending = SessionId(pending.id);
    let counted = Counted::at_code(&account_key(&user.name));
    counted.refuse_blocked(services).await?;
    let code = code_of(services, &user, code, now);
    let (token, session) = new_session(services, caller, user.id(), true)?;
    let (who, from, counted_in) = (user.clone(), caller.clone(), counted.clone());
    let outcome = services
        .db
        .write(move |tx| {
            if let Some(seconds) = counted_in.wait(tx, now)? {
                return Ok(Outcome::Wait(seconds));
            }
            if !sessions::exists(tx.conn, pending)? {
                return Ok(Outcome::Gone);
            }
            if !uses(tx, &from.anonymous(), &who, &code, now)? {
                return Ok(Outcome::Wrong);
            }
            sessions::end(tx.conn, who.id(), pending)?;
            save(tx, &from, &who, &session, now)?;
            counted_in.forget(tx)?;
            Ok(Outcome::Accepted)
        })
        .await?;
    match outcome {
        Outcome::Accepted => Ok(token),
        Outcome::Gone => Err(Error::Unauthenticated),
        Outcome::Wait(seconds) => Err(Error::TooMany { seconds }),
        Outcome::Wrong => {
            let stranger = caller.anonymous();
            let user = Some(&user);
            Err(failed(services, &stranger, Some(caller), counted, user, "session.second_factor").await)
        }
    }
}

/// Checks a code of a signed-in user, and records the confirmation in the session. Wrong ones are counted together with
/// those at sign-in, over all sessions, because six digits are few.
///
/// # Errors
/// [`Error::Credentials`] if it is wrong, was used, or there is no second factor; [`Error::TooMany`] after too many
/// attempts; [`Error::Unauthenticated`] if the session has ended.
pub(in crate::service) async fn prove_by_code(
    services: &Services,
    actor: &Actor,
    user: &UserRecord,
    session: SessionId,
    code: &str,
) -> Result<(), Error> {
    let counted = Counted::at_code(&account_key(&user.name));
    counted.refuse_blocked(services).await?;
    let now = services.clock.now();
    // The secret of a setup that was never confirmed is not accepted.
    let code = if user.has_second_factor() { code_of(services, user, code, now) } else { Code::Wrong };
    let (who, from, counted_in) = (user.clone(), actor.clone(), counted.clone());
    let outcome = services
        .db
        .write(move |tx| {
            if let Some(seconds) = counted_in.wait(tx, now)? {
                return Ok(Outcome::Wait(seconds));
            }
            if !sessions::exists(tx.conn, session)? {
                return Ok(Outcome::Gone);
            }
            if !uses(tx, &from, &who, &code, now)? {
                return Ok(Outcome::Wrong);
            }
            sessions::prove(tx.conn, session, now)?;
            counted_in.forget(tx)?;
            Ok(Outcome::Accepted)
        })
        .await?;
    match outcome {
        Outcome::Accepted => Ok(()),
        Outcome::Gone => Err(Error::Unauthenticated),
        Outcome::Wait(seconds) => Err(Error::TooMany { seconds }),
        Outcome::Wrong => Err(failed(services, actor, None, counted, Some(user), "account.prove_code").await),
    }
}

/// Uses a code; returns false if it is wrong or was used before.
fn uses(
    tx: &mut Tx<'_>,
    actor: &Actor,
    user: &UserRecord,
    code: &Code,
    now: Timestamp,
) -> Result<bool, StoreError> {
    match code {
        Code::Step(step) => users::use_totp_step(tx.conn, user.id(), *step),
        Code::Recovery(hash) => {
            let is_right = users::use_recovery_code(tx.conn, user.id(), hash, now)?;
            if is_right {
                let entry = Entry::new("second_factor.use_recovery_code").on("user", user.id, &user.name);
                audit::record(tx, actor, now, entry)?;
            }
            Ok(is_right)
        }
        Code::Wrong => Ok(false),
    }
}

fn code_of(services: &Services, user: &UserRecord, typed: &str, now: Timestamp) -> Code {
    if let Some(hash) = recovery::hash(typed) {
        return Code::Recovery(hash);
    }
    let sealed = user.totp_secret.as_deref();
    let secret = sealed.and_then(|sealed| match services.secrets.open(totp_place(user.id()), sealed) {
        Ok(secret) => Some(secret),
        Err(error) => {
            tracing::error!(%error, user = user.id, "a second factor cannot be decrypted; recovery codes still work");
            None
        }
    });
    match secret.and_then(|secret| totp::verify(&secret, typed, now, user.totp_last_step)) {
        Some(step) => Code::Step(step),
        None => Code::Wrong,
    }
}

/// The place where the secret of a second factor is stored, which it is encrypted for.
pub(in crate::service) fn totp_place(user: UserId) -> SecretLocation<'static> {
    SecretLocation { table: "users", column: "totp_secret", row: user.0 }
}
