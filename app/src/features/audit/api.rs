//! The audit trail.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::dto::audit::{AuditPage, AuditQuery};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// One page of the audit trail, newest first.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "audit", input = Wire, output = Wire)]
pub async fn list_audit(query: AuditQuery) -> Result<AuditPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::audit::list(&services, &actor, query).await?)
}
