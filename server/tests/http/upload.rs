//! The responses of `/api/upload`.

use axum::{
    body::{Body, Bytes},
    http::{Method, Request, StatusCode, header},
};

use crate::site::{Site, from_address, get, post, report, with_method};

#[tokio::test]
async fn a_report_is_stored_once_and_a_copy_is_a_duplicate() {
    let site = Site::new();
    let url = format!("/api/upload/{}", site.key("nas").await);
    let stored = site.post(&url, report(2)).await;
    assert_eq!(
        (stored.status, stored.body.as_str()),
        (StatusCode::OK, r#"{"result":"stored","success":true}"#)
    );
    assert_eq!(stored.header(header::CONTENT_TYPE), "application/json");
    let copy = site.post(&url, report(2)).await;
    assert_eq!((copy.status, copy.json()["result"].as_str()), (StatusCode::OK, Some("duplicate")));
    assert!(site.rejected().await.is_empty());
}

#[tokio::test]
async fn put_patch_and_get_with_a_body_are_taken_too() {
    let site = Site::open();
    for (hour, method) in [(2, Method::PUT), (3, Method::PATCH), (4, Method::GET)] {
        let request = with_method(post("/api/upload", "application/json", report(hour)), method.clone());
        let answer = site.send(request).await;
        assert_eq!(answer.json()["result"], "stored", "{method}: {answer:?}");
    }
}

#[tokio::test]
async fn the_body_counts_more_than_its_type() {
    let site = Site::open();
    let text = "Duplicati Backup report for Documents (a1, DB-1, nas)\r\n\r\nMainOperation: Backup\r\nParsedResult: \
                Success\r\nBeginTime: 23.11.2026 02:00:00 (1795399200)\r\nDuration: 00:10:00\r\n";
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let form = format!("message={encoded}&extra=1");
    let answer = site.send(post("/api/upload", "application/x-www-form-urlencoded", form)).await;
    assert_eq!(answer.json()["result"], "stored", "{answer:?}");
    let answer = site.send(post("/api/upload", "text/plain", text)).await;
    assert_eq!(answer.json()["result"], "duplicate", "{answer:?}");
    let answer = site.send(post("/api/upload", "text/plain; charset=latin1", report(2))).await;
    assert_eq!(answer.json()["result"], "duplicate", "JSON as text: {answer:?}");
    let answer = site.send(post("/api/upload", "text/plain", "all went well")).await;
    assert_eq!(answer.json()["result"], "recorded", "{answer:?}");
}

#[tokio::test]
async fn what_is_no_report_gets_a_hint_and_is_listed() {
    let site = Site::open();
    for body in ["", "{\"Data\":", "[1]", "{\"hello\":1}"] {
        let answer = site.post("/api/upload", body).await;
        let json = answer.json();
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(
            json["error"].is_string() && json["hint"].is_string() && json.get("field").is_some(),
            "{json}"
        );
    }
    assert_eq!(site.rejected().await.len(), 4);
}

#[tokio::test]
async fn without_a_good_key_there_is_a_hint_and_nothing_is_stored() {
    let site = Site::new();
    for path in ["/api/upload", "/api/upload/wrong"] {
        let answer = site.post(path, report(2)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(answer.json()["hint"].as_str().is_some_and(|hint| hint.contains("key")), "{answer:?}");
    }
    let rejected = site.rejected().await;
    assert_eq!(rejected.iter().map(|(_, status)| *status).collect::<Vec<_>>(), [401, 401], "{rejected:?}");
}

#[tokio::test]
async fn hostile_keys_are_wrong_keys() {
    let site = Site::new();
    let long = "k".repeat(8000);
    let keys = [
        "%2e%2e%2f",
        "%00",
        "%ff%fe",
        "'%20OR%201=1--",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "a%0d%0ab",
        &long,
    ];
    for key in keys {
        let answer = site.post(&format!("/api/upload/{key}"), report(2)).await;
        assert!(
            matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST),
            "{key}: {answer:?}"
        );
        assert!(!answer.body.contains("script") && !answer.body.contains(&long), "{answer:?}");
    }
    let answer = site.post("/api/upload/a/b", report(2)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn other_methods_are_refused_and_told_which_are_not() {
    let site = Site::open();
    let answer = site.send(with_method(get("/api/upload"), Method::DELETE)).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header(header::ALLOW), "GET, HEAD, POST, PUT, PATCH");
}

#[tokio::test]
async fn large_bodies_are_refused_whether_they_say_so_or_not() {
    let site = Site::with("", |options| options.open_ingest = true, |state| state.max_upload = 2000);
    let body = report(2).to_string() + &" ".repeat(3000);
    let declared = site.post("/api/upload", &body).await;
    let pieces: Vec<Result<Bytes, std::io::Error>> =
        body.as_bytes().chunks(100).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let request =
        Request::post("/api/upload").body(Body::from_stream(futures::stream::iter(pieces))).unwrap();
    let streamed = site.send(request).await;
    for answer in [declared, streamed] {
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.json()["hint"].as_str().is_some_and(|hint| hint.contains("2000 bytes")), "{answer:?}");
    }
    assert_eq!(site.rejected().await, [("the report is too large".to_owned(), 413)]);
    let exact = report(2).to_string();
    let exact = exact.clone() + &" ".repeat(2000 - exact.len());
    assert_eq!(site.post("/api/upload", exact).await.status, StatusCode::OK, "the limit itself is allowed");
}

#[tokio::test]
async fn while_the_database_cannot_be_written_senders_are_told_to_come_back() {
    let site = Site::new();
    let url = format!("/api/upload/{}", site.key("").await);
    site.state.services.db().close().await;
    let answer = site.post(&url, report(2)).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.header(header::RETRY_AFTER), "5");
    assert!(answer.json()["hint"].as_str().is_some_and(|hint| hint.contains("again")), "{answer:?}");
    assert!(!answer.body.contains("writer"), "causes are not shown: {answer:?}");
}

