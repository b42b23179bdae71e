//! `GET /api/health` and `GET /api/health/live`: cheap enough to be requested every second.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use duplistatus::service::health;
use serde_json::json;

use crate::state::AppState;

/// Returns whether reports are stored. For monitoring; to decide about restarts, use [`live`].
pub async fn health(State(state): State<AppState>) -> Response {
    let ready = health::ready(&state.services).await;
    let status = if ready.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ready)).into_response()
}

/// Returns that the program is running; a restart would not fix other problems.
pub async fn live() -> Response {
    Json(json!({ "status": "live" })).into_response()
}
