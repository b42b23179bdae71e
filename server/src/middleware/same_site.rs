//! Refuses requests that change something and that another site's page made the browser send (CSRF).
//!
//! Browsers say where a request comes from (`Sec-Fetch-Site`); those that do not send an `Origin` with every POST, which
//! has to name the host that was asked for. Uploads are not wrapped by this: Duplicati is no browser, and their key is
//! their authority.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use crate::config::PublicUrl;

/// Lets reads and requests of this site's own pages pass; those of the public URL are its own, whatever host a proxy
/// puts in its place.
pub fn require(public_url: Option<&PublicUrl>) -> CsrfLayer<fn(ProtectionError) -> Response> {
    let mut layer = CsrfLayer::new();
    if let Some(url) = public_url {
        layer = layer.add_trusted_origin(url.as_str()).unwrap_or_else(|error| {
            tracing::warn!(%error, "requests of the public URL are checked by their host only");
            CsrfLayer::new()
        });
    }
    layer.with_rejection_response(refuse)
}

fn refuse(_error: ProtectionError) -> Response {
    (StatusCode::FORBIDDEN, "This request came from another site's page and was refused.\n").into_response()
}
