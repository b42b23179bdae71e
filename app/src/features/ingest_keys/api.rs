//! Ingest keys.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::key::{KeysPage, NewKey},
    ids::KeyId,
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError, ui::form::post_form::Fields};

/// All keys, without their secrets.
///
/// # Errors
/// When the database cannot answer.
#[server(prefix = "/api/fn", endpoint = "keys", input = Wire, output = Wire)]
pub async fn list_keys() -> Result<KeysPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::ingest_keys::list(&services, &actor).await?)
}

/// Makes a key. `server` is the name of the server it is bound to, made if it does not exist; empty is any server.
///
/// Answers with a redirect to `page` (`/` or `/settings/keys`), where a one-time token in the query lets the page
/// show the secret once: the same way with and without JavaScript, and the secret is never part of a URL.
///
/// From `/` it makes the first address: where one exists already, only `another` makes one more.
///
/// # Errors
/// [`ApiError::Invalid`] when the name cannot be used, or an address exists that nobody asked to have beside another.
#[server(prefix = "/api/fn", endpoint = "create_key", output = Wire)]
pub async fn create_key(
    #[server(default)] server: String,
    #[server(default)] page: String,
    #[server(default)] another: bool,
) -> Result<(), ApiError> {
    use duplistatus::service::ingest_keys;
    let (services, actor) = crate::api::context()?;
    let page = known_page(&page);
    let token = if page == "/" && !another {
        ingest_keys::create_first_to_show(&services, &actor).await?
    } else {
        ingest_keys::create_to_show(&services, &actor, &server).await?
    };
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&format!("{page}?shown={token}")));
    Ok(())
}

impl CreateKey {
    /// From either of the forms that make a key.
    pub fn from_fields(fields: &Fields) -> Option<Self> {
        let another = fields.text("another") == "true";
        Some(Self { server: fields.text("server"), page: fields.text("page"), another })
    }
}

/// Where a form that makes a key leads back to.
#[cfg(feature = "ssr")]
fn known_page(page: &str) -> &'static str {
    if page == "/" { "/" } else { "/settings/keys" }
}

/// Makes a key in place of another one, which works on for a week. `prefix` is how the key begins that the form named.
/// Answers as [`create_key`] does.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such key; [`ApiError::Invalid`] when it does not work any more, or is another one.
#[server(prefix = "/api/fn", endpoint = "rotate_key")]
pub async fn rotate_key(
    key: KeyId,
    #[server(default)] prefix: String,
    #[server(default)] page: String,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let token = duplistatus::service::ingest_keys::rotate_to_show(&services, &actor, key, &prefix).await?;
    let page = known_page(&page);
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&format!("{page}?shown={token}")));
    Ok(())
}

/// The secret of a key that was just made, once; `None` when it was shown already or has expired.
///
/// # Errors
/// [`ApiError::NotFound`] when the viewer may not manage keys.
#[server(prefix = "/api/fn", endpoint = "new_key", input = Wire, output = Wire)]
pub async fn reveal_key(token: String) -> Result<Option<NewKey>, ApiError> {
    let (services, actor) = crate::api::context()?;
    let key = duplistatus::service::ingest_keys::take_to_show(&services, &actor, &token)?;
    Ok(key.map(|key| NewKey { upload_url: crate::context::origin::upload_url(&key.secret), ..key }))
}

/// Revokes a key: reports that carry it are refused from now on. `prefix` is how the key begins that the question named.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such key; [`ApiError::Invalid`] when it is another one.
#[server(prefix = "/api/fn", endpoint = "revoke_key", output = Wire)]
pub async fn revoke_key(key: KeyId, #[server(default)] prefix: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::ingest_keys::revoke_named(&services, &actor, key, &prefix).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/settings/keys"));
    Ok(())
}
