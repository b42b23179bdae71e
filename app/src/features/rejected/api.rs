//! The list of rejected reports.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{dto::rejected::RejectedPage, time::Timestamp};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// One page of rejected reports, newest first.
///
/// # Errors
/// When the database cannot answer.
#[server(prefix = "/api/fn", endpoint = "rejected", input = Wire, output = Wire)]
pub async fn list_rejected(page: i64) -> Result<RejectedPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::ingest::rejected::list(&services, &actor, page).await?)
}

/// Deletes an entry from the list. `reason` and `source` are what the question named.
///
/// # Errors
/// [`ApiError::NotFound`] when there is none; [`ApiError::Invalid`] when it is another one by now.
#[server(prefix = "/api/fn", endpoint = "dismiss_rejected", output = Wire)]
pub async fn dismiss_rejected(row: i64, reason: String, source: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::ingest::rejected::dismiss(&services, &actor, row, reason, source).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/rejected"));
    Ok(())
}

/// Deletes all entries that the page showed which was made at `until`; what came later stays.
///
/// # Errors
/// When the viewer may not, or the database cannot answer.
#[server(prefix = "/api/fn", endpoint = "dismiss_all_rejected", output = Wire)]
pub async fn dismiss_all_rejected(until: Timestamp) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::ingest::rejected::dismiss_all(&services, &actor, until).await?;
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url("/rejected"));
    Ok(())
}
