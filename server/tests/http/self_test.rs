//! `GET` on an upload URL, and the health check.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use duplistatus::service::{Actor, ingest::rejected};
use serde_json::json;
use server::state::AppState;

use crate::site::{Site, get, post, report, with_method};

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

/// Returns the request that .NET sends after a 301, 302 or 303.
fn after_a_redirect(url: &str) -> Request<Body> {
    let mut request = get(url);
    request.headers_mut().remove(header::USER_AGENT);
    request.headers_mut().remove(header::ACCEPT);
    request
}

#[tokio::test]
async fn a_get_without_a_senders_name_was_a_post_before_a_redirect() {
    let at = |state: &mut AppState| state.public_url = Some("https://backup.example".parse().unwrap());
    for (site, exact) in [
        (Site::with("/d", |_| {}, at), "https://backup.example/d/api/status/<key>"),
        (Site::with("/d", |_| {}, |_| {}), "http://backup.example/d/api/status/<key>"),
    ] {
        let key = site.key("nas").await;
        let answer = site.send(after_a_redirect(&format!("/d/api/status/{key}"))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert_eq!(answer.json()["error"], "a redirect turned the upload into a GET", "{answer:?}");
        site.rejected().await;
        let refused = rejected::list(&site.state.services, &Actor::CommandLine, 1).await.unwrap().rows;
        assert_eq!(refused.len(), 1);
        assert!(refused[0].hint.contains(exact) && !refused[0].hint.contains(&key), "{refused:?}");
        assert_eq!(refused[0].reason, "a redirect turned the upload into a GET");
        let lost = async || keys(&site).await.keys[0].redirected.is_some();
        assert!(lost().await, "the row of the key warns");
        site.post(&format!("/d/api/upload/{key}"), report(2)).await;
        assert!(lost().await, "at the same second nobody knows which came last");
        site.state.services.clock().set("2026-11-23T12:05:00Z".parse().unwrap());
        site.post(&format!("/d/api/upload/{key}"), report(3)).await;
        assert!(!lost().await, "a report came");
    }
}

async fn keys(site: &Site) -> duplistatus::dto::key::KeysPage {
    duplistatus::service::ingest_keys::list(&site.state.services, &Actor::CommandLine).await.unwrap()
}

#[tokio::test]
async fn a_wrong_key_after_a_redirect_is_a_wrong_key() {
    let site = Site::new();
    let answer = site.send(after_a_redirect("/api/upload/wrong")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    site.key("nas").await;
    assert!(keys(&site).await.keys[0].redirected.is_none());
}

#[tokio::test]
async fn an_address_that_is_nearly_right_leads_to_the_exact_one_and_keeps_the_post() {
    let site = Site::with("/d", |_| {}, |_| {});
    let key = site.key("nas").await;
    for (hour, path) in [
        format!("/d/api/upload/{key}/"),
        format!("/d/api//upload/{key}"),
        format!("//d/api/upload/{key}"),
        format!("/d/API/Upload/{key}"),
        format!("/D/api/upload/{key}"),
        format!("/api/upload/{key}"),
        format!("/d/api/status/{key}/?a=b"),
        format!("/d/api/upload/{}", key.to_ascii_uppercase()),
    ]
    .iter()
    .enumerate()
    {
        // As Duplicati sends it: without a cookie, to an unknown host.
        for method in [Method::POST, Method::PUT, Method::GET] {
            let body = report(u8::try_from(hour).unwrap());
            let mut request = with_method(post(path, "application/json", body.to_string()), method);
            request.headers_mut().insert(header::HOST, "elsewhere.example".parse().unwrap());
            let answer = site.send_as_it_is(request).await;
            assert_eq!(answer.status, StatusCode::PERMANENT_REDIRECT, "{path}: {answer:?}");
            let exact = answer.header(header::LOCATION);
            assert!(exact.starts_with("/d/api/") && exact.contains(&key), "{path}: {exact}");
            assert!(!exact.contains("//"), "{path}: {exact}");
        }
        let answer = site.post(path, report(2)).await;
        let exact = answer.header(header::LOCATION).to_owned();
        assert!(site.post(&exact, report(2)).await.status.is_success(), "{exact}");
    }
}

#[tokio::test]
async fn health_is_short_and_never_cached() {
    let site = Site::new();
    let answer = site.get("/api/health").await;
    assert_eq!((answer.status, answer.json()["status"].as_str()), (StatusCode::OK, Some("healthy")));
    assert_eq!(answer.header(header::CACHE_CONTROL), "no-store");
    assert!(answer.body.len() < 200, "{answer:?}");
}
