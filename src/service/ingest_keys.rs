//! Ingest keys: create, list, replace, revoke. The secret is returned once, when the key is created.

use serde_json::json;

use super::{
    Actor, Services, audit,
    audit::Entry,
    rows::{changed_meanwhile, is_still, missing_is_not_found, moment},
};
use crate::{
    access::Permission,
    crypto::token::{random_token, sha256_hex},
    db::tables::{
        ingest_keys::{self, KeyRecord},
        servers,
    },
    dto::key::{KeyRow, KeysPage, NewKey},
    error::Error,
    ids::{KeyId, ServerId},
    time::Timestamp,
    zone::Zone,
};

/// How long a replaced key stays valid, in seconds, so that senders can be changed one by one.
const OVERLAP: i64 = 7 * 86_400;

/// Creates a key. With an empty name it is valid for any server; otherwise for the server with that name, which is created
/// if there is none.
///
/// # Errors
/// [`Error::Invalid`] if the name cannot be used.
pub async fn create(services: &Services, actor: &Actor, server: &str) -> Result<NewKey, Error> {
    make(services, actor, server, false).await
}

/// Creates a key. With `is_first`, only if there is no valid key for any server yet.
async fn make(services: &Services, actor: &Actor, server: &str, is_first: bool) -> Result<NewKey, Error> {
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
            if is_first && ingest_keys::any_works(tx.conn, now)? {
                return Ok(None);
            }
            let server =
                bound.as_deref().map(|name| servers::find_or_create(tx.conn, name, now)).transpose()?;
            let id = ingest_keys::create(tx.conn, &hash, &prefix, server, now)?;
            let entry = Entry::new("ingest_key.create").on("ingest_key", id.0, prefix);
            audit::record(tx, &actor, now, entry.after(json!({ "server": bound })))?;
            Ok(Some(id))
        })
        .await?;
    let id = id.ok_or_else(|| Error::Invalid {
        field: "key",
        hint: "an upload address already exists: replace it, or create another one".into(),
    })?;
    Ok(NewKey { id, secret, server: server_name, upload_url: String::new() })
}

/// Creates the first key, valid for any server, and keeps its secret to be shown once. A repeated request does not create a
/// second key.
///
/// # Errors
/// [`Error::Invalid`] if there is such a key already.
pub async fn create_first_to_show(services: &Services, actor: &Actor) -> Result<String, Error> {
    let key = make(services, actor, "", true).await?;
    services.new_keys.keep(actor.owner(), key, services.clock.now())
}

/// Creates a key and keeps its secret to be shown once to the actor. Returns the token for it.
///
/// # Errors
/// Same as [`create`].
pub async fn create_to_show(services: &Services, actor: &Actor, server: &str) -> Result<String, Error> {
    let key = create(services, actor, server).await?;
    services.new_keys.keep(actor.owner(), key, services.clock.now())
}

/// Replaces a key by a new one for the same server. The old one stays valid for a week, so that reports keep arriving while
/// the senders are changed.
///
/// # Errors
/// [`Error::NotFound`] if there is no such key; [`Error::Invalid`] if it is no longer valid.
pub async fn rotate(services: &Services, actor: &Actor, key: KeyId) -> Result<NewKey, Error> {
    rotate_named(services, actor, key, "").await
}

async fn rotate_named(services: &Services, actor: &Actor, key: KeyId, named: &str) -> Result<NewKey, Error> {
    actor.may(Permission::ManageIngestKeys)?;
    let secret = random_token(32)?;
    let (hash, prefix) = (sha256_hex(&secret), secret.chars().take(6).collect::<String>());
    let (actor, now, named) = (actor.clone(), services.clock.now(), named.to_owned());
    let made = services
        .db
        .write(move |tx| {
            let old = ingest_keys::find(tx.conn, key)?;
            if !is_still(&named, &old.prefix) {
                return Ok(Err(changed_meanwhile("key")));
            }
            if old.revoked_at.is_some() || old.expires_at.is_some() {
                return Ok(Ok(None));
            }
            let server = old.server_id.map(ServerId);
            let id = ingest_keys::create(tx.conn, &hash, &prefix, server, now)?;
            ingest_keys::replace(tx.conn, key, id, now.plus(OVERLAP))?;
            let entry = Entry::new("ingest_key.rotate").on("ingest_key", key.0, old.prefix);
            let after = json!({ "replaced_by": prefix, "works_until": now.plus(OVERLAP).to_string() });
            audit::record(tx, &actor, now, entry.after(after))?;
            let name =
                server.map(|server| servers::find(tx.conn, server)).transpose()?.map(|server| server.name);
            Ok(Ok(Some((id, name))))
        })
        .await
        .map_err(missing_is_not_found)??;
    let (id, server) = made.ok_or_else(|| Error::Invalid {
        field: "key",
        hint: "it was already replaced or revoked: create a new one instead".into(),
    })?;
    Ok(NewKey { id, secret, server, upload_url: String::new() })
}

