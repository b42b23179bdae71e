//! The dashboard's data.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::dto::dashboard::{Dashboard, DashboardQuery};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// One view of the dashboard.
///
/// # Errors
/// When the database cannot answer.
#[server(prefix = "/api/fn", endpoint = "dashboard", input = Wire, output = Wire)]
pub async fn show_dashboard(query: DashboardQuery) -> Result<Dashboard, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::overview::dashboard::show(&services, &actor, query).await?)
}
