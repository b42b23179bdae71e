//! Who may: users, API keys and ingest keys; and the channels that are told.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use duplistatus::{
    dto::{
        channel::ChannelRow,
        key::{KeyRow, NewKey},
        user::{ApiKeyRow, UserRow},
    },
    ids::KeyId,
    service::{
        ingest_keys, notifications,
        programs::lists::{Listed, records},
        users,
    },
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    list::{List, Page, PageParams},
    params::{Answer, Context},
    words::{KeyScope, Time, Topic, UserRole, time},
};
use crate::http::{id_path::IdPath, json_body::JsonBody, query::QueryParameters};

/// A user.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    /// Its id.
    id: i64,
    /// The name for signing in.
    name: String,
    /// The name that is shown.
    display_name: Option<String>,
    /// The role.
    role: UserRole,
    /// Whether a second factor is required.
    second_factor: bool,
    /// Whether the password must be changed at the next sign-in.
    password_temporary: bool,
    /// Whether failed sign-ins lock the user.
    locked: bool,
    /// Since when the user is disabled.
    disabled: Option<Time>,
    /// When the user was created.
    created: Time,
    /// The last sign-in.
    last_sign_in: Option<Time>,
    /// Number of sessions.
    sessions: i64,
}

/// An API key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKey {
    /// Its id.
    id: i64,
    /// Name of its owner.
    owner: String,
    /// Its name.
    name: String,
    /// The start of its secret.
    prefix: String,
    /// What it may do.
    scope: KeyScope,
    /// When it was created.
    created: Time,
    /// When it expires.
    expires: Option<Time>,
    /// When it was last used.
    last_used: Option<Time>,
    /// The address that last used it.
    last_address: Option<String>,
    /// When it was revoked.
    revoked: Option<Time>,
}

/// An ingest key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct IngestKey {
    /// Its id.
    id: i64,
    /// Id of the server that it is for; null: any.
    server: Option<i64>,
    /// The start of its secret.
    prefix: String,
    /// When it was created.
    created: Time,
    /// When it was last used.
    last_used: Option<Time>,
    /// Number of reports sent with it.
    uses: i64,
    /// When it expires.
    expires: Option<Time>,
    /// When it was revoked.
    revoked: Option<Time>,
}

/// An ingest key with its secret, which is shown once.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewIngestKey {
    /// Its id.
    id: i64,
    /// Name of the server that it is for; null: any.
    server: Option<String>,
    /// The secret: the last part of the path of `/api/upload/`.
    secret: String,
}

/// An ingest key to create.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedKey {
    /// Name of the server that it is for; empty: any.
    server: String,
}

/// A channel, without its secrets.
#[derive(Debug, Serialize, ToSchema)]
pub struct Channel {
    /// Its id.
    id: i64,
    /// Its name.
    name: String,
    /// Its kind, such as `email` or `ntfy`.
    kind: String,
    /// Where its messages go, without secrets.
    target: String,
    /// What it is told.
    topics: Vec<Topic>,
    /// Whether it is enabled.
    is_enabled: bool,
    /// Seconds for which an event waits for others.
    delay: i64,
    /// When it last delivered.
    delivered: Option<Time>,
    /// Since when it does not deliver.
    failing_since: Option<Time>,
    /// Why it does not deliver.
    failure: Option<String>,
}

impl From<UserRow> for User {
    fn from(user: UserRow) -> Self {
        Self {
            id: user.id.0,
            name: user.name,
            display_name: user.display_name,
            role: UserRole(user.role),
            second_factor: user.second_factor,
            password_temporary: user.password_temporary,
            locked: user.blocked,
            disabled: time(user.disabled),
            created: user.created.into(),
            last_sign_in: time(user.last_login),
            sessions: user.sessions,
        }
    }
}

impl From<ApiKeyRow> for ApiKey {
    fn from(key: ApiKeyRow) -> Self {
        Self {
            id: key.id.0,
            owner: key.owner,
            name: key.name,
            prefix: key.prefix,
            scope: KeyScope(key.scope),
            created: key.created.into(),
            expires: time(key.expires),
            last_used: time(key.last_used),
            last_address: key.last_address,
            revoked: time(key.revoked),
        }
    }
}

