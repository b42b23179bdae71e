//! Determines the user of a request; called for every request.

use std::sync::Arc;

use super::{Caller, LONGEST, Resolved, identity};
use crate::{
    access::{PROOF_LASTS, Scope},
    crypto::token::sha256_hex,
    db::{
        StoreError, Tx,
        tables::{
            api_keys,
            sessions::{self, COMPLETE, SessionRecord},
        },
    },
    error::Error,
    ids::{ApiKeyId, SessionId},
    service::{Actor, Identity, Proof, Services},
    time::Timestamp,
};

/// How old the time of the last use may become before it is written again, in seconds.
const SEEN_EVERY: i64 = 60;

/// Returns what a token stands for; `None` if its session has ended or expired, or its owner may not
/// sign in.
///
/// # Errors
///
/// Database errors.
pub async fn resolve(services: &Services, caller: &Caller, token: &str) -> Result<Option<Resolved>, Error> {
    if token.len() > LONGEST {
        return Ok(None);
    }
    let hash = sha256_hex(token);
    let now = services.clock.now();
    let Some((session, user)) = services.db.read(move |conn| sessions::find(conn, &hash)).await? else {
        return Ok(None);
    };
    if is_over(services, &session, now) || user.disabled_at.is_some() {
        return Ok(None);
    }
    if session.stage != COMPLETE {
        return Ok(Some(Resolved::NeedsCode));
    }
    let id = SessionId(session.id);
    let seen: Timestamp = session.last_seen_at.parse().unwrap_or_default();
    if now.since(seen) >= SEEN_EVERY || session.address != caller.address() {
        let address = caller.address();
        note_use(services, move |tx| sessions::note_use(tx.conn, id, &address, now)).await;
    }
    let mut identity = identity(&user, Proof::Session(id), caller.address());
    identity.proven = is_proven(&session, now);
    Ok(Some(Resolved::User(Arc::new(identity))))
}

/// Returns whether a session has expired, by its age or because it was idle.
pub(super) fn is_over(services: &Services, session: &SessionRecord, now: Timestamp) -> bool {
    let at = |text: &str| text.parse::<Timestamp>().unwrap_or_default();
    now >= at(&session.expires_at).min(at(&session.last_seen_at).plus(services.options.session_idle))
}

/// Returns whether the password was confirmed recently in this session.
fn is_proven(session: &SessionRecord, now: Timestamp) -> bool {
    let proven: Option<Timestamp> = session.proven_at.as_deref().and_then(|at| at.parse().ok());
    // A clock that was set back does not extend it.
    proven.is_some_and(|at| (0..PROOF_LASTS).contains(&now.since(at)))
}

/// Records the use of a session or key. A full disk must not prevent users from reading.
async fn note_use(
    services: &Services,
    work: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError> + Send + 'static,
) {
    if services.db.read_only_cause().is_none()
        && let Err(error) = services.db.write_unseen(work).await
    {
        tracing::warn!(%error, "when a session or a key was last used could not be noted");
    }
}

/// Returns the identity of an API key; `None` if there is no such key, or its owner may not sign in.
///
/// # Errors
///
/// Database errors.
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
        note_use(services, move |tx| api_keys::note_use(tx.conn, id, &address, now)).await;
    }
    let mut identity = identity(&user, Proof::ApiKey { id, name: key.name }, caller.address());
    let scope = Scope::from_word(&key.scope).unwrap_or(Scope::Read);
    identity.role = identity.role.min(scope.role());
    Ok(Some(Arc::new(identity)))
}

/// Returns whether the session or key of an actor is still valid with the same rights; live streams
/// check that when access has changed.
///
/// # Errors
///
/// Database errors.
pub async fn is_still_valid(services: &Services, actor: &Actor) -> Result<bool, Error> {
    let Actor::User(identity) = actor else { return Ok(true) };
    let (known, now) = (Arc::clone(identity), services.clock.now());
    let owner = match known.proof.clone() {
        Proof::Session(id) => services
            .db
            .read(move |conn| sessions::find_by_id(conn, id))
            .await?
            .filter(|(session, _)| !is_over(services, session, now))
            .map(|(_, owner)| owner),
        Proof::ApiKey { id, .. } => services
            .db
            .read(move |conn| api_keys::find_valid_by_id(conn, id, now))
            .await?
            .map(|(_, owner)| owner),
    };
    Ok(owner.is_some_and(|owner| {
        owner.disabled_at.is_none()
            && owner.role() >= identity.role
            && owner.password_temporary == identity.must_change_password
    }))
}
