//! Signing in and out.
//!
//! A session is a random token of 256 bits; the database has its hash. Whoever fails is told the same whether the name,
//! the password or the code was wrong, after the same time, and is slowed down by account and by address.

use std::{net::IpAddr, sync::Arc};

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{
    Actor, Identity, Proof, Services,
    account::profile,
    audit::{self, Entry},
    user::account_key,
};
use crate::{
    access::Scope,
    crypto::{
        Place, recovery,
        token::{random_token, sha256_hex},
        totp,
    },
    db::{
        StoreError, Tx, api_keys, login_failures,
        login_failures::FailureRecord,
        sessions::{self, COMPLETE, NewSession, SECOND_FACTOR, SessionRecord},
        users::{self, UserPatch, UserRecord},
    },
    error::Error,
    ids::{ApiKeyId, SessionId, UserId},
    time::Timestamp,
    zone::Zone,
};

/// How long a person may take to type the code after the password: seconds.
const SECOND_FACTOR_WITHIN: i64 = 600;
/// Sessions of one person.
const SESSIONS: i64 = 50;
/// Failures in a row before an account has to wait.
const FREE_FAILURES: i64 = 5;
/// First and longest wait of an account: seconds.
const WAITS: (i64, i64) = (30, 900);
/// How old the note of the last use may get before it is written again: seconds.
const SEEN_EVERY: i64 = 60;
/// Longest name and password that are looked at: bytes. Longer ones cannot be right, and cost more to hash.
const LONGEST: usize = 1024;

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// Address.
    pub address: Option<IpAddr>,
    /// What the browser calls itself.
    pub device: String,
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

/// Signs a person in by name and password.
///
/// # Errors
/// [`Error::Credentials`] when that is not a person with this password who may sign in; [`Error::TooMany`].
pub async fn begin(
    services: &Services,
    caller: &Caller,
    name: &str,
    password: SecretString,
) -> Result<SignIn, Error> {
    services.slow_down(caller)?;
    let name = name.trim().to_lowercase();
    if name.len() > LONGEST || password.expose_secret().len() > LONGEST {
        return Err(Error::Credentials);
    }
    let account = account_key(&name);
    refuse_blocked(services, &account).await?;
    let user = services.db.read(move |conn| users::find_by_name(conn, &name)).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let is_right = services.passwords.verify(hash.as_deref(), password.clone()).await?;
    let user = match user {
        Some(user) if is_right && user.disabled_at.is_none() => user,
        other => {
            count_failure(services, &caller.anonymous(), account, other.as_ref(), "session.begin").await?;
            return Err(Error::Credentials);
        }
    };
    let rehashed = match hash.filter(|hash| services.passwords.needs_rehash(hash)) {
        Some(_) => Some(services.passwords.hash(password).await?),
        None => None,
    };
    let is_complete = !user.has_second_factor();
    let (token, session) = new_session(services, caller, user.id(), is_complete)?;
    let now = services.clock.now();
    let caller = caller.clone();
    services
        .db
        .write(move |tx| {
            if let Some(hash) = &rehashed {
                let patch = UserPatch { password_hash: Some(Some(hash.clone())), ..UserPatch::default() };
                users::change(tx.conn, user.id(), &patch, now)?;
            }
            save(tx, &caller, &user, &session, now)?;
            if is_complete {
                login_failures::forget(tx.conn, &account)?;
            }
            Ok(())
        })
        .await?;
    Ok(if is_complete { SignIn::Complete(token) } else { SignIn::NeedsCode(token) })
}

