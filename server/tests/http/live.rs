//! The stream of revisions.

use std::time::Duration;

use axum::http::header;
use futures::StreamExt as _;
use tokio::time::timeout;

use crate::site::{Site, get, report};

const SOON: Duration = Duration::from_secs(10);

#[tokio::test]
async fn the_revision_comes_at_once_and_after_every_change_and_the_stream_ends_when_the_program_stops() {
    let site = Site::open();
    let response = site.call(get("/api/live")).await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
    assert_eq!(response.headers()["x-accel-buffering"], "no", "nginx hands it on at once");
    let mut events = response.into_body().into_data_stream();
    let mut next = async || {
        let chunk = timeout(SOON, events.next()).await.expect("too late")?;
        Some(String::from_utf8(chunk.unwrap().to_vec()).unwrap())
    };
    let first = next().await.unwrap();
    let revision = *site.state.services.db.revision().borrow();
    assert_eq!(first, format!("data: {revision}\n\n"));
    site.post("/api/upload", report(2)).await;
    assert_eq!(next().await.unwrap(), format!("data: {}\n\n", revision + 1));
    site.state.stopping.cancel();
    assert_eq!(next().await, None);
}
