//! The list of rejected reports.

use duplistatus::{dto::rejected::RejectedPage, time::Timestamp};
use leptos::prelude::*;

use super::wire::Wire;
use crate::error::ApiError;

/// One page of rejected reports, newest first.
///
/// # Errors
/// When the database cannot answer.
#[server(prefix = "/api/fn", endpoint = "rejected", input = Wire, output = Wire)]
pub async fn list_rejected(page: i64) -> Result<RejectedPage, ApiError> {
    let (services, actor) = super::context()?;
    Ok(duplistatus::service::ingest::rejected::list(&services, &actor, page).await?)
}

/// Deletes an entry from the list. `reason` and `source` are what the question named.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none; [`ApiError::Invalid`] when it is another one by now.
#[server(prefix = "/api/fn", endpoint = "dismiss_rejected", output = Wire)]
pub async fn dismiss_rejected(row: i64, reason: String, source: String) -> Result<(), ApiError> {
    let (services, actor) = super::context()?;
    duplistatus::service::ingest::rejected::dismiss(&services, &actor, row, reason, source).await?;
    leptos_axum::redirect(&crate::base_path::use_base_path().url("/rejected"));
    Ok(())
}

/// Deletes all entries that the page showed which was made at `until`; what came later stays.
///
/// # Errors
/// When the visitor may not, or the database cannot answer.
#[server(prefix = "/api/fn", endpoint = "dismiss_all_rejected", output = Wire)]
pub async fn dismiss_all_rejected(until: Timestamp) -> Result<(), ApiError> {
    let (services, actor) = super::context()?;
    duplistatus::service::ingest::rejected::dismiss_all(&services, &actor, until).await?;
    leptos_axum::redirect(&crate::base_path::use_base_path().url("/rejected"));
    Ok(())
}
