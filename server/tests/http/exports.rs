//! Exports of runs over HTTP.

use axum::{
    body::{Body, HttpBody as _},
    http::{Request, StatusCode, header},
};
use duplistatus::service::{Actor, database};

use crate::site::{Site, get, report};

const EXPORT: &str = "/api/v1/runs/export";

async fn with_runs() -> Site {
    let site = Site::open();
    for day in 1..=3 {
        assert_eq!(site.post("/api/upload", report(day)).await.status, StatusCode::OK);
    }
    site
}

#[tokio::test]
async fn runs_come_as_json_or_csv_and_can_be_imported() {
    let site = with_runs().await;
    let json = site.get(EXPORT).await;
    assert_eq!((json.status, json.header(header::CONTENT_TYPE)), (StatusCode::OK, "application/json"));
    assert_eq!(json.json().as_array().map(Vec::len), Some(3), "{}", json.body);
    let csv = site.get(&format!("{EXPORT}?format=csv&log=no")).await;
    assert_eq!(csv.header(header::CONTENT_TYPE), "text/csv; charset=utf-8");
    let named = csv.header(header::CONTENT_DISPOSITION);
    assert!(
        named.starts_with("attachment; filename=\"duplistatus-runs-2026-") && named.ends_with(".csv\""),
        "{named}"
    );
    assert_eq!(csv.body.lines().count(), 4, "{}", csv.body);
    let two = site.get(&format!("{EXPORT}?status=success&status=fatal")).await;
    assert_eq!(two.json().as_array().map(Vec::len), Some(3), "{two:?}");
    let none = site.get(&format!("{EXPORT}?status=fatal")).await;
    assert_eq!(none.json().as_array().map(Vec::len), Some(0), "{none:?}");
}

#[tokio::test]
async fn what_is_not_understood_is_refused_with_what_to_write() {
    let site = with_runs().await;
    for (words, field, hint) in [
        ("server=nowhere", "server", "use one of"),
        ("job=nothing", "job", "use one of"),
        ("status=splendid", "status", "success, warning"),
        ("from=yesterday", "from", "2026-11-23"),
        ("from=2026-11-23&to=2026-11-22", "to", "before"),
        ("format=xml", "format", "json or csv"),
        ("servr=nas", "query", "not known"),
        ("from=2026-11-22&from=2026-11-23", "query", "twice"),
    ] {
        let refused = site.get(&format!("{EXPORT}?{words}")).await;
        assert_eq!(
            (refused.status, &refused.json()["field"]),
            (StatusCode::BAD_REQUEST, &field.into()),
            "{words}"
        );
        assert!(
            refused.json()["hint"].as_str().is_some_and(|said| said.contains(hint)),
            "{words}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn strangers_get_nothing() {
    let site = with_runs().await;
    let refused = site.send_as_it_is(Request::get(EXPORT).body(Body::empty()).unwrap()).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn whoever_goes_away_in_the_middle_leaves_the_turn_to_others() {
    let site = with_runs().await;
    for _ in 0..5 {
        let mut answer = site.call(get(EXPORT)).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let first =
            std::future::poll_fn(|context| std::pin::Pin::new(answer.body_mut()).poll_frame(context)).await;
        assert!(first.is_some_and(|frame| frame.is_ok()));
    }
    let actor = Actor::CommandLine;
    assert_eq!(database::stats(&site.state.services, &actor).await.unwrap().runs, 3);
    assert_eq!(site.get(EXPORT).await.status, StatusCode::OK);
}
