//! `GET /api/health`: cheap enough to be asked every second.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use duplistatus::{error::Error, service::health};

use super::answer::{problem, store_problem};
use crate::state::AppState;

/// 200 with `{"status":"healthy",…}`, or 503.
pub async fn health(State(state): State<AppState>) -> Response {
    match health::check(&state.services).await {
        Ok(health) => Json(health).into_response(),
        Err(Error::Store(error)) => store_problem(&error),
        Err(error) => {
            problem(axum::http::StatusCode::SERVICE_UNAVAILABLE, error.to_string(), None, "Try again.")
        }
    }
}
