//! The dashboard's data.

use duplistatus::dto::dashboard::{Dashboard, DashboardQuery};
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::ApiError;

/// One view of the dashboard.
///
/// # Errors
/// When the database cannot answer.
#[server(prefix = "/api/fn", endpoint = "dashboard", input = Json)]
pub async fn show_dashboard(query: DashboardQuery) -> Result<Dashboard, ApiError> {
    let (services, actor) = super::context()?;
    Ok(duplistatus::service::dashboard::show(&services, &actor, query).await?)
}
