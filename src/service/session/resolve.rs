//! Who a request is from: asked at every request.

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

/// How old the note of the last use may get before it is written again: seconds.
const SEEN_EVERY: i64 = 60;

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

/// Whether a session is over, by its age or because it was not used.
pub(super) fn is_over(services: &Services, session: &SessionRecord, now: Timestamp) -> bool {
    let at = |text: &str| text.parse::<Timestamp>().unwrap_or_default();
    now >= at(&session.expires_at).min(at(&session.last_seen_at).plus(services.options.session_idle))
}

/// Whether the password was given in this session a moment ago.
fn is_proven(session: &SessionRecord, now: Timestamp) -> bool {
    let proven: Option<Timestamp> = session.proven_at.as_deref().and_then(|at| at.parse().ok());
    // A clock that was set back does not make it last longer.
    proven.is_some_and(|at| (0..PROOF_LASTS).contains(&now.since(at)))
}

/// Notes that something was used. A full disk must not keep people from looking at their backups.
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
        note_use(services, move |tx| api_keys::note_use(tx.conn, id, &address, now)).await;
    }
    let mut identity = identity(&user, Proof::ApiKey { id, name: key.name }, caller.address());
    let scope = Scope::from_word(&key.scope).unwrap_or(Scope::Read);
    identity.role = identity.role.min(scope.role());
    Ok(Some(Arc::new(identity)))
}

/// Whether what an actor was let in by still stands: live streams ask when access has changed.
///
/// # Errors
/// When the database refuses.
pub async fn still_stands(services: &Services, actor: &Actor) -> Result<bool, Error> {
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
