//! The program's log.

#![expect(
    missing_docs,
    reason = "the server macro makes a struct of the arguments, whose fields cannot be documented"
)]

use duplistatus::dto::log::{LogPage, LogQuery};
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// One page of the log, newest first.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "log", input = Wire, output = Wire)]
pub async fn list_log(query: LogQuery) -> Result<LogPage, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::log::list(&services, &actor, &query)?)
}

/// The number of the newest line that passes a filter: asked again and again by a page that follows.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "log_newest", input = Wire, output = Wire)]
pub async fn newest_line(query: LogQuery) -> Result<i64, ApiError> {
    let (services, actor) = crate::api::context()?;
    Ok(duplistatus::service::log::newest(&services, &actor, &query)?)
}
