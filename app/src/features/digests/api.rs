//! Digests.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::digest::{DigestForm, DigestPreview, DigestsPage},
    ids::DigestId,
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// The digests, and what there is to choose from.
///
/// # Errors
/// [`ApiError::NotFound`] without the permission to see settings.
#[server(prefix = "/api/fn", endpoint = "digests", input = Wire, output = Wire)]
pub async fn list_digests() -> Result<DigestsPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::notifications::digests::list(&services, &actor).await?)
}

/// What a digest would say now.
///
/// # Errors
/// [`ApiError::NotFound`] without the permission to see settings, and when there is no such digest.
#[server(prefix = "/api/fn", endpoint = "digest_preview", input = Wire, output = Wire)]
pub async fn preview_digest(digest: Option<DigestId>) -> Result<Option<DigestPreview>, ApiError> {
    let (services, actor) = crate::api::context()?;
    let Some(digest) = digest else { return Ok(None) };
    Ok(Some(duplistatus::service::notifications::digests::preview(&services, &actor, digest).await?))
}

/// Creates a digest, or changes the one of `digest`. `in_use` is a box of the form.
///
/// # Errors
/// [`ApiError::Invalid`] when a field cannot be used.
#[server(prefix = "/api/fn", endpoint = "save_digest")]
pub async fn save_digest(
    form: DigestForm,
    #[server(default)] digest: Option<DigestId>,
    #[server(default)] in_use: bool,
) -> Result<(), ApiError> {
    use duplistatus::service::notifications::digests;
    let (services, actor) = crate::api::context()?;
    let form = DigestForm { is_enabled: in_use, ..form };
    match digest {
        Some(id) => digests::change(&services, &actor, id, form).await?,
        None => {
            digests::create(&services, &actor, form).await?;
        }
    }
    show("");
    Ok(())
}

/// Sends a digest now.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such digest; [`ApiError::Invalid`] when it has no channel.
#[server(prefix = "/api/fn", endpoint = "send_digest")]
pub async fn send_digest(digest: DigestId) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::notifications::digests::send_now(&services, &actor, digest).await?;
    show(&format!("?sent={digest}"));
    Ok(())
}

/// Deletes a digest. `name` is what the question called it.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such digest; [`ApiError::Invalid`] when it is another one.
#[server(prefix = "/api/fn", endpoint = "delete_digest")]
pub async fn delete_digest(digest: DigestId, #[server(default)] name: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::notifications::digests::delete(&services, &actor, digest, &name).await?;
    show("");
    Ok(())
}

/// Leads back to the page.
#[cfg(feature = "ssr")]
fn show(query: &str) {
    let path = format!("/settings/digests{query}");
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&path));
}
