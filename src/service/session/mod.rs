//! Signing in and out.
//!
//! A session is a random token of 256 bits; the database has its hash. Whoever fails is told the same whether the name
//! or the password was wrong, after the same time, and is slowed down by account and by address.

mod device_cookie;
mod resolve;
mod second_factor;
mod sign_in;
mod throttle;
mod unknown_names;

use std::{net::IpAddr, sync::Arc};

pub use resolve::{resolve, resolve_key, still_stands};
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

/// How long a person may take to type the code after the password: seconds.
const SECOND_FACTOR_WITHIN: i64 = 600;
/// Sessions of one person. As many may wait for a code: whoever has only the password must not end the others.
const SESSIONS: i64 = 50;
/// Longest name and password that are looked at: bytes. Longer ones cannot be right, and cost more to hash.
const LONGEST: usize = 1024;

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Address.
    pub address: Option<IpAddr>,
    /// What the browser calls itself.
    pub device: String,
    /// The mark that it was given when somebody signed in: see [`SignedIn`].
    pub mark: Option<String>,
}

impl Caller {
    /// The address as text.
    pub fn address(&self) -> String {
        self.address.map_or_else(String::new, |address| address.to_canonical().to_string())
    }

    /// A stranger with this address.
    pub fn anonymous(&self) -> Actor {
        Actor::Anonymous { address: self.address() }
    }
}

/// A token for the cookie of a browser. Shown to nobody else.
#[derive(Debug, Clone)]
pub struct Token(pub SecretString);

/// What the browser of a person keeps who has just signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Its session.
    pub token: Token,
    /// A mark by which it is known at the next sign-in, when strangers guess at the same account; none when it has one.
    pub mark: Option<String>,
}

/// The mark for a browser in which somebody has just signed in, if it needs one.
///
/// # Errors
/// When the database refuses.
pub async fn entrance(services: &Services, caller: &Caller, token: Token) -> Result<SignedIn, Error> {
    use secrecy::ExposeSecret as _;
    let mark = match resolve(services, caller, token.0.expose_secret()).await? {
        Some(Resolved::User(identity)) => device_cookie::new(services, caller, identity.user)?,
        _ => None,
    };
    Ok(SignedIn { token, mark })
}

/// What became of a right password.
#[derive(Debug, Clone)]
pub enum SignIn {
    /// The person is signed in.
    Complete(Token),
    /// A code is needed as well; the token can do nothing but bring it.
    NeedsCode(Token),
}

/// What a token stands for.
#[derive(Debug, Clone)]
pub enum Resolved {
    /// A signed-in person.
    User(Arc<Identity>),
    /// A person whose code is still to come.
    NeedsCode,
}

/// A new token, and the session of it.
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

/// Stores a session, and what a complete one means for its owner.
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

/// Who a session's token or an API key stands for.
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

/// Ends the session of the one who asks.
///
/// # Errors
/// When the database refuses.
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