/// Signs in the person whose password was right, by a code of the second factor or a recovery code.
///
/// # Errors
/// [`Error::Unauthenticated`] when the token is not (or no longer) that of such a person, [`Error::Credentials`] when
/// the code is wrong or was used, [`Error::TooMany`].
pub async fn confirm(services: &Services, caller: &Caller, token: &str, code: &str) -> Result<Token, Error> {
    services.slow_down(caller)?;
    let hash = sha256_hex(token);
    let now = services.clock.now();
    let pending = services.db.read(move |conn| sessions::find(conn, &hash)).await?;
    let (pending, user) = pending
        .filter(|(session, user)| {
            session.stage == SECOND_FACTOR
                && is_over(services, session, now).is_none()
                && user.disabled_at.is_none()
        })
        .ok_or(Error::Unauthenticated)?;
    let account = account_key(&user.name);
    refuse_blocked(services, &account).await?;
    let proof = code_of(services, &user, code, now);
    let (token, session) = new_session(services, caller, user.id(), true)?;
    let (who, from, forgiven) = (user.clone(), caller.clone(), account.clone());
    let accepted = services
        .db
        .write(move |tx| {
            let accepted = match &proof {
                Code::Step(step) => users::use_totp_step(tx.conn, who.id(), *step)?,
                Code::Recovery(hash) => users::use_recovery_code(tx.conn, who.id(), hash, now)?,
                Code::Wrong => false,
            };
            if accepted {
                sessions::end(tx.conn, who.id(), SessionId(pending.id))?;
                save(tx, &from, &who, &session, now)?;
                login_failures::forget(tx.conn, &forgiven)?;
                if matches!(proof, Code::Recovery(_)) {
                    let entry = Entry::new("second_factor.use_recovery_code").on("user", who.id, &who.name);
                    audit::record(tx, &from.anonymous(), now, entry)?;
                }
            }
            Ok(accepted)
        })
        .await?;
    if accepted {
        return Ok(token);
    }
    count_failure(services, &caller.anonymous(), account, Some(&user), "session.second_factor").await?;
    Err(Error::Credentials)
}

enum Code {
    Step(i64),
    Recovery(String),
    Wrong,
}

/// What was typed for the second factor.
fn code_of(services: &Services, user: &UserRecord, code: &str, now: Timestamp) -> Code {
    if let Some(hash) = recovery::hash(code) {
        return Code::Recovery(hash);
    }
    let sealed = user.totp_secret.as_deref();
    let secret = sealed.and_then(|sealed| match services.secrets.open(totp_place(user.id()), sealed) {
        Ok(secret) => Some(secret),
        Err(error) => {
            tracing::error!(%error, user = user.id, "a second factor cannot be read: recovery codes still work");
            None
        }
    });
    match secret.and_then(|secret| totp::verify(&secret, code, now, user.totp_last_step)) {
        Some(step) => Code::Step(step),
        None => Code::Wrong,
    }
}

/// Where the secret of a second factor is stored: what it is sealed to.
pub(super) fn totp_place(user: UserId) -> Place<'static> {
    Place { table: "users", column: "totp_secret", row: user.0 }
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
    sessions::bound(tx.conn, user.id(), SESSIONS)?;
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
pub(super) fn identity(user: &UserRecord, proof: Proof, address: String) -> Identity {
    Identity {
        user: user.id(),
        name: user.name.clone(),
        role: user.role(),
        proof,
        address,
        must_change_password: user.password_temporary,
        zone: user.time_zone.as_deref().and_then(|name| Zone::named(name).ok()),
        profile: profile(user),
    }
}

/// What a token stands for; nothing when its session was ended, is over, or its owner may not sign in.
///
/// # Errors
/// When the database refuses.
pub async fn resolve(services: &Services, caller: &Caller, token: &str) -> Result<Option<Resolved>, Error> {
    if token.len() > LONGEST {
        return Ok(None);
    }
    let hash = sha256_hex(token);
    let now = services.clock.now();
    let Some((session, user)) = services.db.read(move |conn| sessions::find(conn, &hash)).await? else {
        return Ok(None);
    };
    if is_over(services, &session, now).is_some() || user.disabled_at.is_some() {
        return Ok(None);
    }
    if session.stage != COMPLETE {
        return Ok(Some(Resolved::NeedsCode));
    }
    let id = SessionId(session.id);
    let seen: Timestamp = session.last_seen_at.parse().unwrap_or_default();
    if now.since(seen) >= SEEN_EVERY || session.address != caller.address() {
        let address = caller.address();
        services.db.write_quietly(move |tx| sessions::see(tx.conn, id, &address, now)).await?;
    }
    let identity = identity(&user, Proof::Session(id), caller.address());
    Ok(Some(Resolved::User(Arc::new(identity))))
}

/// Since when a session is over, by its age or because it was not used.
fn is_over(services: &Services, session: &SessionRecord, now: Timestamp) -> Option<Timestamp> {
    let at = |text: &str| text.parse::<Timestamp>().unwrap_or_default();
    let end = at(&session.expires_at).min(at(&session.last_seen_at).plus(services.options.session_idle));
    (now >= end).then_some(end)
}

