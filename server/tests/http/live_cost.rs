//! The cost of an open page while reports arrive.

use std::time::{Duration, Instant};

use axum::http::header;
use duplistatus::{db::engine::dynamic, time::Timestamp};
use futures::{StreamExt as _, future::join_all};
use serde_json::json;
use tokio::time::timeout;

use crate::site::{Site, get, post, report};

/// Returns a run of a made-up job with figures that vary realistically.
fn run(server: i64, job: i64) -> serde_json::Value {
    let noise = (server * 7919 + job * 104_729) % 9973;
    let start: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
    let start = start.plus(noise * 4);
    let mut body = report(1);
    body["Data"]["BeginTime"] = json!(start.to_string());
    body["Data"]["EndTime"] = json!(start.plus(60 + noise).to_string());
    body["Data"]["SizeOfExaminedFiles"] = json!(noise * 87_654_321);
    body["Data"]["BackendStatistics"]["KnownFileSize"] = json!(noise * 65_432_109);
    body["Data"]["BackendStatistics"]["BytesUploaded"] = json!(noise * 7_654_321);
    body["Extra"]["backup-name"] =
        json!(["Photos", "Documents", "Mail", "Databases", "Profiles"][job as usize]);
    body["Extra"]["machine-name"] = json!(format!("office-{server}"));
    body["Extra"]["machine-id"] = json!(format!("{:032x}", server * 1_000_003));
    body
}

/// Returns a site with 200 servers of five jobs each, all with a full strip.
async fn large() -> Site {
    let site = Site::new();
    for server in 0..200_i64 {
        let key = site.key(&format!("office-{server}")).await;
        let path = format!("/api/upload/{key}");
        for answer in join_all((0..5).map(|job| site.post(&path, run(server, job)))).await {
            assert_eq!(answer.status, 200, "{answer:?}");
        }
    }
    // A month of runs, some of which failed; how many does not matter here.
    let fill = "WITH RECURSIVE days(n) AS (SELECT 30 UNION ALL SELECT n - 1 FROM days WHERE n > 0) \
        UPDATE jobs SET recent = (SELECT group_concat((1795392000 - n * 86400 + (id * 7919 % 9973)) || \
        substr('sssssssswsesssss', 1 + (n * 7 + id * 13) % 16, 1), ' ') FROM days)";
    let states =
        "UPDATE job_states SET interval = 86400, slot = '2026-11-24T00:00:00Z', due = '2026-11-24T06:00:00Z'";
    for sql in [fill, states] {
        site.state.services.db().write(move |tx| dynamic::execute(tx.conn, sql, &[])).await.unwrap();
    }
    site
}

#[tokio::test]
async fn a_refetch_of_two_hundred_servers_is_small() {
    let site = large().await;
    let mut request = post("/api/fn/dashboard", "application/json", json!({ "query": {} }));
    let plain = site.send(post("/api/fn/dashboard", "application/json", json!({ "query": {} }))).await;
    assert_eq!(plain.status, 200, "{plain:?}");
    let jobs = plain.json()["servers"].as_array().unwrap().len() * 5;
    assert_eq!(jobs, 125);
    let strip = plain.json()["servers"][0]["jobs"][0]["strip"].clone();
    assert_eq!(strip.as_str().map(str::len), Some(30), "a letter for each slot: {strip}");
    request.headers_mut().insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
    let answer = site.call(request).await;
    assert_eq!(answer.headers()[header::CONTENT_ENCODING], "gzip");
    let body = axum::body::to_bytes(answer.into_body(), 1_000_000).await.unwrap();
    eprintln!("a refetch of 125 jobs: {} bytes, compressed {} bytes", plain.body.len(), body.len());
    assert!(body.len() <= 20_000, "{} bytes, compressed {}", plain.body.len(), body.len());
}

#[tokio::test]
async fn a_storm_of_reports_is_one_word_in_two_seconds() {
    let site = Site::open();
    let mut events = site.call(get("/api/live")).await.into_body().into_data_stream();
    let mut next = async || {
        let chunk =
            timeout(Duration::from_secs(10), events.next()).await.expect("too late").unwrap().unwrap();
        String::from_utf8(chunk.to_vec()).unwrap()
    };
    next().await;
    let begin = Instant::now();
    for hour in 0..20 {
        site.post("/api/upload", report(hour)).await;
    }
    let last = *site.state.services.db().revision().borrow();
    assert_eq!(next().await, format!("data: {last}\n\n"), "the last number stands for all");
    assert!(begin.elapsed() >= Duration::from_millis(1900), "{:?}", begin.elapsed());
}
