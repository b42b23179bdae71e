//! Error responses of the API: what was wrong, which field, what to do.

use app::error::ApiError;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use duplistatus::{
    db::{StoreError, StoreErrorKind},
    error::{Error, log_internal},
};
use leptos::server_fn::error::ServerFnUrlError;
use serde::Serialize;

use crate::state::AppState;

/// Body of an error response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What was wrong.
    pub error: String,
    /// A code for programs, if they can handle the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// Which field was wrong.
    pub field: Option<String>,
    /// What to do.
    pub hint: String,
}

/// Returns an error response.
pub fn problem(
    status: StatusCode,
    error: impl Into<String>,
    field: Option<String>,
    hint: impl Into<String>,
) -> Response {
    answered(status, Problem { error: error.into(), code: None, field, hint: hint.into() })
}

/// Returns an error response with a code for programs.
pub fn rejection(
    status: StatusCode,
    code: &'static str,
    error: impl Into<String>,
    hint: impl Into<String>,
) -> Response {
    let problem = Problem { error: error.into(), code: Some(code), field: None, hint: hint.into() };
    answered(status, problem)
}

/// The API describes its problems in its own form (see `v1::problem`), for which the response keeps what is wrong.
fn answered(status: StatusCode, problem: Problem) -> Response {
    let mut response = (status, Json(&problem)).into_response();
    response.extensions_mut().insert(problem);
    response
}

/// Returns the response for a database error: 507 if the disk is full, 503 if waiting helps, and otherwise 500 with
/// nothing but an id.
pub fn store_problem(error: &StoreError) -> Response {
    let (status, text, hint) = match error.kind {
        StoreErrorKind::Full => (
            StatusCode::INSUFFICIENT_STORAGE,
            "the disk is full".to_owned(),
            "Nothing was stored. Free space on the disk of the duplistatus server.",
        ),
        StoreErrorKind::ReadOnly | StoreErrorKind::Gone => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database is read-only".to_owned(),
            "Nothing was stored. An administrator must fix this: see Settings → Health or `duplistatus doctor`.",
        ),
        StoreErrorKind::Busy | StoreErrorKind::Locked | StoreErrorKind::Io | StoreErrorKind::Corrupt => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database is not writable at the moment".to_owned(),
            "Nothing was stored. Send the same report again.",
        ),
        StoreErrorKind::Constraint | StoreErrorKind::NotFound | StoreErrorKind::Other => (
            StatusCode::INTERNAL_SERVER_ERROR,
            format!("internal error {}", log_internal(error)),
            "Nothing was stored. The server's log has the cause under this ID.",
        ),
    };
    let mut response = problem(status, text, None, hint);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        // An administrator has to repair it first.
        let wait = if error.is_read_only() { "60" } else { "5" };
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(wait));
    }
    response
}

/// Returns the response for a failed use case. Actors without the permission are not told that something exists.
pub fn service_problem(error: &Error) -> Response {
    match error {
        Error::NotFound | Error::Forbidden => problem(
            StatusCode::NOT_FOUND,
            "not found",
            None,
            "It does not exist, or you do not have access to it.",
        ),
        Error::Invalid { field, hint } => {
            problem(StatusCode::BAD_REQUEST, format!("invalid {field}"), Some((*field).to_owned()), hint)
        }
        Error::NeedsSession => rejection(
            StatusCode::FORBIDDEN,
            "session_required",
            "not allowed with an API key",
            "This requires a session. Sign in with a browser, or use the command line on the server.",
        ),
        Error::NeedsProof => rejection(
            StatusCode::FORBIDDEN,
            "password_required",
            "password confirmation required",
            "Confirm your password at /prove. The confirmation is valid for 15 minutes.",
        ),
        Error::Unauthenticated | Error::Credentials => {
            problem(StatusCode::UNAUTHORIZED, error.to_string(), None, "Sign in, or send an API key.")
        }
        Error::TooMany { seconds } => {
            let mut response = problem(StatusCode::TOO_MANY_REQUESTS, error.to_string(), None, "Wait.");
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            response
        }
        Error::Store(error) => store_problem(error),
        Error::Internal(cause) => {
            let error = format!("internal error {}", log_internal(&**cause));
            problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                error,
                None,
                "The server's log has the cause under this ID.",
            )
        }
    }
}

/// Redirects a browser that submitted a form back to its page, which shows the error above the form `form`; `at` is the id
/// of the part of the page with the form.
pub fn redirect_back(state: &AppState, page: &str, form: &str, at: &str, error: Error) -> Response {
    let page = state.base.url(page);
    let error = ServerFnUrlError::new(form, ApiError::from(error));
    // The function needs a whole URL, of which only path and query are used.
    let back = error.to_url(&format!("http://localhost{page}"));
    let at = if at.is_empty() { String::new() } else { format!("#{at}") };
    let back = back.map_or(page, |url| format!("{}?{}{at}", url.path(), url.query().unwrap_or_default()));
    (StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response()
}
