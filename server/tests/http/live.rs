//! The stream of revisions.

use std::time::Duration;

use axum::http::header;
use duplistatus::db::{Db, tables::servers};
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
    let revision = *site.state.services.db().revision().borrow();
    assert_eq!(first, format!("data: {revision}\n\n"));
    site.post("/api/upload", report(2)).await;
    assert_eq!(next().await.unwrap(), format!("data: {}\n\n", revision + 1));
    site.state.stopping.cancel();
    assert_eq!(next().await, None);
}

#[tokio::test]
async fn what_a_command_beside_the_server_writes_reaches_who_follows() {
    let site = Site::open();
    let db = site.state.services.db().clone();
    let following = tokio::spawn({
        let db = db.clone();
        async move { db.follow_others().await }
    });
    let response = site.call(get("/api/live")).await;
    let mut events = response.into_body().into_data_stream();
    let mut next = async || {
        let chunk = timeout(SOON, events.next()).await.expect("too late").unwrap();
        String::from_utf8(chunk.unwrap().to_vec()).unwrap()
    };
    let first = next().await;
    let beside = Db::open(db.path()).unwrap();
    beside.write(|tx| servers::create(tx.conn, "attic", Default::default())).await.unwrap();
    assert!(next().await > first);
    following.abort();
}
