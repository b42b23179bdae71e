//! The audit trail.

use duplistatus::dto::audit::{AuditPage, AuditQuery};
use leptos::prelude::*;

use super::wire::Wire;
use crate::error::ApiError;

/// One page of the audit trail, newest first.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "audit", input = Wire, output = Wire)]
pub async fn list_audit(query: AuditQuery) -> Result<AuditPage, ApiError> {
    let (services, actor) = super::context()?;
    Ok(duplistatus::service::audit::list(&services, &actor, query).await?)
}
