//! Too many requests at once: each kind of request has its own share.

use std::time::Duration;

use axum::http::{StatusCode, header};
use server::limits::Limits;

use crate::site::{Site, report};

fn with_limits(limits: Limits) -> Site {
    Site::with("", |options| options.open_ingest = true, |state| state.limits = limits)
}

#[tokio::test]
async fn busy_pages_do_not_stop_uploads_and_say_when_to_come_back() {
    let site = with_limits(Limits { pages: 0, wait: Duration::ZERO, ..Limits::default() });
    for path in ["/", "/settings/keys", "/nope", "/pkg/nope.js"] {
        let refused = site.get(path).await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(refused.header(header::RETRY_AFTER), "5");
        assert!(!refused.header(header::CONTENT_SECURITY_POLICY).is_empty());
    }
    assert_eq!(site.post("/api/fn/keys", "{}").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(site.post("/api/upload", report(2)).await.status, StatusCode::OK);
    assert_eq!(site.get("/api/health").await.status, StatusCode::OK);
}

#[tokio::test]
async fn busy_uploads_do_not_stop_pages() {
    let site = with_limits(Limits { uploads: 0, wait: Duration::ZERO, ..Limits::default() });
    let refused = site.post("/api/upload", report(2)).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.json()["hint"].as_str().is_some_and(|hint| hint.contains("again")), "{refused:?}");
    assert_eq!(site.post("/api/fn/keys", "{}").await.status, StatusCode::OK);
}
