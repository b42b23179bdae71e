//! Signing in and out.
//!
//! A session is a random token of 256 bits, of which the database has the hash. A failed sign-in gets the same response
//! after the same time whether name or password was wrong, and is throttled by account and by address.

mod device_cookie;
mod resolve;
mod second_factor;
mod sign_in;
mod throttle;
mod unknown_names;

use std::{net::IpAddr, sync::Arc};

pub use resolve::{is_still_valid, resolve, resolve_key};
pub use second_factor::confirm;
pub(super) use second_factor::{prove_by_code, totp_place};
use secrecy::SecretString;
use serde_json::json;
pub use sign_in::begin;
pub(super) use throttle::prove;
pub use unknown_names::UnknownNames;

use super::{
    Actor, Identity, Proof, Services,
    account::profile,
    audit::{self, Entry},
};
use crate::{
    crypto::token::{random_token, sha256_hex},
    db::{
        StoreError, Tx,
        tables::{
            sessions::{self, COMPLETE, NewSession, SECOND_FACTOR},
            users::{self, UserPatch, UserRecord},
        },
    },
    error::Error,
    ids::UserId,
    time::Timestamp,
    zone::Zone,
};

/// Seconds a user may take to enter the code after the password.
const SECOND_FACTOR_WITHIN: i64 = 600;
/// Maximum number of sessions per user. The same limit applies to sessions waiting for a code, separately, so that
/// someone with only the password cannot end the others.
const SESSIONS: i64 = 50;
/// Maximum bytes of a name or password. Longer ones cannot be right, and cost more to hash.
const LONGEST: usize = 1024;

/// The origin of a request.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The address.
    pub address: Option<IpAddr>,
    /// The browser's `User-Agent`.
    pub device: String,
    /// The device cookie from an earlier sign-in: see [`SignedIn`].
    pub mark: Option<String>,
}

impl Caller {
    /// Returns the address as text.
    pub fn address(&self) -> String {
        self.address.map_or_else(String::new, |address| address.to_canonical().to_string())
    }

    /// Returns an anonymous actor with this address.
    pub fn anonymous(&self) -> Actor {
        Actor::Anonymous { address: self.address() }
    }
}

/// A session token for the cookie of a browser.
#[derive(Debug, Clone)]
pub struct Token(pub SecretString);

/// The cookies of a browser in which a user has just signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session.
    pub token: Token,
    /// The device cookie, by which the browser is recognized at the next sign-in while others guess passwords; `None`
    /// if it has one.
    pub mark: Option<String>,
}

/// Adds the device cookie after a sign-in, if the browser needs one.
///
/// # Errors
///
/// Database errors.
pub async fn sign_in_step(services: &Services, caller: &Caller, token: Token) -> Result<SignedIn, Error> {
    use secrecy::ExposeSecret as _;
    let mark = match resolve(services, caller, token.0.expose_secret()).await? {
        Some(Resolved::User(identity)) => device_cookie::new(services, caller, identity.user)?,
        _ => None,
    };
    Ok(SignedIn { token, mark })
}

/// The result of a correct password.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// The user is signed in.
    Complete(Token),
    /// A code is required as well; the token is only valid for entering it.
    NeedsCode(Token),
}

/// What a token stands for.
#[derive(Debug, Clone)]
pub enum Resolved {
    /// A signed-in user.
    User(Arc<Identity>),
    /// A user who has yet to enter the code.
    NeedsCode,
}

/// Creates a token and its session.
pub(super) fn new_session(
    services: &Services,
    caller: &Caller,
    user: UserId,
    is_complete: bool,
) -> Result<(Token, NewSession), Error> {
    let token = random_token(32)?;
    let now = services.clock.now();
    let lasts = if is_complete { services.options.session_lasts } else { SECOND_FACTOR_WITHIN };
    let session = NewSession {
        hash: sha256_hex(&token),
        user_id: user.0,
        stage: if is_complete { COMPLETE } else { SECOND_FACTOR },
        created_at: now.to_string(),
        last_seen_at: now.to_string(),
        expires_at: now.plus(lasts).to_string(),
        address: caller.address(),
        proven_at: is_complete.then(|| now.to_string()),
        device: caller.device.chars().filter(|c| !c.is_control()).take(200).collect(),
    };
    Ok((Token(SecretString::from(token)), session))
}

/// Stores a session. A complete one also counts as a sign-in of its owner.
pub(super) fn save(
    tx: &mut Tx<'_>,
    caller: &Caller,
    user: &UserRecord,
    session: &NewSession,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = session.save(tx.conn)?;
    sessions::bound(tx.conn, user.id(), session.stage, SESSIONS)?;
    if session.stage == COMPLETE {
        let patch = UserPatch { last_login_at: Some(Some(now.to_string())), ..UserPatch::default() };
        users::change(tx.conn, user.id(), &patch, now)?;
        let actor = Actor::User(Arc::new(identity(user, Proof::Session(id), caller.address())));
        let entry = Entry::new("session.begin")
            .on("user", user.id, &user.name)
            .after(json!({ "device": session.device }));
        audit::record(tx, &actor, now, entry)?;
    }
    Ok(())
}

/// Creates the identity for a session or an API key.
fn identity(user: &UserRecord, proof: Proof, address: String) -> Identity {
    Identity {
        user: user.id(),
        name: user.name.clone(),
        role: user.role(),
        proof,
        address,
        proven: false,
        second_factor: user.has_second_factor(),
        must_change_password: user.password_temporary,
        zone: user.time_zone.as_deref().and_then(|name| Zone::named(name).ok()),
        profile: profile(user),
    }
}

/// Ends the session of the actor.
///
/// # Errors
///
/// Database errors.
pub async fn end(services: &Services, actor: &Actor) -> Result<(), Error> {
    let Actor::User(identity) = actor else { return Ok(()) };
    let Some(id) = identity.session() else { return Ok(()) };
    let (user, name, actor, now) =
        (identity.user, identity.name.clone(), actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            sessions::end(tx.conn, user, id)?;
            audit::record(tx, &actor, now, Entry::new("session.end").on("user", user.0, name))
        })
        .await?;
    services.access_changed();
    Ok(())
}

#[cfg(test)]
mod tests;
