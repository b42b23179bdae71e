//! Requests that pages of other sites make a browser send.

use std::sync::Arc;

use axum::http::{HeaderName, Method, Request, StatusCode, header};
use server::client::Proxies;

use crate::site::{Site, get, post, report, with_method};

const FORM: &str = "application/x-www-form-urlencoded";

fn with_headers<B>(mut request: Request<B>, pairs: &[(&'static str, &'static str)]) -> Request<B> {
    for (name, value) in pairs {
        request.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
    }
    request
}

/// Returns the status of a theme change that is sent with these headers.
async fn choose(site: &Site, pairs: &[(&'static str, &'static str)]) -> StatusCode {
    site.send(with_headers(post("/api/theme", FORM, "theme=dark"), pairs)).await.status
}

const DONE: StatusCode = StatusCode::SEE_OTHER;
const REFUSED: StatusCode = StatusCode::FORBIDDEN;

#[tokio::test]
async fn only_foreign_pages_are_refused() {
    let site = Site::new();
    for (headers, expected) in [
        // No browser, but a script, which no foreign page can control.
        (&[][..], DONE),
        (&[("sec-fetch-site", "same-origin"), ("origin", "https://outside"), ("host", "inside:9666")], DONE),
        // Started by the user.
        (&[("sec-fetch-site", "none")], DONE),
        (&[("sec-fetch-site", "cross-site")], REFUSED),
        (&[("sec-fetch-site", "same-site")], REFUSED),
        (&[("sec-fetch-site", "cross-site"), ("origin", "http://nas:9666"), ("host", "nas:9666")], REFUSED),
        (&[("origin", "http://nas:9666"), ("host", "nas:9666")], DONE),
        (&[("origin", "https://evil.example"), ("host", "nas:9666")], REFUSED),
        (&[("origin", "http://nas:9667"), ("host", "nas:9666")], REFUSED),
        (&[("origin", "null"), ("host", "nas:9666")], REFUSED),
    ] {
        assert_eq!(choose(&site, headers).await, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn server_functions_are_guarded_and_reads_and_uploads_are_not() {
    let site = Site::open();
    let foreign = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")];
    let refused =
        site.send(with_headers(post("/api/fn/create_key", FORM, "server=nas&page=%2F"), &foreign)).await;
    assert_eq!(refused.status, REFUSED);
    assert!(refused.body.contains("a page of another site"), "{refused:?}");
    assert_eq!(refused.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    let upload = site.send(with_headers(post("/api/upload", "application/json", report(2)), &foreign)).await;
    assert_eq!(upload.json()["result"], "stored");
    for path in ["/api/health", "/api/upload"] {
        assert_eq!(site.send(with_headers(get(path), &foreign)).await.status, StatusCode::OK, "{path}");
    }
    let other = with_method(post("/api/fn/keys", "application/json", "{}"), Method::PUT);
    assert_eq!(site.send(with_headers(other, &foreign)).await.status, REFUSED);
}

/// Browsers without Sec-Fetch-Site, behind a proxy that replaces the host.
#[tokio::test]
async fn old_browsers_pass_where_a_proxy_changed_the_host() {
    let changed = [("origin", "https://outside.example"), ("host", "inside:9666")];
    let said = [changed.as_slice(), &[("x-forwarded-host", "outside.example")]].concat();
    let evil = [("origin", "https://evil.example"), ("host", "inside:9666")];
    let site = Site::new();
    assert_eq!(choose(&site, &changed).await, REFUSED);
    assert_eq!(choose(&site, &said).await, REFUSED, "this proxy is not trusted");

    let site = Site::with("", |_| {}, |state| state.public_url = "https://outside.example".parse().ok());
    assert_eq!(choose(&site, &changed).await, DONE);
    assert_eq!(choose(&site, &evil).await, REFUSED);

    let trusting = Arc::new(Proxies::new("192.0.2.7".parse().unwrap()));
    let site = Site::with("", |_| {}, |state| state.proxies = trusting);
    assert_eq!(choose(&site, &changed).await, REFUSED);
    assert_eq!(choose(&site, &said).await, DONE);
    let evil = [evil.as_slice(), &[("x-forwarded-host", "outside.example")]].concat();
    assert_eq!(choose(&site, &evil).await, REFUSED);
}

#[tokio::test]
async fn the_refusal_names_what_came_and_the_options() {
    let site = Site::new();
    let foreign = [("origin", "https://outside.example"), ("host", "inside:9666"), ("accept", "text/html")];
    let page = site.send(with_headers(post("/api/theme", FORM, "theme=dark"), &foreign)).await;
    assert_eq!(page.status, REFUSED);
    assert!(page.header(header::CONTENT_TYPE).starts_with("text/html"));
    let told = site.send(with_headers(post("/api/theme", FORM, "theme=dark"), &foreign[..2])).await.json();
    assert_eq!(told["code"], "foreign_origin");
    let options = ["--public-url https://outside.example", "--trusted-proxies", "docs/PROXY.md"];
    for word in ["https://outside.example", "inside:9666"].into_iter().chain(options) {
        assert!(page.body.contains(word), "{word}: {}", page.body);
        assert!(told["hint"].as_str().unwrap().contains(word), "{word}: {told}");
    }
    let hostile =
        [("origin", "https://<script>alert(1)</script>"), ("host", "nas:9666"), ("accept", "text/html")];
    let page = site.send(with_headers(post("/api/theme", FORM, "theme=dark"), &hostile)).await;
    assert!(page.status == REFUSED && !page.body.contains("<script>"), "{}", page.body);
}
