//! Channels, and what was sent to them.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::channel::{ChannelForm, ChannelsPage},
    ids::ChannelId,
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// The channels, and a page of what was told.
///
/// # Errors
/// [`ApiError::NotFound`] without the permission to see settings.
#[server(prefix = "/api/fn", endpoint = "channels", input = Wire, output = Wire)]
pub async fn list_channels(page: i64) -> Result<ChannelsPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::notifications::list(&services, &actor, page).await?)
}

/// Creates a channel, or changes the one of `channel`. A secret that is left empty is kept. `private` and `in_use` are boxes of the form.
///
/// # Errors
/// [`ApiError::Invalid`] when a field cannot be used.
#[server(prefix = "/api/fn", endpoint = "save_channel")]
pub async fn save_channel(
    form: ChannelForm,
    #[server(default)] channel: Option<ChannelId>,
    #[server(default)] private: bool,
    #[server(default)] in_use: bool,
) -> Result<(), ApiError> {
    use duplistatus::service::notifications::channels;
    let (services, actor) = crate::api::context()?;
    let form = ChannelForm { allows_private: private, is_enabled: in_use, ..form };
    let id = channels::save(&services, &actor, channel, form).await?;
    show(&format!("?saved={id}#channel-{id}"));
    Ok(())
}

/// Creates the channel of a kind that the settings of the Node application describe.
///
/// # Errors
/// [`ApiError::NotFound`] when they describe none, or it exists; [`ApiError::Invalid`] when it lacks something.
#[server(prefix = "/api/fn", endpoint = "create_imported_channel")]
pub async fn create_imported_channel(kind: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let id = duplistatus::service::notifications::imported::create(&services, &actor, &kind).await?;
    show(&format!("?saved={id}#channel-{id}"));
    Ok(())
}

/// Creates the rules, channels and reminders that the settings of the Node application describe.
///
/// # Errors
/// [`ApiError::Invalid`] when they describe none, were used, or there would be too many.
#[server(prefix = "/api/fn", endpoint = "use_imported_rules")]
pub async fn use_imported_rules() -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::notifications::imported_rules::apply(&services, &actor).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/settings/notifications/rules"));
    Ok(())
}

/// Sends a test message, and waits for the answer, which the page shows at the channel.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such channel.
#[server(prefix = "/api/fn", endpoint = "test_channel")]
pub async fn test_channel(channel: ChannelId) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::notifications::test_message::send_test(&services, &actor, channel).await?;
    show(&format!("?tested={channel}#channel-{channel}"));
    Ok(())
}

/// Deletes a channel. `name` is what the question called it.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such channel; [`ApiError::Invalid`] when it is another one.
#[server(prefix = "/api/fn", endpoint = "delete_channel")]
pub async fn delete_channel(channel: ChannelId, #[server(default)] name: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::notifications::channels::delete(&services, &actor, channel, &name).await?;
    show("");
    Ok(())
}

/// Leads back to the page.
#[cfg(feature = "ssr")]
fn show(query: &str) {
    let path = format!("/settings/notifications{query}");
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&path));
}