impl From<KeyRow> for IngestKey {
    fn from(key: KeyRow) -> Self {
        Self {
            id: key.id.0,
            server: key.server.map(|(id, _)| id.0),
            prefix: key.prefix,
            created: key.created.into(),
            last_used: time(key.last_used),
            uses: key.uses,
            expires: time(key.expires),
            revoked: time(key.revoked),
        }
    }
}

impl From<ChannelRow> for Channel {
    fn from(channel: ChannelRow) -> Self {
        Self {
            id: channel.id.0,
            name: channel.name,
            kind: channel.kind,
            target: channel.target,
            topics: channel.topics.into_iter().map(Topic).collect(),
            is_enabled: channel.is_enabled,
            delay: channel.delay,
            delivered: time(channel.delivered),
            failing_since: time(channel.failing_since),
            failure: channel.failure,
        }
    }
}

/// Lists users, by id.
#[utoipa::path(get, path = "/api/v1/users", tag = "users", params(PageParams),
    responses((status = 200, body = List<User>)))]
pub async fn users(Context(services, actor): Context, page: Page) -> Answer {
    let part = page.part()?;
    let all = users::list(&services, &actor).await?.users;
    page.answer(Listed::of_all(part, all, |user| user.id.0).map(User::from))
}

/// Lists the API keys of all users, by id.
#[utoipa::path(get, path = "/api/v1/api-keys", tag = "users", params(PageParams),
    responses((status = 200, body = List<ApiKey>)))]
pub async fn api_keys(Context(services, actor): Context, page: Page) -> Answer {
    let part = page.part()?;
    let all = users::list(&services, &actor).await?.api_keys;
    page.answer(Listed::of_all(part, all, |key| key.id.0).map(ApiKey::from))
}

/// Lists channels, by id.
#[utoipa::path(get, path = "/api/v1/channels", tag = "notifications", params(PageParams),
    responses((status = 200, body = List<Channel>)))]
pub async fn channels(Context(services, actor): Context, page: Page) -> Answer {
    let part = page.part()?;
    let all = notifications::all_channels(&services, &actor).await?;
    page.answer(Listed::of_all(part, all, |channel| channel.id.0).map(Channel::from))
}

/// Lists ingest keys, newest first.
#[utoipa::path(get, path = "/api/v1/ingest-keys", tag = "ingest keys", params(PageParams),
    responses((status = 200, body = List<IngestKey>)))]
pub async fn keys(Context(services, actor): Context, page: Page) -> Answer {
    let listed = records::keys(&services, &actor, page.part()?).await?;
    page.answer(listed.map(IngestKey::from))
}

/// Creates an ingest key.
#[utoipa::path(post, path = "/api/v1/ingest-keys", tag = "ingest keys", request_body = WantedKey,
    responses((status = 201, body = NewIngestKey)))]
pub async fn create_key(Context(services, actor): Context, JsonBody(wanted): JsonBody<WantedKey>) -> Answer {
    let NewKey { id, secret, server, .. } = ingest_keys::create(&services, &actor, &wanted.server).await?;
    Ok((StatusCode::CREATED, Json(NewIngestKey { id: id.0, server, secret })).into_response())
}

/// That something is confirmed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it documents what the handlers read strictly")]
pub struct Confirmed {
    /// `true` confirms it.
    confirm: Option<bool>,
}

/// Revokes an ingest key.
#[utoipa::path(delete, path = "/api/v1/ingest-keys/{key}", tag = "ingest keys", params(Confirmed),
    responses((status = 204)))]
pub async fn revoke_key(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    words: QueryParameters,
) -> Answer {
    words.confirm("the key is permanently revoked")?;
    ingest_keys::revoke(&services, &actor, KeyId(id)).await?;
    Ok(no_content())
}

/// Returns the answer to what was done and has no result.
pub(super) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
