//! The data of a run's page.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::run::{RawReport, RunPage, RunQuery},
    ids::RunId,
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// One view of a run.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such run.
#[server(prefix = "/api/fn", endpoint = "run", input = Wire, output = Wire)]
pub async fn show_run(query: RunQuery) -> Result<RunPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::overview::run::show(&services, &actor, query).await?)
}

/// The raw report of a run, secrets masked.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such run, or its raw report is no longer kept.
#[server(prefix = "/api/fn", endpoint = "raw_report", input = Wire, output = Wire)]
pub async fn show_raw_report(run: RunId) -> Result<RawReport, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::overview::run::raw(&services, &actor, run).await?)
}
