//! The list of refused reports.

use duplistatus::dto::rejected::RejectedPage;
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ApiError;

/// One page of refused reports, newest first.
///
/// # Errors
/// When the database cannot answer.
#[server(prefix = "/api/fn", endpoint = "rejected", input = Json)]
pub async fn list_rejected(page: i64) -> Result<RejectedPage, ApiError> {
    let (services, actor) = super::context()?;
    Ok(duplistatus::service::rejected::list(&services, &actor, page).await?)
}
