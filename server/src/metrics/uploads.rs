//! What became of uploads since the start, and how long they took.

use std::time::Instant;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::Response,
};
use duplistatus::service::ingest::Stored;
use prometheus_client::{
    metrics::{counter::Counter, family::Family, histogram::Histogram},
    registry::{Registry, Unit},
};

use crate::state::AppState;

/// Seconds, from one that is stored at once to one that waits for a slow disk or a slow sender.
const BUCKETS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// The words of the label `result`.
const RESULTS: [&str; 8] =
    ["stored", "duplicate", "recorded", "invalid", "unauthorized", "throttled", "too_large", "failed"];

/// Counts uploads.
#[derive(Debug)]
pub struct UploadMetrics {
    results: Family<[(&'static str, &'static str); 1], Counter>,
    durations: Histogram,
}

impl Default for UploadMetrics {
    fn default() -> Self {
        let results = Family::<[(&'static str, &'static str); 1], Counter>::default();
        // A rate needs a first value.
        for result in RESULTS {
            drop(results.get_or_create(&[("result", result)]));
        }
        Self { results, durations: Histogram::new(BUCKETS) }
    }
}

impl UploadMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "duplistatus_uploads",
            "Reports and live status that were received, by what became of them",
            self.results.clone(),
        );
        registry.register_with_unit(
            "duplistatus_upload_duration",
            "Time from the request to the answer of an upload",
            Unit::Seconds,
            self.durations.clone(),
        );
    }
}

/// Counts an upload after its answer. A request that tests a key is none.
pub async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let response = next.run(request).await;
    let stored = response.extensions().get::<Stored>().map(|stored| stored.as_str());
    if let Some(result) = stored.or_else(|| rejected(response.status())) {
        state.uploads.results.get_or_create(&[("result", result)]).inc();
        state.uploads.durations.observe(begun.elapsed().as_secs_f64());
    }
    response
}

/// Returns what became of an upload that was not accepted.
fn rejected(status: StatusCode) -> Option<&'static str> {
    match status {
        StatusCode::UNAUTHORIZED => Some("unauthorized"),
        StatusCode::TOO_MANY_REQUESTS => Some("throttled"),
        StatusCode::PAYLOAD_TOO_LARGE => Some("too_large"),
        status if status.is_server_error() => Some("failed"),
        status if status.is_client_error() => Some("invalid"),
        _ => None,
    }
}
