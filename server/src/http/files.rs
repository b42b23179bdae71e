//! Serves the site's files, in the best encoding that the browser accepts.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{middleware::headers::WORKER_POLICY, site::SiteFile};

/// Returns a file.
pub fn serve(file: &'static SiteFile, headers: &HeaderMap) -> Response {
    let accepts = |coding: &str| {
        let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let mut codings = values.flat_map(|value| value.split(','));
        codings.any(|item| {
            let mut parts = item.split(';').map(str::trim);
            parts.next() == Some(coding) && !parts.any(|parameter| matches!(parameter, "q=0" | "q=0.0"))
        })
    };
    let (body, coding) = match (file.br, file.gz) {
        (Some(body), _) if accepts("br") => (body, Some("br")),
        (_, Some(body)) if accepts("gzip") => (body, Some("gzip")),
        _ => (file.plain, None),
    };
    let caching =
        if file.is_immutable() { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
    let mut response = (
        StatusCode::OK,
        [
            (header::CONTENT_TYPE, file.media_type()),
            (header::CACHE_CONTROL, caching),
            (header::VARY, "Accept-Encoding"),
        ],
        body,
    )
        .into_response();
    if file.is_worker() {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(WORKER_POLICY));
    }
    if let Some(coding) = coding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}
