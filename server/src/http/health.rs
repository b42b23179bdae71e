//! `GET /api/health` and `GET /api/health/live`: cheap enough to be asked every second.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use duplistatus::service::health;
use serde_json::json;

use crate::state::AppState;

/// Whether reports are stored. A monitor should say so when not; who restarts programs should ask [`live`].
pub async fn health(State(state): State<AppState>) -> Response {
    let ready = health::ready(&state.services).await;
    let status = if ready.is_ready() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ready)).into_response()
}

/// Whether the program runs: what else is wrong is not mended by starting it again.
pub async fn live() -> Response {
    Json(json!({ "status": "live" })).into_response()
}
