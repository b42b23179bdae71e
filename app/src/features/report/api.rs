//! The report of a period.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::dto::report::{Report, ReportQuery};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// What happened in a period, and what needs attention.
///
/// # Errors
/// [`ApiError::Invalid`] when the days are the wrong way round, or too far apart.
#[server(prefix = "/api/fn", endpoint = "report", input = Wire, output = Wire)]
pub async fn show_report(query: ReportQuery) -> Result<Report, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::overview::report::show(&services, &actor, query).await?)
}
