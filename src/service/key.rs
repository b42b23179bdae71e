//! Ingest keys: made, listed, revoked. A secret exists in clear only in the answer to its making.

use serde_json::json;

use super::{
    Actor, Services,
    audit::{self, Entry},
    shape::{missing_is_not_found, moment},
};
use crate::{
    access::Permission,
    crypto::token::{random_token, sha256_hex},
    db::{keys, servers},
    dto::key::{KeyRow, KeysPage, NewKey},
    error::Error,
    ids::{KeyId, ServerId},
};

/// How long a replaced key works on, so that senders can be changed one after the other: seconds.
const OVERLAP: i64 = 7 * 86_400;

/// Makes a key. An empty name makes one for any server; another name one for the server of that name, which is made
/// if there is none.
///
/// # Errors
/// [`Error::Invalid`] when the name cannot be used.
pub async fn create(services: &Services, actor: &Actor, server: &str) -> Result<NewKey, Error> {
    actor.may(Permission::ManageIngestKeys)?;
    let name = server.trim().to_owned();
    if name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Error::Invalid { field: "server", hint: "use at most 200 visible characters".into() });
    }
    let secret = random_token(32)?;
    let (hash, prefix) = (sha256_hex(&secret), secret.chars().take(6).collect::<String>());
    let now = services.clock.now();
    let bound = (!name.is_empty()).then_some(name);
    let server_name = bound.clone();
    let actor = actor.clone();
    let id = services
        .db
        .write(move |tx| {
            let server =
                bound.as_deref().map(|name| servers::find_or_create(tx.conn, name, now)).transpose()?;
            let id = keys::create(tx.conn, &hash, &prefix, server, now)?;
            let entry = Entry::new("ingest_key.create").on("ingest_key", id.0, prefix);
            audit::record(tx, &actor, now, entry.after(json!({ "server": bound })))?;
            Ok(id)
        })
        .await?;
    Ok(NewKey { id, secret, server: server_name, upload_url: String::new() })
}

/// Makes a key and keeps its secret for one showing to the one who made it; returns the token that shows it.
///
/// # Errors
/// As [`create`].
pub async fn create_to_show(services: &Services, actor: &Actor, server: &str) -> Result<String, Error> {
    let key = create(services, actor, server).await?;
    services.new_keys.keep(&actor.owner(), key, services.clock.now())
}

/// Makes a key in place of another one, for the same server. The old one works for another week, so that reports go on
/// arriving while the senders are changed.
///
/// # Errors
/// [`Error::NotFound`] when there is no such key; [`Error::Invalid`] when it does not work any more.
pub async fn rotate(services: &Services, actor: &Actor, key: KeyId) -> Result<NewKey, Error> {
    actor.may(Permission::ManageIngestKeys)?;
    let secret = random_token(32)?;
    let (hash, prefix) = (sha256_hex(&secret), secret.chars().take(6).collect::<String>());
    let (actor, now) = (actor.clone(), services.clock.now());
    let made = services
        .db
        .write(move |tx| {
            let old = keys::find(tx.conn, key)?;
            if old.revoked_at.is_some() || old.expires_at.is_some() {
                return Ok(None);
            }
            let server = old.server_id.map(ServerId);
            let id = keys::create(tx.conn, &hash, &prefix, server, now)?;
            keys::replace(tx.conn, key, id, now.plus(OVERLAP))?;
            let entry = Entry::new("ingest_key.rotate").on("ingest_key", key.0, old.prefix);
            let after = json!({ "replaced_by": prefix, "works_until": now.plus(OVERLAP).to_string() });
            audit::record(tx, &actor, now, entry.after(after))?;
            let name =
                server.map(|server| servers::find(tx.conn, server)).transpose()?.map(|server| server.name);
            Ok(Some((id, name)))
        })
        .await
        .map_err(missing_is_not_found)?;
    let (id, server) = made.ok_or_else(|| Error::Invalid {
        field: "key",
        hint: "it was replaced or revoked already: make a new one instead".into(),
    })?;
    Ok(NewKey { id, secret, server, upload_url: String::new() })
}

/// Replaces a key and keeps the new secret for one showing, as [`create_to_show`] does.
///
/// # Errors
/// As [`rotate`].
pub async fn rotate_to_show(services: &Services, actor: &Actor, key: KeyId) -> Result<String, Error> {
    let key = rotate(services, actor, key).await?;
    services.new_keys.keep(&actor.owner(), key, services.clock.now())
}

/// The key that waits under a token; only the first who asks gets it, and only the one who made it.
///
/// # Errors
/// [`Error::Forbidden`] when the actor may not manage keys.
pub fn take_to_show(services: &Services, actor: &Actor, token: &str) -> Result<Option<NewKey>, Error> {
    // Seeing it once was allowed when it was made, a moment ago.
    actor.may(Permission::ViewIngestKeys)?;
    Ok(services.new_keys.take(&actor.owner(), token, services.clock.now()))
}

/// All keys, without their secrets.
///
/// # Errors
/// When the database refuses.
pub async fn list(services: &Services, actor: &Actor) -> Result<KeysPage, Error> {
    actor.may(Permission::ViewIngestKeys)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
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
            last_used: moment(&zone, row.last_used_at.as_deref()),
            uses: row.use_count,
            revoked: moment(&zone, row.revoked_at.as_deref()),
            expires: moment(&zone, row.expires_at.as_deref()),
            expired: row.expires_at.is_some_and(|at| at <= now.to_string()),
        })
        .collect();
    Ok(KeysPage { now: zone.moment(now), keys, servers: names, open_ingest: services.options.open_ingest })
}

/// Revokes a key: reports that carry it are refused from now on.
///
/// # Errors
/// [`Error::NotFound`] when there is no such key.
pub async fn revoke(services: &Services, actor: &Actor, key: KeyId) -> Result<(), Error> {
    actor.may(Permission::ManageIngestKeys)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            let known = keys::find(tx.conn, key)?;
            keys::revoke(tx.conn, key, now)?;
            audit::record(
                tx,
                &actor,
                now,
                Entry::new("ingest_key.revoke").on("ingest_key", key.0, known.prefix),
            )
        })
        .await
        .map_err(missing_is_not_found)
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
