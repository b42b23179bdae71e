//! Refuses requests that change something and that another site's page made the browser send (CSRF).
//!
//! Browsers say where a request comes from (`Sec-Fetch-Site`); those that do not send an `Origin` with every POST.
//! Uploads are not wrapped by this: Duplicati is no browser, and their key is their authority.

use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Lets reads and requests of this site's own pages pass.
pub async fn require(request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_read || is_from_here(request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "This request came from another site's page and was refused.\n").into_response()
}

fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        // "none" is the person's own doing: an address typed, a bookmark.
        return matches!(site, "same-origin" | "none");
    }
    match text(header::ORIGIN.as_str()) {
        // No browser: a script with its own reasons, which no foreign page can steer.
        None => true,
        Some(origin) => origin.split_once("://").map(|(_, host)| host) == text(header::HOST.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_foreign_pages_are_refused() {
        let with = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, axum::http::HeaderValue::from_static(value));
            }
            is_from_here(&headers)
        };
        assert!(with(&[]));
        assert!(with(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "https://behind.proxy"),
            ("host", "inside:9666")
        ]));
        assert!(!with(&[("sec-fetch-site", "cross-site")]));
        assert!(!with(&[("sec-fetch-site", "same-site")]));
        assert!(with(&[("origin", "http://nas:9666"), ("host", "nas:9666")]));
        assert!(!with(&[("origin", "https://evil.example"), ("host", "nas:9666")]));
        assert!(!with(&[("origin", "null"), ("host", "nas:9666")]));
    }
}
