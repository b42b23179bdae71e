//! The data of a server's page.

use duplistatus::dto::server::{ServerPage, ServerQuery};
use leptos::prelude::*;

use super::wire::Wire;
use crate::error::ApiError;

/// One view of a server.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such server.
#[server(prefix = "/api/fn", endpoint = "server", input = Wire, output = Wire)]
pub async fn show_server(query: ServerQuery) -> Result<ServerPage, ApiError> {
    let (services, actor) = super::context()?;
    Ok(duplistatus::service::overview::server::show(&services, &actor, query).await?)
}
