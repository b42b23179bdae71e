//! API keys: created by a user for programs, with a scope and an optional expiry. The secret is returned once, when the
//! key is created.

use serde_json::json;

use crate::{
    access::{Permission, Scope},
    crypto::token::{random_token, sha256_hex},
    db::tables::api_keys::{self, ApiKeyRecord, NewApiKey},
    dto::user::{ApiKeyRow, OneTimeSecret},
    error::Error,
    ids::{ApiKeyId, UserId},
    service::{
        Actor, Services, audit,
        audit::Entry,
        rows::{changed_meanwhile, is_still, missing_is_not_found},
    },
    time::Timestamp,
    zone::Zone,
};

/// Prefix of every secret, so that a leaked one is recognized.
const PREFIX: &str = "dsk_";
/// Maximum lifetime of a key in days.
pub const LONGEST_DAYS: i64 = 3650;

/// Creates a key for the actor. `days` is its lifetime; `None` never expires.
///
/// # Errors
/// [`Error::Invalid`] if the name or the lifetime cannot be used, or the scope exceeds the actor's role.
pub async fn create(
    services: &Services,
    actor: &Actor,
    name: &str,
    scope: Scope,
    days: Option<i64>,
) -> Result<OneTimeSecret, Error> {
    let identity = actor.user_who_may(Permission::OwnApiKeys)?;
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Error::Invalid {
            field: "name",
            hint: "describe the purpose of the key in 1 to 100 characters".into(),
        });
    }
    if scope.role() > identity.role {
        return Err(Error::Invalid {
            field: "scope",
            hint: "a key cannot have more permissions than its owner".into(),
        });
    }
    if days.is_some_and(|days| !(1..=LONGEST_DAYS).contains(&days)) {
        return Err(Error::Invalid { field: "days", hint: format!("use 1 to {LONGEST_DAYS} days") });
    }
    let secret = format!("{PREFIX}{}", random_token(32)?);
    let now = services.clock.now();
    let expires_at = days.map(|days| now.plus(days * 86_400).to_string());
    let new = NewApiKey {
        user_id: identity.user.0,
        name: name.clone(),
        hash: sha256_hex(&secret),
        prefix: secret.chars().take(PREFIX.len() + 5).collect(),
        scope: scope.as_str(),
        created_at: now.to_string(),
        expires_at: expires_at.clone(),
    };
    let actor = actor.clone();
    services
        .db
        .write(move |tx| {
            let id = new.save(tx.conn)?;
            let after = json!({ "scope": scope, "expires": expires_at });
            audit::record(
                tx,
                &actor,
                now,
                Entry::new("api_key.create").on("api_key", id.0, &new.name).after(after),
            )
        })
        .await?;
    Ok(OneTimeSecret { name, secret })
}

/// Revokes a key: one's own, or any key as an administrator.
///
/// # Errors
/// [`Error::NotFound`] if there is no such key, or it belongs to another user.
pub async fn revoke(services: &Services, actor: &Actor, id: ApiKeyId) -> Result<(), Error> {
    let may_any = actor.may(Permission::ManageUsers).is_ok();
    if !may_any {
        // Checked before the look-up, so that actors without the permission cannot learn which keys exist.
        actor.user_who_may(Permission::OwnApiKeys)?;
    }
    let key = services.db.read(move |conn| api_keys::find(conn, id)).await.map_err(missing_is_not_found)?;
    if !may_any && actor.user() != Some(UserId(key.user_id)) {
        return Err(Error::NotFound);
    }
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            api_keys::revoke(tx.conn, id, now)?;
            audit::record(tx, &actor, now, Entry::new("api_key.revoke").on("api_key", id.0, key.name))
        })
        .await?;
    services.access_changed();
    Ok(())
}

/// Revokes a key that a confirmation named by its prefix. An empty prefix is not checked.
///
/// # Errors
/// Same as [`revoke`]; [`Error::Invalid`] if the key has another prefix.
pub async fn revoke_named(
    services: &Services,
    actor: &Actor,
    id: ApiKeyId,
    named: &str,
) -> Result<(), Error> {
    if !named.is_empty() {
        // Actors without the permission must not learn which keys exist, so they get the same error as for an unknown
        // key.
        actor.person()?;
        let key =
            services.db.read(move |conn| api_keys::find(conn, id)).await.map_err(missing_is_not_found)?;
        let may_see = actor.may(Permission::ManageUsers).is_ok() || actor.user() == Some(UserId(key.user_id));
        if may_see && !is_still(named, &key.prefix) {
            return Err(changed_meanwhile("key"));
        }
    }
    revoke(services, actor, id).await
}

/// Converts a key to the row that pages show.
pub(in crate::service) fn key_row(
    zone: &Zone,
    now: Timestamp,
    key: ApiKeyRecord,
    owner: String,
) -> ApiKeyRow {
    let at =
        |text: Option<String>| text.and_then(|text| text.parse::<Timestamp>().ok()).map(|at| zone.moment(at));
    let expires = at(key.expires_at);
    ApiKeyRow {
        id: ApiKeyId(key.id),
        owner,
        name: key.name,
        prefix: key.prefix,
        scope: Scope::from_word(&key.scope).unwrap_or(Scope::Read),
        created: zone.moment(key.created_at.parse().unwrap_or_default()),
        expired: expires.is_some_and(|end| end.at <= now),
        expires,
        last_used: at(key.last_used_at),
        last_address: key.last_address,
        revoked: at(key.revoked_at),
    }
}

#[cfg(test)]
#[path = "api_keys_tests.rs"]
mod tests;