/// Who an API key stands for; nothing when there is no such key, or its owner may not sign in.
///
/// # Errors
/// When the database refuses.
pub async fn resolve_key(
    services: &Services,
    caller: &Caller,
    secret: &str,
) -> Result<Option<Arc<Identity>>, Error> {
    if secret.len() > LONGEST {
        return Ok(None);
    }
    let (hash, now) = (sha256_hex(secret), services.clock.now());
    let known = services.db.read(move |conn| api_keys::find_valid(conn, &hash, now)).await?;
    let Some((key, user)) = known.filter(|(_, user)| user.disabled_at.is_none()) else { return Ok(None) };
    let id = ApiKeyId(key.id);
    let seen: Timestamp = key.last_used_at.as_deref().and_then(|at| at.parse().ok()).unwrap_or_default();
    if now.since(seen) >= SEEN_EVERY {
        let address = caller.address();
        services.db.write_quietly(move |tx| api_keys::see(tx.conn, id, &address, now)).await?;
    }
    let mut identity = identity(&user, Proof::ApiKey { id, name: key.name }, caller.address());
    let scope = Scope::from_word(&key.scope).unwrap_or(Scope::Read);
    identity.role = identity.role.min(scope.role());
    Ok(Some(Arc::new(identity)))
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

/// Whether what an actor was let in by still stands: live streams ask when access has changed.
///
/// # Errors
/// When the database refuses.
pub async fn still_stands(services: &Services, actor: &Actor) -> Result<bool, Error> {
    let Actor::User(identity) = actor else { return Ok(true) };
    let (user, role, now) = (identity.user, identity.role, services.clock.now());
    let proof = identity.proof.clone();
    Ok(services
        .db
        .read(move |conn| {
            let key = match proof {
                Proof::Session(id) => return sessions::exists(conn, id),
                Proof::ApiKey { id, .. } => api_keys::find(conn, id),
            };
            let owner = users::find(conn, user);
            Ok(match (key, owner) {
                (Ok(key), Ok(owner)) => {
                    let expired = key.expires_at.is_some_and(|at| at <= now.to_string());
                    key.revoked_at.is_none()
                        && !expired
                        && owner.disabled_at.is_none()
                        && owner.role() >= role
                }
                _ => false,
            })
        })
        .await?)
}

/// Refuses an account that has failed too often.
async fn refuse_blocked(services: &Services, account: &str) -> Result<(), Error> {
    let (account, now) = (account.to_owned(), services.clock.now());
    let known = services.db.read(move |conn| login_failures::find(conn, &account)).await?;
    let until: Option<Timestamp> = known.and_then(|known| known.blocked_until?.parse().ok());
    match until {
        Some(until) if until > now => Err(Error::TooMany { seconds: until.since(now) }),
        _ => Ok(()),
    }
}

/// Checks the password of a person who is signed in; wrong ones count as failures to sign in.
///
/// # Errors
/// [`Error::Credentials`] when it is wrong; [`Error::TooMany`].
pub(super) async fn prove(
    services: &Services,
    actor: &Actor,
    user: &UserRecord,
    password: SecretString,
) -> Result<(), Error> {
    let account = account_key(&user.name);
    refuse_blocked(services, &account).await?;
    if services.passwords.verify(user.password_hash.as_deref(), password).await? {
        return Ok(());
    }
    count_failure(services, actor, account, Some(user), "account.prove_password").await?;
    Err(Error::Credentials)
}

/// Counts a failure of an account, and records it. What was typed is not recorded: it may be a password.
async fn count_failure(
    services: &Services,
    actor: &Actor,
    account: String,
    user: Option<&UserRecord>,
    action: &'static str,
) -> Result<(), Error> {
    let (actor, now) = (actor.clone(), services.clock.now());
    let entry = match user {
        Some(user) => Entry::new(action).on("user", user.id, &user.name),
        None => Entry::new(action).on("user", None, "(no such person)"),
    };
    services
        .db
        .write_quietly(move |tx| {
            let known = login_failures::find(tx.conn, &account)?;
            let failures = known.map_or(0, |known| known.failures) + 1;
            let wait = wait_after(failures);
            let record = FailureRecord {
                account,
                failures,
                last_at: now.to_string(),
                blocked_until: wait.map(|seconds| now.plus(seconds).to_string()),
            };
            login_failures::save(tx.conn, &record)?;
            audit::record(tx, &actor, now, entry.after(json!({ "failures": failures })).failed())
        })
        .await?;
    Ok(())
}

/// How long an account has to wait after so many failures in a row.
fn wait_after(failures: i64) -> Option<i64> {
    let over = failures - FREE_FAILURES;
    let doublings = u32::try_from(over.min(20)).ok()?;
    Some(WAITS.0.saturating_mul(2_i64.pow(doublings)).min(WAITS.1))
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
