//! Reports that arrive while their server is being deleted, and keys that are revoked over HTTP.

use axum::{
    body::{Body, Bytes},
    http::{Request, StatusCode, header},
};
use duplistatus::{
    error::Error,
    ids::ServerId,
    service::{Actor, ingest_keys, servers},
    time::Timestamp,
};
use tokio::sync::oneshot;

use crate::site::{Site, report};

const ROOT: Actor = Actor::CommandLine;

/// Returns a report of a run that began this many hours before those of the other tests.
fn earlier(hours: i64) -> serde_json::Value {
    let mut sent = report(1);
    let begin = "2026-11-23T01:00:00Z".parse::<Timestamp>().unwrap().plus(-hours * 3600);
    sent["Data"]["BeginTime"] = begin.to_string().into();
    sent["Data"]["EndTime"] = begin.plus(600).to_string().into();
    sent
}

async fn list(site: &Site) -> Vec<(ServerId, String, i64)> {
    let all = servers::list(&site.state.services, &ROOT).await.unwrap();
    all.into_iter().map(|server| (server.id, server.name, server.runs)).collect()
}

/// Returns an upload whose sender sends the body on demand. The first channel reports that the server reads the
/// body; the second one sends it.
fn slow(path: &str, body: String) -> (Request<Body>, oneshot::Receiver<()>, oneshot::Sender<()>) {
    let (asked, is_asked) = oneshot::channel();
    let (go, gone) = oneshot::channel::<()>();
    let length = body.len();
    let body = futures::stream::once(async move {
        let _ = asked.send(());
        let _ = gone.await;
        Ok::<_, std::io::Error>(Bytes::from(body))
    });
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, length)
        .body(Body::from_stream(body))
        .unwrap();
    (request, is_asked, go)
}

#[tokio::test]
async fn a_report_that_is_sent_while_its_server_is_deleted_is_a_new_servers() {
    let site = Site::open();
    for hours in 101..=300 {
        assert_eq!(site.post("/api/upload", earlier(hours)).await.status, StatusCode::OK);
    }
    let services = site.state.services.clone();
    let (old, name, runs) = list(&site).await.remove(0);
    assert_eq!(runs, 200);
    let deleting = tokio::spawn(async move { servers::delete(&services, &ROOT, old).await });
    let is_there = async || match servers::find_by_name(&site.state.services, &ROOT, &name).await {
        Ok(id) => id == old,
        Err(Error::NotFound) => false,
        Err(error) => panic!("{error}"),
    };
    while is_there().await {
        tokio::task::yield_now().await;
    }
    let mut acknowledged = 0;
    for hours in 1..=30 {
        let answer = site.post("/api/upload", earlier(hours)).await;
        assert!(matches!(answer.status, StatusCode::OK | StatusCode::SERVICE_UNAVAILABLE), "{answer:?}");
        acknowledged += i64::from(answer.status == StatusCode::OK);
    }
    assert_eq!(deleting.await.unwrap().unwrap().runs, 200);
    let left = list(&site).await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!((&left[0].1, left[0].2), (&name, acknowledged));
}

#[tokio::test]
async fn a_report_whose_key_goes_with_its_server_is_to_be_sent_again() {
    let site = Site::new();
    let path = format!("/api/upload/{}", site.key("nas").await);
    let (request, is_asked, go) = slow(&path, report(1).to_string());
    let sending = async { site.send(request).await };
    let deleting = async {
        is_asked.await.unwrap();
        let (id, ..) = list(&site).await.remove(0);
        servers::delete(&site.state.services, &ROOT, id).await.unwrap();
        go.send(()).unwrap();
    };
    let (answer, ()) = tokio::join!(sending, deleting);
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{answer:?}");
    assert!(!answer.header(header::RETRY_AFTER).is_empty() && answer.body.contains("Nothing was stored"));
    assert!(list(&site).await.is_empty());
    let again = site.post(&path, report(1)).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED, "{again:?}");
}

#[tokio::test]
async fn a_key_is_revoked_over_http_when_that_is_confirmed() {
    let site = Site::new();
    let made = ingest_keys::create(&site.state.services, &ROOT, "nas").await.unwrap();
    let revoke = |query: &str| {
        Request::delete(format!("/api/v1/ingest-keys/{}{query}", made.id))
            .header("sec-fetch-site", "same-origin")
            .body(Body::empty())
            .unwrap()
    };
    for query in ["", "?confirm=", "?confirm=false", "?confirm"] {
        let refused = site.send(revoke(query)).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}: {refused:?}");
        assert_eq!(refused.json()["field"], "confirm");
        assert!(refused.body.contains("?confirm=true"), "{refused:?}");
    }
    let is_revoked =
        async || ingest_keys::list(&site.state.services, &ROOT).await.unwrap().keys[0].revoked.is_some();
    assert!(!is_revoked().await);
    assert_eq!(site.send(revoke("?confirm=true")).await.status, StatusCode::NO_CONTENT);
    assert!(is_revoked().await);
}
