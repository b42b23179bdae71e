//! The kiosk page and status pages: whole documents for those who know their address.

use app::features::public_pages::{Files, kiosk::kiosk_page, nothing_here, status::status_page};
use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use duplistatus::{
    error::Error,
    service::{session::Caller, sharing},
};

use super::answer::service_problem;
use crate::{site::site_files, state::AppState};

/// Its own files, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; \
    base-uri 'none'; frame-ancestors 'none'";

/// `GET /kiosk/{token}`: what needs attention, for a screen on a wall.
pub async fn kiosk(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(token): Path<String>,
) -> Response {
    let data = sharing::kiosk::show(&state.services, &caller, &token).await;
    page(data.map(|data| kiosk_page(files(&state), data)), &state)
}

/// `GET /status/{address}`: the state of a group.
pub async fn status(
    State(state): State<AppState>,
    Extension(caller): Extension<Caller>,
    Path(address): Path<String>,
) -> Response {
    let data = sharing::status::show(&state.services, &caller, &address).await;
    page(data.map(|data| status_page(files(&state), data)), &state)
}

fn files(state: &AppState) -> Files {
    Files {
        css: state.base.url(site_files().css),
        icon: state.base.url("/favicon.svg"),
        script: state.base.url("/kiosk.js"),
    }
}

fn page(html: Result<String, Error>, state: &AppState) -> Response {
    let (status, html) = match html {
        Ok(html) => (StatusCode::OK, html),
        Err(Error::NotFound) => (StatusCode::NOT_FOUND, nothing_here(files(state))),
        Err(error) => return service_problem(&error),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    (status, headers, html).into_response()
}
