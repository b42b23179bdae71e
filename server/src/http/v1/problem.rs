//! Errors of the API as `application/problem+json` (RFC 9457), whichever layer they come from.

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{http::answer::Problem, state::AppState};

/// The media type of errors.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What went wrong (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// Always `about:blank`: `status` and `code` say what kind of problem it is.
    #[schema(example = "about:blank")]
    r#type: &'static str,
    /// The meaning of the status.
    #[schema(example = "Bad Request")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 400)]
    status: u16,
    /// What was wrong.
    #[schema(example = "invalid limit")]
    detail: String,
    /// What kind of problem it is, for programs.
    #[schema(example = "invalid")]
    code: &'static str,
    /// The parameter or field that was wrong.
    #[schema(example = "limit")]
    field: Option<String>,
    /// What to do.
    #[schema(example = "use a number from 1 to 200")]
    hint: String,
}

/// Returns whether a path belongs to the API.
pub fn is_of_api(state: &AppState, path: &str) -> bool {
    let inside = path.strip_prefix(state.base.as_str());
    inside
        .and_then(|path| path.strip_prefix("/api/v1"))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Describes every error of the API. Pages for users stay as they are.
pub async fn describe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let is_of_api = is_of_api(&state, request.uri().path());
    let mut response = next.run(request).await;
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_of_api || !is_error || kind.is_some_and(|kind| kind.starts_with("text/html")) {
        return response;
    }
    let known = response.extensions_mut().remove::<Problem>();
    let mut described = Json(details(status, known)).into_response();
    for (name, value) in response.headers() {
        if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH {
            described.headers_mut().append(name.clone(), value.clone());
        }
    }
    described.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    *described.status_mut() = status;
    described
}

fn details(status: StatusCode, known: Option<Problem>) -> ProblemDetails {
    let title = status.canonical_reason().unwrap_or("Error");
    let (code, usual_hint) = usual(status);
    let (detail, code, field, hint) = match known {
        Some(Problem { error, code: own, field, hint }) => (error, own.unwrap_or(code), field, hint),
        None => (title.to_lowercase(), code, None, usual_hint.to_owned()),
    };
    ProblemDetails { r#type: "about:blank", title, status: status.as_u16(), detail, code, field, hint }
}

/// The code and the hint of a status about which nothing else is known.
fn usual(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        400 => ("invalid", "Check the request."),
        401 => ("unauthenticated", "Sign in, or send an API key."),
        403 => ("forbidden", "This is not allowed."),
        404 => ("not_found", "It does not exist, or you do not have access to it."),
        405 => ("method_not_allowed", "`Allow` names the methods of this address."),
        408 => ("timeout", "Send the request again, faster."),
        409 => ("conflict", "Wait, and send the request again."),
        413 => ("too_large", "Send less."),
        415 => ("unsupported_media_type", "Send JSON with `Content-Type: application/json`."),
        421 => ("unknown_host", "Use a host name that is allowed."),
        422 => ("reused_key", "Use another idempotency key for another request."),
        429 => ("too_many", "Wait."),
        503 => ("unavailable", "Send the request again later."),
        507 => ("disk_full", "Free space on the disk of the duplistatus server."),
        500.. => ("internal", "The server's log has the cause."),
        _ => ("refused", "Check the request."),
    }
}
