//! `GET` on an upload URL, and the health check.

use axum::http::{Method, StatusCode, header};

use serde_json::json;

use crate::site::{Site, get, report, with_method};

#[tokio::test]
async fn get_says_that_the_key_is_good_and_when_the_last_report_came() {
    let site = Site::new();
    let url = format!("/api/upload/{}", site.key("nas").await);
    let before = site.get(&url).await;
    assert_eq!(before.status, StatusCode::OK);
    assert_eq!(
        (before.json()["key"].as_str(), before.json()["last_report"].is_null()),
        (Some("valid"), true)
    );
    site.post(&url, report(2)).await;
    assert_eq!(site.get(&url).await.json()["last_report"], "2026-11-23T12:00:00Z");
    assert_eq!(site.get("/api/upload/wrong").await.status, StatusCode::UNAUTHORIZED);
    let head = site.send(with_method(get(&url), Method::HEAD)).await;
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
    let open = Site::open();
    open.post("/api/upload", report(2)).await;
    let answer = open.get("/api/upload").await.json();
    assert_eq!(
        (&answer["key"], &answer["last_report"]),
        (&json!("not needed"), &json!("2026-11-23T12:00:00Z"))
    );
}

#[tokio::test]
async fn a_get_without_a_senders_name_was_a_post_before_a_redirect() {
    let site = Site::new();
    let url = format!("/api/upload/{}", site.key("nas").await);
    let mut request = get(&url);
    request.headers_mut().remove(header::USER_AGENT);
    request.headers_mut().remove(header::ACCEPT);
    let answer = site.send(request).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.json()["error"].as_str().is_some_and(|error| error.contains("redirect")), "{answer:?}");
    assert_eq!(site.rejected().await.len(), 1);
}

#[tokio::test]
async fn health_is_short_and_never_cached() {
    let site = Site::new();
    let answer = site.get("/api/health").await;
    assert_eq!((answer.status, answer.json()["status"].as_str()), (StatusCode::OK, Some("healthy")));
    assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
    assert!(answer.body.len() < 200, "{answer:?}");
}
