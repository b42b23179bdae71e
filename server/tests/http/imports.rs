//! Imports over HTTP: their progress can be requested at any time.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{Request, StatusCode},
};
use futures::SinkExt as _;
use server::limits::Limits;

use crate::site::Site;

const IMPORT: &str = "/api/v1/import";

#[tokio::test]
async fn how_far_it_is_is_answered_while_a_file_is_still_being_sent() {
    // Requests never wait: those that would have to are rejected.
    let limits = Limits { wait: Duration::ZERO, ..Limits::default() };
    let site = Site::with("", |options| options.open_ingest = true, |state| state.limits = limits);
    let (mut pieces, sent) = futures::channel::mpsc::channel::<Result<Bytes, Infallible>>(0);
    let request = Request::post(IMPORT).body(Body::from_stream(sent)).unwrap();
    let sending = async {
        // The server reads each piece before it accepts the next one.
        for piece in ["server,job,start\n", "nas,Documents,2026-11-20T02:00:00Z\n", "nas,Documents,"] {
            pieces.send(Ok(Bytes::from(piece))).await.unwrap();
        }
        assert_eq!(site.get(IMPORT).await.status, StatusCode::OK);
        let second = site.send(Request::post(IMPORT).body(Body::from("x")).unwrap()).await;
        assert_eq!(
            second.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "the file is still being sent: {second:?}"
        );
        assert_eq!(site.get(IMPORT).await.status, StatusCode::OK);
        pieces.send(Ok(Bytes::from("2026-11-21T02:00:00Z\n"))).await.unwrap();
        drop(pieces);
    };
    let (answer, ()) = tokio::join!(site.send(request), sending);
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{answer:?}");
    loop {
        let state = site.get(IMPORT).await.json();
        if state["now"].is_null() {
            assert_eq!(state["last"]["outcome"]["import"]["runs"]["added"], 2, "{state}");
            break;
        }
        tokio::task::yield_now().await;
    }
}
