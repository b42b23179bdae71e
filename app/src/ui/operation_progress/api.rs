//! The progress of background work.

use duplistatus::dto::{Moment, work::CurrentWork};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{api::wire::Wire, error::ApiError};

/// The progress of background work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationProgress {
    /// The time of the data.
    pub now: Moment,
    /// The current work; `None` once it has ended.
    pub work: Option<CurrentWork>,
}

/// Returns the current work and its progress.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "work", input = Wire, output = Wire)]
pub async fn follow_operation() -> Result<OperationProgress, ApiError> {
    let (services, actor) = crate::api::context()?;
    let state = duplistatus::service::tasks::background::state(&services, &actor, &[])?;
    Ok(OperationProgress { now: actor.zone(&services).moment(services.clock().now()), work: state.now })
}
