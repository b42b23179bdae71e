//! Long work that a page follows.

use duplistatus::dto::{Moment, work::WorkNow};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{api::wire::Wire, error::ApiError};

/// How far work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationProgress {
    /// When it was asked for.
    pub now: Moment,
    /// What is being done; none once that has ended.
    pub work: Option<WorkNow>,
}

/// What is being done, and how far that is.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "work", input = Wire, output = Wire)]
pub async fn follow_operation() -> Result<OperationProgress, ApiError> {
    let (services, actor) = crate::api::context()?;
    let state = duplistatus::service::tasks::background::state(&services, &actor, &[])?;
    Ok(OperationProgress { now: actor.zone(&services).moment(services.clock().now()), work: state.now })
}