/// Replaces a key and keeps the new secret to be shown once, like [`create_to_show`]. `named` is the prefix that the form
/// showed; an empty one is not checked.
///
/// # Errors
/// Same as [`rotate`]; [`Error::Invalid`] if the key has another prefix.
pub async fn rotate_to_show(
    services: &Services,
    actor: &Actor,
    key: KeyId,
    named: &str,
) -> Result<String, Error> {
    let key = rotate_named(services, actor, key, named).await?;
    services.new_keys.keep(actor.owner(), key, services.clock.now())
}

/// Takes the key kept under a token. Only the user who created it gets it, and only once.
///
/// # Errors
/// [`Error::Forbidden`] if the actor may not view ingest keys.
pub fn take_to_show(services: &Services, actor: &Actor, token: &str) -> Result<Option<NewKey>, Error> {
    // Viewing suffices, because the creation was authorized a moment ago.
    actor.may(Permission::ViewIngestKeys)?;
    Ok(services.new_keys.take(&actor.owner(), token, services.clock.now()).map(|one| one.thing))
}

/// Converts a key to the row that pages show; `servers` are the ids and names of known servers.
pub(super) fn row(zone: &Zone, now: Timestamp, key: KeyRecord, servers: &[(ServerId, String)]) -> KeyRow {
    KeyRow {
        id: KeyId(key.id),
        server: key.server_id.and_then(|id| servers.iter().find(|(known, _)| known.0 == id).cloned()),
        prefix: key.prefix,
        created: zone.moment(key.created_at.parse().unwrap_or_default()),
        last_used: moment(zone, key.last_used_at.as_deref()),
        uses: key.use_count,
        revoked: moment(zone, key.revoked_at.as_deref()),
        expires: moment(zone, key.expires_at.as_deref()),
        expired: key.expires_at.is_some_and(|at| at <= now.to_string()),
        redirected: moment(
            zone,
            key.redirected_at.filter(|at| key.last_used_at.as_ref() <= Some(at)).as_deref(),
        ),
    }
}

/// Lists all keys without their secrets.
///
/// # Errors
///
/// Database errors.
pub async fn list(services: &Services, actor: &Actor) -> Result<KeysPage, Error> {
    actor.may(Permission::ViewIngestKeys)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let (rows, names) = services.db.read(|conn| Ok((ingest_keys::all(conn)?, servers::all(conn)?))).await?;
    let names: Vec<(ServerId, String)> =
        names.into_iter().map(|server| (ServerId(server.id), server.name)).collect();
    let keys = rows.into_iter().map(|record| row(&zone, now, record, &names)).collect();
    Ok(KeysPage { now: zone.moment(now), keys, servers: names, open_ingest: services.options.open_ingest })
}

/// Revokes a key: reports sent with it are rejected from now on.
///
/// # Errors
/// [`Error::NotFound`] if there is no such key.
pub async fn revoke(services: &Services, actor: &Actor, key: KeyId) -> Result<(), Error> {
    revoke_named(services, actor, key, "").await
}

/// Revokes a key that a confirmation named by its prefix. An empty prefix is not checked.
///
/// # Errors
/// Same as [`revoke`]; [`Error::Invalid`] if the key has another prefix.
pub async fn revoke_named(services: &Services, actor: &Actor, key: KeyId, named: &str) -> Result<(), Error> {
    actor.may(Permission::ManageIngestKeys)?;
    let (actor, now, named) = (actor.clone(), services.clock.now(), named.to_owned());
    services
        .db
        .write(move |tx| {
            let known = ingest_keys::find(tx.conn, key)?;
            if !is_still(&named, &known.prefix) {
                return Ok(Err(changed_meanwhile("key")));
            }
            ingest_keys::revoke(tx.conn, key, now)?;
            let entry = Entry::new("ingest_key.revoke").on("ingest_key", key.0, known.prefix);
            audit::record(tx, &actor, now, entry)?;
            Ok(Ok(()))
        })
        .await
        .map_err(missing_is_not_found)?
}

#[cfg(test)]
#[path = "ingest_keys_tests.rs"]
mod tests;
