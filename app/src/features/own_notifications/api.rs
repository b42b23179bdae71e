//! What a user is told, and in which browsers.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::push::{PushForm, PushPage},
    ids::ChannelId,
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// The browsers of the viewer, and the key with which another one subscribes.
///
/// # Errors
/// [`ApiError::NotFound`] for who has no account.
#[server(prefix = "/api/fn", endpoint = "own_notifications", input = Wire, output = Wire)]
pub async fn show_own() -> Result<PushPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::notifications::push::page(&services, &actor).await?)
}

/// Subscribes the browser of the viewer.
///
/// # Errors
/// [`ApiError::Invalid`] when that is no subscription, or there are too many.
#[server(prefix = "/api/fn", endpoint = "subscribe_browser")]
pub async fn subscribe_browser(form: PushForm) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let id = duplistatus::service::notifications::push::subscribe(&services, &actor, form).await?;
    show(&format!("?subscribed={id}"));
    Ok(())
}

/// Sends a test message to a browser of the viewer.
///
/// # Errors
/// [`ApiError::NotFound`] when the viewer has no such browser.
#[server(prefix = "/api/fn", endpoint = "test_browser")]
pub async fn test_browser(channel: ChannelId) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let result = duplistatus::service::notifications::push::test(&services, &actor, channel).await?;
    let word = if result.worked { "tested" } else { "failed" };
    show(&format!("?{word}={channel}"));
    Ok(())
}

/// Ends the subscription of a browser of the viewer.
///
/// # Errors
/// [`ApiError::NotFound`] when the viewer has no such browser.
#[server(prefix = "/api/fn", endpoint = "unsubscribe_browser")]
pub async fn unsubscribe_browser(channel: ChannelId) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::notifications::push::unsubscribe(&services, &actor, channel).await?;
    show("");
    Ok(())
}

/// Leads back to the page.
#[cfg(feature = "ssr")]
fn show(query: &str) {
    let path = format!("/account/notifications{query}");
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&path));
}
