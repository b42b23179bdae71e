//! Details of the slots of a strip.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{dto::strip::Slot, ids::JobId};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// Returns the slots of a job's strip.
///
/// # Errors
/// [`ApiError::NotFound`] if there is no such job.
#[server(prefix = "/api/fn", endpoint = "strip", input = Wire, output = Wire)]
pub async fn show_strip(job: JobId) -> Result<Vec<Slot>, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::overview::strip::slots(&services, &actor, job).await?)
}