#[tokio::test]
async fn only_failures_are_slowed_down_and_never_a_valid_key() {
    let site = Site::new();
    let url = format!("/api/upload/{}", site.key("nas").await);
    let mut statuses = Vec::new();
    for _ in 0..70 {
        statuses.push(site.post("/api/upload/wrong", report(2)).await.status);
    }
    assert!(statuses[..60].iter().all(|status| *status == StatusCode::UNAUTHORIZED), "{statuses:?}");
    let refused = site.post("/api/upload/wrong", report(2)).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.header(header::RETRY_AFTER), "10");
    let elsewhere = from_address(post("/api/upload/wrong", "application/json", report(2)), [198, 51, 100, 1]);
    assert_eq!(site.send(elsewhere).await.status, StatusCode::UNAUTHORIZED, "another address");
    for _ in 0..100 {
        assert_eq!(site.post(&url, report(2)).await.status, StatusCode::OK);
        assert_eq!(
            site.post(&url, "[]").await.status,
            StatusCode::BAD_REQUEST,
            "a valid key that sends rubbish"
        );
    }
}

#[tokio::test]
async fn a_report_with_a_wrong_key_is_looked_at_within_bounds() {
    let site = Site::new();
    let rows = async || {
        site.rejected().await;
        let actor = duplistatus::service::Actor::CommandLine;
        duplistatus::service::ingest::rejected::list(&site.state.services, &actor, 1).await.unwrap().rows
    };
    assert_eq!(site.post("/api/upload/wrong", report(1)).await.status, StatusCode::UNAUTHORIZED);
    let seen = rows().await;
    assert_eq!(seen[0].machine.as_deref(), Some("nas"));
    assert!(!seen[0].sample.is_empty() && !seen[0].sample.contains("wrong"), "{}", seen[0].sample);
    // Neither a larger body nor one that never ends is read.
    let large = format!("{{\"Extra\":{{\"machine-name\":\"big\"}},\"x\":\"{}\"}}", "x".repeat(70_000));
    let stream = |bytes: Vec<u8>| {
        let parts = futures::stream::iter(
            bytes.into_iter().map(|byte| Ok::<_, std::io::Error>(Bytes::from(vec![byte]))),
        );
        Request::post("/api/upload/wrong").body(Body::from_stream(parts)).unwrap()
    };
    for request in [post("/api/upload/wrong", "application/json", large.clone()), stream(large.into_bytes())]
    {
        assert_eq!(site.send(request).await.status, StatusCode::UNAUTHORIZED);
    }
    assert!(rows().await.iter().all(|row| row.machine.as_deref() != Some("big")));
}
