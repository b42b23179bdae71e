//! The list of refused reports.

use duplistatus::dto::rejected::RejectedPage;
use leptos::prelude::*;

use super::wire::Wire;
use crate::error::ApiError;

/// One page of refused reports, newest first.
///
/// # Errors
/// When the database cannot answer.
#[server(prefix = "/api/fn", endpoint = "rejected", input = Wire, output = Wire)]
pub async fn list_rejected(page: i64) -> Result<RejectedPage, ApiError> {
    let (services, actor) = super::context()?;
    Ok(duplistatus::service::ingest::rejected::list(&services, &actor, page).await?)
}
