//! The data of a server's page.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::dto::server::{ServerPage, ServerQuery};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// One view of a server.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such server.
#[server(prefix = "/api/fn", endpoint = "server", input = Wire, output = Wire)]
pub async fn show_server(query: ServerQuery) -> Result<ServerPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::overview::server::show(&services, &actor, query).await?)
}
