//! Rejects requests that another site's page made the browser send (CSRF), and sign-ins that cannot work because the
//! browser would drop the cookie.
//!
//! Browsers send where a request comes from (`Sec-Fetch-Site`). Those that do not, send an `Origin` with every POST,
//! which must match the requested host. Uploads are not affected: Duplicati is not a browser, and is authorized by its
//! key.

use app::shell::rejected_request::Refused;
use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::{
    access::authorize::is_for_users,
    client::{Client, is_loopback_name},
    config::PublicUrl,
    http::rejected_request::RejectionResponse as _,
    state::AppState,
};

/// Marks the layer's response, because the layer does not know the request.
#[derive(Debug, Clone, Copy)]
struct CrossSite;

/// Lets reads and requests of this site's own pages pass. Requests of the public URL are its own, even if a proxy
/// changes the host.
pub fn require(public_url: Option<&PublicUrl>) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let mut layer = CsrfLayer::new();
    if let Some(url) = public_url {
        layer = layer.add_trusted_origin(url.as_str()).unwrap_or_else(|error| {
            tracing::warn!(%error, "requests of the public URL are checked by their host only");
            CsrfLayer::new()
        });
    }
    layer.with_rejection_response(reject)
}

fn reject(_error: ProtectionError) -> Response {
    let mut response = StatusCode::FORBIDDEN.into_response();
    response.extensions_mut().insert(CrossSite);
    response
}

/// Explains why a request was rejected, with what it sent and the options that would change it.
pub async fn explain(
    State(state): State<AppState>,
    Extension(client): Extension<Client>,
    request: Request,
    next: Next,
) -> Response {
    let for_people = is_for_users(request.headers());
    let origin = text(request.headers(), &header::ORIGIN);
    let host = client.host.clone().unwrap_or_else(|| text(request.headers(), &header::HOST));
    let refused = match without_tls(&state, &request, &origin) {
        Some(refused) => refused,
        None => {
            let response = next.run(request).await;
            if response.extensions().get::<CrossSite>().is_none() {
                return response;
            }
            Refused::Origin { origin, host }
        }
    };
    refused.log(&state.log_throttle);
    refused.answer(state.base.as_str(), for_people)
}

/// Returns a rejection for a sign-in from a page loaded without TLS if the cookie requires TLS: the browser would drop
/// it and the user would be asked again. For loopback addresses browsers accept it.
fn without_tls(state: &AppState, request: &Request, origin: &str) -> Option<Refused> {
    let url = state.public_url.as_ref().filter(|url| url.is_secure())?;
    let path = request.uri().path().strip_prefix(state.base.as_str())?;
    let hands_out = matches!(path, "/api/fn/sign_in" | "/api/fn/sign_in_code" | "/api/fn/set_up");
    let host = origin.strip_prefix("http://")?;
    let is_plain = hands_out && request.method() == Method::POST && !is_loopback_name(host);
    is_plain
        .then(|| Refused::Plain { origin: origin.to_owned(), url: format!("{url}{}/", state.base.as_str()) })
}

/// Returns a header as printable text; `?` if there is none.
fn text(headers: &HeaderMap, name: &HeaderName) -> String {
    let value = headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("?");
    value.chars().take(200).collect()
}
