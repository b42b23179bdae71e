//! Rejects requests for unknown hosts: what can be read or sent without signing in must not be reachable for a website
//! that points its own name here (DNS rebinding).
//!
//! Requests with a key pass, because another site has none.

use app::shell::rejected_request::Refused;
use axum::{
    Extension,
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::Response,
};

use crate::{
    access::{
        authorize::{is_for_users, is_ingest_path, route},
        rule, sent_key,
    },
    client::Client,
    http::rejected_request::RejectionResponse as _,
    site::SiteFile,
    state::AppState,
};

/// Lets requests for known hosts pass.
pub async fn require(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    request: Request,
    next: Next,
) -> Response {
    // A browser always sends the host. A value that is not a host is unknown.
    let asked = request.headers().get(header::HOST);
    let public_url = state.public_url.as_ref().map(|url| url.as_str());
    let is_known = match (&client.host, asked) {
        (Some(host), _) => state.hosts.knows(host, public_url),
        (None, asked) => asked.is_none(),
    };
    if is_known || needs_no_host(&state, &request) {
        return next.run(request).await;
    }
    let host = client.host.clone().or_else(|| asked.and_then(|host| host.to_str().ok()).map(str::to_owned));
    let host = host.unwrap_or_else(|| "?".to_owned()).chars().take(100).collect();
    let refused = Refused::Host { host };
    refused.log(&state.log_throttle);
    refused.answer(state.base.as_str(), is_for_users(request.headers()))
}

/// Returns whether a request passes with any host: uploads and programs with a key, health checks of containers, and
/// public files.
fn needs_no_host(state: &AppState, request: &Request) -> bool {
    let path = request.uri().path();
    let Some(inside) = path.strip_prefix(state.base.as_str()) else { return false };
    if is_ingest_path(inside) {
        // A key is checked, wherever it is: in the path, the query, a header, or the body. Without one, nothing is stored unless ingest is
        // open.
        let in_path = inside.split('/').nth(3).is_some_and(|key| !key.is_empty());
        return in_path || sent_key::of_upload(request).is_some() || !state.services.options().open_ingest;
    }
    let route = route(state, request.extensions());
    let route = route.as_deref().and_then(rule);
    sent_key::of(request.headers(), request.uri(), route).is_some()
        || matches!(inside, "/api/health" | "/api/health/live")
        || SiteFile::find(inside).is_some()
}
