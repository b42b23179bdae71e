//! How the program is. The sentences are put together here, on the server, as for the security page.

use duplistatus::dto::health::Check;
use leptos::prelude::*;

use crate::{api::wire::Wire, error::ApiError};

/// Every check in words, worst first.
///
/// # Errors
/// [`ApiError::NotFound`] for all but administrators.
#[server(prefix = "/api/fn", endpoint = "health", input = Wire, output = Wire)]
pub async fn show_health() -> Result<Vec<Check>, ApiError> {
    let (services, actor) = crate::api::context()?;
    let around = use_context().unwrap_or_default();
    let locale = crate::locale::use_locale();
    let all = duplistatus::service::health::list(&services, &actor, &around).await?;
    Ok(all.iter().map(|one| crate::features::health::words::check(locale, one)).collect())
}
