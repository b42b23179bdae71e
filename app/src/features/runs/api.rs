//! The list of all runs.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::dto::runs::{RunsPage, RunsQuery};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// One page of the runs that pass a filter.
///
/// # Errors
/// [`ApiError::Invalid`] when the days are the wrong way round.
#[server(prefix = "/api/fn", endpoint = "runs", input = Wire, output = Wire)]
pub async fn list_runs(query: RunsQuery) -> Result<RunsPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::overview::runs::list(&services, &actor, query).await?)
}
