//! Shared links.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::sharing::{SharingPage, StatusForm},
    ids::SharedLinkId,
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// The links, and the badge of `about` (`server:1`, `job:2`, `group:3`); empty: of everything.
///
/// # Errors
/// [`ApiError::NotFound`] without the permission, or when what it is about is gone; [`ApiError::Invalid`] for another text.
#[server(prefix = "/api/fn", endpoint = "sharing", input = Wire, output = Wire)]
pub async fn show_links(about: String) -> Result<SharingPage, ApiError> {
    use duplistatus::service::security::RequestEnvironment;
    let (services, actor) = crate::api::context()?;
    let root = use_context::<RequestEnvironment>().map(|environment| environment.url).unwrap_or_default();
    Ok(duplistatus::service::sharing::page(&services, &actor, subject(&about)?, &root).await?)
}

/// Creates a link of `kind`: `feed`, `calendar` or `kiosk`.
///
/// # Errors
/// [`ApiError::Invalid`] for another kind, and when there are too many links.
#[server(prefix = "/api/fn", endpoint = "create_link")]
pub async fn create_link(about: String, kind: String) -> Result<(), ApiError> {
    use duplistatus::{dto::sharing::LinkKind, service::sharing};
    let (services, actor) = crate::api::context()?;
    let kind = LinkKind::from_word(&kind).unwrap_or(LinkKind::Status);
    sharing::create(&services, &actor, kind, subject(&about)?).await?;
    show(&about);
    Ok(())
}

/// Creates the status page of a group, or changes the one of `link`.
///
/// # Errors
/// [`ApiError::Invalid`] when a field cannot be used.
#[server(prefix = "/api/fn", endpoint = "save_status_page")]
pub async fn save_status_page(
    about: String,
    form: StatusForm,
    #[server(default)] link: Option<SharedLinkId>,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let subject = subject(&about)?;
    duplistatus::service::sharing::save_status_page(&services, &actor, link, subject, &form).await?;
    show(&about);
    Ok(())
}

/// Deletes a link. `name` is what the question called it.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such link; [`ApiError::Invalid`] when it is about something else.
#[server(prefix = "/api/fn", endpoint = "delete_link")]
pub async fn delete_link(link: SharedLinkId, name: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::sharing::delete(&services, &actor, link, &name).await?;
    show("");
    Ok(())
}

#[cfg(feature = "ssr")]
fn subject(about: &str) -> Result<duplistatus::dto::sharing::Subject, ApiError> {
    use duplistatus::dto::sharing::{NoSubject, Subject};
    let invalid = |error: NoSubject| ApiError::Invalid { field: "about".into(), hint: error.to_string() };
    if about.is_empty() { Ok(Subject::Site) } else { about.parse().map_err(invalid) }
}

/// Leads back to the page. Only what is a subject comes here.
#[cfg(feature = "ssr")]
fn show(about: &str) {
    let query = if about.is_empty() { String::new() } else { format!("?about={about}") };
    let path = format!("/settings/sharing{query}");
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&path));
}
