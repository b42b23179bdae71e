//! `GET /metrics`: figures for Prometheus.

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use duplistatus::{
    error::Error,
    service::{Actor, programs::metrics},
};

use super::answer::service_problem;
use crate::{
    metrics::{CLASSIC, OPEN_METRICS, exposition},
    state::AppState,
};

/// Answers with OpenMetrics to who accepts it, and else in the format before it.
pub async fn show(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    headers: HeaderMap,
) -> Response {
    let snapshot = match metrics::snapshot(&state.services, &actor).await {
        Ok(snapshot) => snapshot,
        Err(error) => return service_problem(&error),
    };
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
    let is_open = accepted.into_iter().any(|accept| accept.contains("application/openmetrics-text"));
    let uploads = state.uploads.clone();
    let written = tokio::task::spawn_blocking(move || {
        let text = exposition::open_metrics(snapshot, &uploads)?;
        Ok::<_, std::fmt::Error>(if is_open { text } else { exposition::classic(&text) })
    });
    let kind = if is_open { OPEN_METRICS } else { CLASSIC };
    match written.await {
        Ok(Ok(text)) => ([(header::CONTENT_TYPE, kind)], text).into_response(),
        Ok(Err(error)) => service_problem(&Error::internal(error)),
        Err(error) => service_problem(&Error::internal(error)),
    }
}
