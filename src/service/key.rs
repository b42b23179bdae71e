//! Ingest keys: made, listed, revoked. A secret exists in clear only in the answer to its making.

use std::sync::Mutex;

use super::{Actor, Services};
use crate::{
    crypto::token,
    db::{StoreError, StoreErrorKind, keys, servers},
    dto::key::{KeyRow, KeysPage, NewKey},
    error::{Error, log_internal},
    ids::{KeyId, ServerId},
    time::Timestamp,
};

/// How long a new secret waits to be shown: seconds.
const SHOW_WITHIN: i64 = 600;
/// How many new secrets wait at most.
const MAX_WAITING: usize = 32;

/// Secrets of new keys that wait to be shown once, by a one-time token.
#[derive(Debug, Default)]
pub struct NewKeys(Mutex<Vec<(String, Timestamp, NewKey)>>);

/// Makes a key. An empty name makes one for any server; another name one for the server of that name, which is made
/// if there is none.
///
/// # Errors
/// [`Error::Invalid`] when the name cannot be used.
pub async fn create(services: &Services, actor: &Actor, server: &str) -> Result<NewKey, Error> {
    actor.may_administer(services)?;
    let name = server.trim().to_owned();
    if name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Error::Invalid { field: "server", hint: "use at most 200 visible characters".into() });
    }
    let secret = new_secret(32)?;
    let (hash, prefix) = (token::sha256_hex(&secret), secret.chars().take(6).collect::<String>());
    let now = services.clock.now();
    let bound = (!name.is_empty()).then_some(name);
    let server_name = bound.clone();
    let id = services
        .db
        .write(move |tx| {
            let server = bound.map(|name| servers::find_or_create(tx.conn, &name, now)).transpose()?;
            keys::create(tx.conn, &hash, &prefix, server, now)
        })
        .await?;
    Ok(NewKey { id, secret, server: server_name, upload_url: String::new() })
}

/// Makes a key and keeps its secret for one showing; returns the token that shows it.
///
/// # Errors
/// As [`create`].
pub async fn create_to_show(services: &Services, actor: &Actor, server: &str) -> Result<String, Error> {
    let key = create(services, actor, server).await?;
    let token = new_secret(16)?;
    let now = services.clock.now();
    if let Ok(mut waiting) = services.new_keys.0.lock() {
        waiting.retain(|(_, until, _)| *until > now);
        if waiting.len() >= MAX_WAITING {
            waiting.remove(0);
        }
        waiting.push((token.clone(), now.plus(SHOW_WITHIN), key));
    }
    Ok(token)
}

/// The key that waits under a token; only the first who asks gets it.
///
/// # Errors
/// [`Error::Forbidden`] when the actor may not manage keys.
pub fn take_to_show(services: &Services, actor: &Actor, token: &str) -> Result<Option<NewKey>, Error> {
    actor.may_administer(services)?;
    let now = services.clock.now();
    let Ok(mut waiting) = services.new_keys.0.lock() else { return Ok(None) };
    waiting.retain(|(_, until, _)| *until > now);
    let position = waiting.iter().position(|(waiting_token, _, _)| waiting_token == token);
    Ok(position.map(|index| waiting.remove(index).2))
}

/// All keys, without their secrets.
///
/// # Errors
/// When the database refuses.
pub async fn list(services: &Services, actor: &Actor) -> Result<KeysPage, Error> {
    actor.may_view()?;
    let zone = services.zone.clone();
    let (rows, names) = services.db.read(|conn| Ok((keys::all(conn)?, servers::all(conn)?))).await?;
    let names: Vec<(ServerId, String)> =
        names.into_iter().map(|server| (ServerId(server.id), server.name)).collect();
    let keys = rows
        .into_iter()
        .map(|row| KeyRow {
            id: KeyId(row.id),
            server: row.server_id.and_then(|id| names.iter().find(|(known, _)| known.0 == id).cloned()),
            prefix: row.prefix,
            created: zone.moment(row.created_at.parse().unwrap_or_default()),
            last_used: row.last_used_at.and_then(|at| at.parse().ok()).map(|at| zone.moment(at)),
            uses: row.use_count,
            revoked: row.revoked_at.and_then(|at| at.parse().ok()).map(|at| zone.moment(at)),
        })
        .collect();
    Ok(KeysPage {
        now: zone.moment(services.clock.now()),
        keys,
        servers: names,
        open_ingest: services.options.open_ingest,
    })
}

/// Revokes a key: reports that carry it are refused from now on.
///
/// # Errors
/// [`Error::NotFound`] when there is no such key.
pub async fn revoke(services: &Services, actor: &Actor, key: KeyId) -> Result<(), Error> {
    actor.may_administer(services)?;
    let now = services.clock.now();
    services
        .db
        .write(move |tx| keys::revoke(tx.conn, key, now))
        .await
        .map_err(super::shape::missing_is_not_found)
}

/// Random text for a key or a one-time token.
fn new_secret(bytes: usize) -> Result<String, Error> {
    token::random_token(bytes).map_err(|error| {
        log_internal(&error);
        Error::Store(StoreError::new(StoreErrorKind::Other, "no entropy"))
    })
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
