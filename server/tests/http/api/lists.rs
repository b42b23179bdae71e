//! Lists in parts, fields, tags, and errors.

use axum::{
    body::Body,
    http::{HeaderName, Method, Request, StatusCode, header},
};
use duplistatus::access::Scope;
use serde_json::{Value, json};

use super::{PROBLEM, ask, filled, key, rows};
use crate::site::{Answer, Site, get, report};

/// The lists, each with what it needs to have rows.
const LISTS: [&str; 16] = [
    "/api/v1/servers",
    "/api/v1/jobs",
    "/api/v1/runs",
    "/api/v1/runs?sort=-duration",
    "/api/v1/runs?sort=started",
    "/api/v1/runs?server=1",
    "/api/v1/runs/4/log",
    "/api/v1/operations",
    "/api/v1/incidents",
    "/api/v1/events",
    "/api/v1/schedules",
    "/api/v1/schedules?sort=-name",
    "/api/v1/users",
    "/api/v1/audit",
    "/api/v1/ingest-keys",
    "/api/v1/rejected",
];

fn with(path: &str, more: &str) -> String {
    format!("{path}{}{more}", if path.contains('?') { '&' } else { '?' })
}

#[tokio::test]
async fn every_list_is_read_in_parts_without_gaps_and_repetitions() {
    let site = filled().await;
    for server in ["nas", "laptop", ""] {
        site.key(server).await;
    }
    assert_eq!(site.post("/api/upload", "{\"what\": ").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(site.rejected().await.len(), 1);
    for path in LISTS {
        let whole = rows(&site.get(&with(path, "limit=200")).await);
        assert!(!whole.is_empty(), "{path}");
        let (mut parts, mut next) = (Vec::new(), with(path, "limit=1"));
        loop {
            let answer = site.get(&next).await;
            assert_eq!(answer.status, StatusCode::OK, "{next}: {answer:?}");
            parts.extend(rows(&answer));
            let Some(cursor) = answer.json()["next"].as_str().map(str::to_owned) else {
                assert_eq!(answer.header(header::LINK), "", "{next}");
                break;
            };
            let link = answer.header(header::LINK);
            assert!(link.contains(&format!("cursor={cursor}")) && link.ends_with("; rel=\"next\""), "{link}");
            next = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
        }
        // The audit log grows by nothing while it is read.
        assert_eq!(parts, whole, "{path}");
    }
}

#[tokio::test]
async fn a_row_that_arrives_meanwhile_neither_repeats_nor_hides_another() {
    let site = filled().await;
    let first = site.get("/api/v1/runs?limit=2").await.json();
    assert_eq!(site.post("/api/upload", report(9)).await.json()["result"], "stored");
    let cursor = first["next"].as_str().unwrap();
    let second = site.get(&format!("/api/v1/runs?limit=2&cursor={cursor}")).await.json();
    let ids = |part: &Value| -> Vec<i64> {
        part["data"].as_array().unwrap().iter().map(|run| run["id"].as_i64().unwrap()).collect()
    };
    assert_eq!([ids(&first), ids(&second)].concat(), [4, 3, 2, 1]);
}

#[tokio::test]
async fn filters_leave_what_they_say() {
    let site = filled().await;
    let count = async |path: &str| rows(&site.get(path).await).len();
    for (path, expected) in [
        ("/api/v1/servers?text=na", 1),
        ("/api/v1/servers?archived=true", 0),
        ("/api/v1/servers?verdict=failed", 1),
        ("/api/v1/jobs?server=1", 1),
        ("/api/v1/jobs?verdict=failed", 1),
        ("/api/v1/runs?server=2", 2),
        ("/api/v1/runs?job=1", 2),
        ("/api/v1/runs?job=1&server=2", 0),
        ("/api/v1/runs?job=99", 0),
        ("/api/v1/runs?status=warning,fatal", 2),
        ("/api/v1/runs?from=2026-11-23T02:00:00Z&until=2026-11-23T04:00:00Z", 2),
        ("/api/v1/runs?from=2026-11-23T03:00:00%2B01:00", 3),
        ("/api/v1/runs?text=disk", 2),
        ("/api/v1/runs/4/log", 2),
        ("/api/v1/runs/4/log?level=error", 1),
        ("/api/v1/operations?operation=Test", 1),
        ("/api/v1/operations?operation=Restore", 0),
        ("/api/v1/incidents?state=open&server=2", 1),
        ("/api/v1/incidents?state=closed", 0),
        ("/api/v1/incidents?worst=stuck", 0),
        ("/api/v1/events?server=1", 0),
        ("/api/v1/audit?action=none", 0),
    ] {
        assert_eq!(count(path).await, expected, "{path}");
    }
    assert!(count("/api/v1/events?server=2").await > 0);
}

#[tokio::test]
async fn resources_have_the_units_and_times_that_they_say() {
    let site = filled().await;
    let job = site.get("/api/v1/jobs/2").await.json();
    assert_eq!(job["state"]["verdict"], "failed", "{job}");
    assert_eq!(job["last_run"]["started"], "2026-11-23T04:00:00Z");
    assert_eq!(
        (&job["last_run"]["duration"], &job["last_success"]),
        (&json!(600), &json!("2026-11-23T03:00:00Z"))
    );
    assert_eq!((&job["storage_size"], &job["quota_total"]), (&json!(5000), &Value::Null));
    let incident = site.get(&format!("/api/v1/incidents/{}", job["state"]["incident"])).await.json();
    assert_eq!((&incident["job"], &incident["problem"]), (&json!(2), &json!("failed")), "{incident}");
    assert_eq!(incident["timeline"][0]["event"], "opened", "{incident}");
    let run = site.get("/api/v1/runs/4").await.json();
    assert_eq!((&run["log_lines"], &run["figures"]["uploaded_size"]), (&json!(2), &json!(50)), "{run}");
    let operation = site.get("/api/v1/operations/1").await.json();
    assert_eq!((&operation["operation"], &operation["server"]), (&json!("Test"), &json!(1)), "{operation}");
    let summary = site.get("/api/v1/summary").await.json();
    assert_eq!((&summary["servers"], &summary["jobs"], &summary["runs"]), (&json!(2), &json!(2), &json!(4)));
    assert_eq!(summary["verdicts"]["failed"], 1, "{summary}");
    for path in ["/api/v1/settings", "/api/v1/database", "/api/v1/database/stats", "/api/v1/health"] {
        assert_eq!(site.get(path).await.status, StatusCode::OK, "{path}");
    }
    for path in ["/api/v1/servers/99", "/api/v1/jobs/99", "/api/v1/incidents/99", "/api/v1/operations/99"] {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn only_the_fields_that_are_asked_for_are_answered() {
    let site = filled().await;
    let list = rows(&site.get("/api/v1/jobs?fields=id,name").await);
    assert_eq!(list[0], json!({ "id": 1, "name": "Documents" }));
    assert_eq!(site.get("/api/v1/jobs/1?fields=runs").await.json(), json!({ "runs": 2 }));
    let wrong = site.get("/api/v1/jobs?fields=id,colour").await;
    assert_eq!((wrong.status, &wrong.json()["field"]), (StatusCode::BAD_REQUEST, &json!("fields")));
    assert!(wrong.json()["hint"].as_str().unwrap().contains("last_success"), "{wrong:?}");
}

async fn tagged(site: &Site, key: &str, path: &str, tag: &str) -> Answer {
    let request = Request::get(path).header(header::AUTHORIZATION, key);
    site.send_as_it_is(request.header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let site = filled().await;
    let (admin, read) = (key(&site, Scope::Admin).await, key(&site, Scope::Read).await);
    for path in ["/api/v1/jobs", "/api/v1/runs/1?fields=id", "/api/v1/summary", "/api/v1/database/stats"] {
        let answer = ask(&site, &admin, Method::GET, path, None).await;
        let tag = answer.header(header::ETAG).to_owned();
        assert!(tag.starts_with("W/\""), "{path}: {answer:?}");
        assert_eq!(answer.header(header::CACHE_CONTROL), "private, no-cache", "{path}");
        let again = tagged(&site, &admin, path, &tag).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        assert_eq!(again.header(header::ETAG), tag, "{path}");
        assert_eq!(
            tagged(
                &site,
                &admin,
                &format!("{path}{}", if path.contains('?') { "&" } else { "?" }),
                "W/\"0\""
            )
            .await
            .status,
            StatusCode::OK
        );
        // The rights of another key may be others.
        if path == "/api/v1/jobs" {
            assert_eq!(tagged(&site, &read, path, &tag).await.status, StatusCode::OK, "{path}");
        }
    }
    let tag = ask(&site, &admin, Method::GET, "/api/v1/jobs", None).await.header(header::ETAG).to_owned();
    assert_eq!(site.post("/api/upload", report(9)).await.json()["result"], "stored");
    assert_eq!(tagged(&site, &admin, "/api/v1/jobs", &tag).await.status, StatusCode::OK, "a report came");
    // A tag is no way around the access rules.
    let tag = ask(&site, &admin, Method::GET, "/api/v1/users", None).await.header(header::ETAG).to_owned();
    assert_eq!(tagged(&site, &read, "/api/v1/users", &tag).await.status, StatusCode::NOT_FOUND);
}

/// What an unchanged answer costs: the figure of docs/PERFORMANCE.md is that of a release build.
#[tokio::test]
async fn an_unchanged_answer_costs_no_more_than_who_asks() {
    let site = filled().await;
    let admin = key(&site, Scope::Admin).await;
    let tag = ask(&site, &admin, Method::GET, "/api/v1/jobs", None).await.header(header::ETAG).to_owned();
    let queries = site.state.services.db().queries().clone();
    queries.keep_all();
    assert_eq!(tagged(&site, &admin, "/api/v1/jobs", &tag).await.status, StatusCode::NOT_MODIFIED);
    let asked: Vec<String> = queries.slowest().into_iter().map(|query| query.sql).collect();
    assert_eq!(asked.len(), 1, "only the key is looked up: {asked:?}");
    assert!(asked[0].contains("api_keys"), "{asked:?}");
    let begun = std::time::Instant::now();
    for _ in 0..200 {
        assert_eq!(tagged(&site, &admin, "/api/v1/jobs", &tag).await.status, StatusCode::NOT_MODIFIED);
    }
    eprintln!("an unchanged answer: {:?}", begun.elapsed() / 200);
}

#[tokio::test]
async fn every_error_is_a_problem_with_the_field_and_the_hint() {
    let site = filled().await;
    let (read, write) = (key(&site, Scope::Read).await, key(&site, Scope::Write).await);
    let nobody = "Bearer dsk_wrong";
    for (key, method, path, body, status, code) in [
        (&read, Method::GET, "/api/v1/nothing", None, 404, "not_found"),
        (&read, Method::GET, "/api/v1/servers/99", None, 404, "not_found"),
        (&read, Method::GET, "/api/v1/users", None, 404, "not_found"),
        (&read, Method::GET, "/api/v1/servers/abc", None, 400, "invalid"),
        (&read, Method::GET, "/api/v1/servers?limit=x", None, 400, "invalid"),
        (&read, Method::GET, "/api/v1/servers?nobody=knows", None, 400, "invalid"),
        (&read, Method::DELETE, "/api/v1/servers", None, 405, "method_not_allowed"),
        (&nobody.to_owned(), Method::GET, "/api/v1/servers", None, 401, "unauthenticated"),
        (&write, Method::PATCH, "/api/v1/servers/1", Some(json!({ "nam": "x" })), 400, "invalid"),
        (&write, Method::PATCH, "/api/v1/servers/1", Some(json!({ "name": "laptop" })), 400, "invalid"),
        (&write, Method::PATCH, "/api/v1/servers/1", None, 415, "unsupported_media_type"),
        (&write, Method::POST, "/api/v1/ingest-keys", Some(json!({ "server": "" })), 403, "session_required"),
    ] {
        let answer = ask(&site, key, method.clone(), path, body).await;
        let what = format!("{method} {path}: {answer:?}");
        assert_eq!(answer.status.as_u16(), status, "{what}");
        assert_eq!(answer.header(header::CONTENT_TYPE), PROBLEM, "{what}");
        let problem = answer.json();
        assert_eq!((&problem["type"], &problem["status"]), (&json!("about:blank"), &json!(status)), "{what}");
        assert_eq!(problem["code"], code, "{what}");
        for text in ["title", "detail", "hint"] {
            assert!(problem[text].as_str().is_some_and(|text| !text.is_empty()), "{what}");
        }
        assert_eq!(problem["field"].is_string(), [400, 415].contains(&status), "{what}");
    }
    let allowed = ask(&site, &read, Method::DELETE, "/api/v1/servers", None).await;
    assert!(allowed.header(header::ALLOW).contains("GET"), "{allowed:?}");
    // Elsewhere errors are as before.
    let upload = site.post("/api/upload", "{\"what\": ").await;
    assert_eq!(upload.header(header::CONTENT_TYPE), "application/json");
    assert!(upload.json()["error"].is_string());
    let mut page = get("/api/v1/servers");
    page.headers_mut().insert(HeaderName::from_static("host"), "evil.example".parse().unwrap());
    page.headers_mut().insert(header::ACCEPT, "application/json".parse().unwrap());
    assert_eq!(site.send_as_it_is(page).await.json()["code"], "unknown_host");
}
