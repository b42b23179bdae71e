//! The read API of the Node application: programs that were set up for it read the same fields here.

use axum::{
    Extension, Json,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use duplistatus::{
    error::Error,
    service::{
        Actor,
        programs::compatible::{self, NotOne},
    },
};
use serde::Serialize;

use super::answer::service_problem;
use crate::state::AppState;

/// `GET /api/summary`: totals over all servers.
pub async fn summary(State(state): State<AppState>, Extension(actor): Extension<Actor>) -> Response {
    answer(compatible::summary(&state.services, &actor).await.map(Ok))
}

/// `GET /api/lastbackup/{server}`: the latest run of a server.
pub async fn last_backup(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(server): Path<String>,
) -> Response {
    answer(compatible::last_backup(&state.services, &actor, &server).await)
}

/// `GET /api/lastbackups/{server}`: the latest run of each job of a server.
pub async fn last_backups(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(server): Path<String>,
) -> Response {
    answer(compatible::last_backups(&state.services, &actor, &server).await)
}

fn answer<T: Serialize>(found: Result<Result<T, NotOne>, Error>) -> Response {
    match found {
        Ok(Ok(value)) => Json(value).into_response(),
        Ok(Err(not_one)) => {
            let (status, body) = not_one.answer();
            (StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND), Json(body)).into_response()
        }
        Err(error) => service_problem(&error),
    }
}
