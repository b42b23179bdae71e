//! The dashboard's data.

use duplistatus::{
    dto::{
        dashboard::{Dashboard, DashboardQuery},
        strip::Slot,
    },
    ids::JobId,
};
use leptos::prelude::*;

use super::wire::Wire;
use crate::error::ApiError;

/// One view of the dashboard.
///
/// # Errors
/// When the database cannot answer.
#[server(prefix = "/api/fn", endpoint = "dashboard", input = Wire, output = Wire)]
pub async fn show_dashboard(query: DashboardQuery) -> Result<Dashboard, ApiError> {
    let (services, actor) = super::context()?;
    Ok(duplistatus::service::overview::dashboard::show(&services, &actor, query).await?)
}

/// What the slots of a job's strip were.
///
/// # Errors
/// [`ApiError::NotFound`] when there is no such job.
#[server(prefix = "/api/fn", endpoint = "strip", input = Wire, output = Wire)]
pub async fn show_strip(job: JobId) -> Result<Vec<Slot>, ApiError> {
    let (services, actor) = super::context()?;
    Ok(duplistatus::service::overview::strip::slots(&services, &actor, job).await?)
}
