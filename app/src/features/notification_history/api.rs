//! What was sent, what waits, and what was not sent.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::dto::notification_history::{HistoryPage, HistoryQuery};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// A page of notifications, the newest first.
///
/// # Errors
/// [`ApiError::NotFound`] without the permission to see settings.
#[server(prefix = "/api/fn", endpoint = "notification_history", input = Wire, output = Wire)]
pub async fn list_history(query: HistoryQuery) -> Result<HistoryPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::notifications::all(&services, &actor, query).await?)
}

/// Queues a notification once more.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none; [`ApiError::Invalid`] when it cannot be sent.
#[server(prefix = "/api/fn", endpoint = "resend_notification")]
pub async fn resend_notification(notification: i64) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::notifications::resend(&services, &actor, notification).await?;
    let path = "/settings/notifications/history?resent=true";
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(path));
    Ok(())
}
