//! One job: what is shown of it, and what people set.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::{
    dto::job::{JobPage, JobQuery},
    ids::JobId,
};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// One view of a job.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such job.
#[server(prefix = "/api/fn", endpoint = "job", input = Wire, output = Wire)]
pub async fn show_job(query: JobQuery) -> Result<JobPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::overview::job::show(&services, &actor, query).await?)
}

/// Accepts a kind of warnings of a job, or everywhere, for so many days, or for good when that is empty.
///
/// # Errors
/// [`ApiError::Invalid`] when a value cannot be taken.
#[server(prefix = "/api/fn", endpoint = "accept_warning", output = Wire)]
pub async fn accept_warning(
    job: JobId,
    kind: String,
    days: String,
    #[server(default)] everywhere: bool,
) -> Result<(), ApiError> {
    use duplistatus::service::monitoring;
    let (services, actor) = crate::api::context()?;
    let until = match days.trim() {
        "" => None,
        days => {
            let hint = || ApiError::Invalid { field: "days".into(), hint: "write a number of days".into() };
            let days: i64 = days.parse().map_err(|_| hint())?;
            Some(services.clock().now().plus(days.saturating_mul(86_400)))
        }
    };
    let of = (!everywhere).then_some(job);
    monitoring::accept_warning(&services, &actor, of, &kind, until).await?;
    lead_to(job);
    Ok(())
}

/// Accepts a kind of warnings no longer.
///
/// # Errors
/// [`ApiError::NotFound`] when it is not accepted.
#[server(prefix = "/api/fn", endpoint = "withdraw_warning", output = Wire)]
pub async fn withdraw_warning(
    job: JobId,
    kind: String,
    #[server(default)] everywhere: bool,
) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    let of = (!everywhere).then_some(job);
    duplistatus::service::monitoring::withdraw_warning(&services, &actor, of, &kind).await?;
    lead_to(job);
    Ok(())
}

/// Marks what a check found about a job as expected.
///
/// # Errors
/// [`ApiError::Invalid`] when it found nothing that is open.
#[server(prefix = "/api/fn", endpoint = "expect_check", output = Wire)]
pub async fn expect_check(job: JobId, check: String) -> Result<(), ApiError> {
    let (services, actor) = crate::api::context()?;
    duplistatus::service::monitoring::expect_word(&services, &actor, job, &check).await?;
    lead_to(job);
    Ok(())
}

/// Leads the browser to the page of a job.
#[cfg(feature = "ssr")]
fn lead_to(job: JobId) {
    leptos_axum::redirect(&crate::context::base_path::use_base_path().url(&format!("/jobs/{job}")));
}
