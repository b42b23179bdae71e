//! What programs change, with keys of the right scope.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use duplistatus::access::Scope;
use serde_json::{Value, json};

use super::{ask, filled, key, rows};
use crate::site::{Answer, Site};

/// Sends JSON, and expects a status.
async fn send(site: &Site, key: &str, method: Method, path: &str, body: Value, status: StatusCode) -> Answer {
    let answer = ask(site, key, method.clone(), path, Some(body)).await;
    assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
    answer
}

#[tokio::test]
async fn an_incident_is_acknowledged_snoozed_noted_and_closed() {
    let site = filled().await;
    let write = key(&site, Scope::Write).await;
    let incident = rows(&site.get("/api/v1/incidents").await)[0]["id"].clone();
    let path = |what: &str| format!("/api/v1/incidents/{incident}/{what}");
    let note = json!({ "note": "seen" });
    let done = send(&site, &write, Method::POST, &path("acknowledge"), note, StatusCode::OK).await;
    assert_eq!(done.json()["acknowledged_by"], "owner-of-write (a program)");
    let until = "2026-11-23T14:00:00Z";
    let snooze = json!({ "until": until });
    let done = send(&site, &write, Method::POST, &path("snooze"), snooze, StatusCode::OK).await;
    assert_eq!(done.json()["snoozed_until"], until);
    let past = json!({ "until": "2026-11-23T10:00:00Z" });
    let wrong = send(&site, &write, Method::POST, &path("snooze"), past, StatusCode::BAD_REQUEST).await;
    assert_eq!(wrong.json()["field"], "until");
    send(&site, &write, Method::POST, &path("note"), json!({ "note": "a new disk comes" }), StatusCode::OK)
        .await;
    let reason = json!({ "reason": "replaced" });
    let done = send(&site, &write, Method::POST, &path("close"), reason.clone(), StatusCode::OK).await.json();
    assert_eq!((&done["closed"], &done["closed_why"]), (&json!("2026-11-23T12:00:00Z"), &json!("person")));
    let late = send(&site, &write, Method::POST, &path("close"), reason, StatusCode::CONFLICT).await;
    assert_eq!(late.json()["code"], "closed");
    let read = key(&site, Scope::Read).await;
    send(&site, &read, Method::POST, &path("note"), json!({ "note": "x" }), StatusCode::NOT_FOUND).await;
}

#[tokio::test]
async fn servers_jobs_and_labels_are_changed() {
    let site = filled().await;
    let write = key(&site, Scope::Write).await;
    let patch = json!({ "alias": "Storage", "archived": true });
    let server = send(&site, &write, Method::PATCH, "/api/v1/servers/1", patch, StatusCode::OK).await.json();
    assert_eq!((&server["alias"], &server["archived"]), (&json!("Storage"), &json!("2026-11-23T12:00:00Z")));
    let patch = json!({ "notes": "important" });
    let job = send(&site, &write, Method::PATCH, "/api/v1/jobs/2", patch, StatusCode::OK).await.json();
    assert_eq!((&job["notes"], &job["name"]), (&json!("important"), &json!("Documents")));
    let tags = json!({ "tags": ["daily", "off-site"] });
    let job = send(&site, &write, Method::PUT, "/api/v1/jobs/2/tags", tags, StatusCode::OK).await.json();
    assert_eq!(job["tags"], json!(["daily", "off-site"]));
    let labels = json!({ "servers": [2], "group": "Customer" });
    let done = send(&site, &write, Method::POST, "/api/v1/labels", labels, StatusCode::OK).await;
    assert_eq!(done.json(), json!({ "changed": 1 }));
    let group = rows(&site.get("/api/v1/groups").await)[0].clone();
    assert_eq!((&group["name"], &group["servers"]), (&json!("Customer"), &json!(1)));
    let path = format!("/api/v1/groups/{}", group["id"]);
    send(&site, &write, Method::PATCH, &path, json!({ "name": "Other" }), StatusCode::OK).await;
    assert_eq!(rows(&site.get("/api/v1/groups").await)[0]["name"], "Other");
    let gone = ask(&site, &write, Method::DELETE, &path, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT, "{gone:?}");
    assert!(rows(&site.get("/api/v1/groups").await).is_empty());
}

#[tokio::test]
async fn schedules_pauses_and_maintenance_windows_are_set() {
    let site = filled().await;
    let write = key(&site, Scope::Write).await;
    let rule =
        json!({ "target": { "jobs": [1] }, "schedule": "every", "every": 1, "unit": "D", "at": "02:00" });
    let done = send(&site, &write, Method::POST, "/api/v1/schedules", rule, StatusCode::OK).await;
    assert_eq!(done.json(), json!({ "changed": 1 }));
    let set = rows(&site.get("/api/v1/schedules?source=set").await);
    assert_eq!((&set[0]["times"]["unit"], &set[0]["times"]["second_of_day"]), (&json!("days"), &json!(7200)));
    for target in [json!({}), json!({ "jobs": [1], "site": true }), json!({ "site": false })] {
        let wrong = json!({ "target": target, "schedule": "never" });
        let answer =
            send(&site, &write, Method::POST, "/api/v1/schedules", wrong, StatusCode::BAD_REQUEST).await;
        assert_eq!(answer.json()["field"], "target");
    }
    let pause = json!({ "target": { "server": 1 }, "until": "2026-11-24T12:00:00Z", "reason": "moving" });
    send(&site, &write, Method::POST, "/api/v1/pauses", pause, StatusCode::OK).await;
    let paused = site.get("/api/v1/jobs/1").await.json();
    assert_eq!(paused["state"]["verdict"], "paused", "{paused}");
    let pauses = rows(&site.get("/api/v1/pauses").await);
    assert_eq!((&pauses[0]["server"], &pauses[0]["reason"]), (&json!(1), &json!("moving")), "{pauses:?}");
    assert_eq!(pauses[0]["until"], "2026-11-24T12:00:00Z", "{pauses:?}");
    let end = json!({ "target": { "server": 1 } });
    send(&site, &write, Method::POST, "/api/v1/pauses/end", end, StatusCode::OK).await;
    let ended = rows(&site.get("/api/v1/pauses").await);
    assert_eq!((ended.len(), &ended[0]["until"]), (1, &json!("2026-11-23T12:00:00Z")), "{ended:?}");
    let once = json!({
        "target": { "site": true }, "kind": "once", "name": "move",
        "from": "2026-11-25T12:00:00Z", "until": "2026-11-25T18:00:00Z",
    });
    send(&site, &write, Method::POST, "/api/v1/maintenance-windows", once, StatusCode::OK).await;
    let windows = rows(&site.get("/api/v1/maintenance-windows").await);
    assert_eq!((&windows[0]["name"], &windows[0]["server"]), (&json!("move"), &Value::Null), "{windows:?}");
    assert_eq!(windows[0]["times"]["once"]["from"], "2026-11-25T12:00:00Z", "{windows:?}");
    let path = format!("/api/v1/maintenance-windows/{}", windows[0]["id"]);
    assert_eq!(ask(&site, &write, Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ask(&site, &write, Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn kinds_of_warnings_are_accepted_and_withdrawn_and_rejected_reports_dismissed() {
    let site = filled().await;
    let write = key(&site, Scope::Write).await;
    let kinds = rows(&site.get("/api/v1/jobs/1/warning-kinds").await);
    let kind = kinds[0]["kind"].as_str().unwrap().to_owned();
    assert_eq!((&kinds[0]["count"], &kinds[0]["last_run"]), (&json!(1), &json!(2)), "{kinds:?}");
    let wanted = json!({ "job": 1, "kind": kind });
    send(&site, &write, Method::POST, "/api/v1/warning-kinds", wanted, StatusCode::NO_CONTENT).await;
    assert_eq!(rows(&site.get("/api/v1/jobs/1/warning-kinds").await)[0]["accepted_for"], "job");
    let accepted = rows(&site.get("/api/v1/warning-kinds").await);
    assert_eq!((&accepted[0]["job"], &accepted[0]["until"]), (&json!(1), &Value::Null));
    let missing = json!({ "job": 99, "kind": "x" });
    send(&site, &write, Method::POST, "/api/v1/warning-kinds", missing, StatusCode::NOT_FOUND).await;
    let kind = percent_encoding::utf8_percent_encode(&kind, percent_encoding::NON_ALPHANUMERIC).to_string();
    let path = format!("/api/v1/warning-kinds?job=1&kind={kind}");
    assert_eq!(ask(&site, &write, Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert!(rows(&site.get("/api/v1/warning-kinds").await).is_empty());

    site.post("/api/upload", "{\"what\": ").await;
    assert_eq!(site.rejected().await.len(), 1);
    let list = rows(&site.get("/api/v1/rejected").await);
    let path = format!("/api/v1/rejected/{}", list[0]["id"]);
    assert_eq!(ask(&site, &write, Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ask(&site, &write, Method::DELETE, &path, None).await.status, StatusCode::NOT_FOUND);
    site.post("/api/upload", "{\"what\": ").await;
    assert_eq!(site.rejected().await.len(), 1);
    let until = json!({ "until": "2026-11-23T12:00:00Z" });
    send(&site, &write, Method::POST, "/api/v1/rejected/dismiss", until, StatusCode::NO_CONTENT).await;
    assert!(rows(&site.get("/api/v1/rejected").await).is_empty());
}

#[tokio::test]
async fn a_post_with_a_key_of_its_own_is_done_once() {
    let site = filled().await;
    let write = key(&site, Scope::Write).await;
    let incident = rows(&site.get("/api/v1/incidents").await)[0]["id"].clone();
    let path = format!("/api/v1/incidents/{incident}/note");
    let note = async |idempotency: &str, note: &str| {
        let request = Request::post(&path)
            .header(header::AUTHORIZATION, &write)
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", idempotency)
            .body(Body::from(json!({ "note": note }).to_string()))
            .unwrap();
        site.send_as_it_is(request).await
    };
    let notes = async || {
        let timeline = site.get(&format!("/api/v1/incidents/{incident}")).await.json()["timeline"].clone();
        timeline.as_array().unwrap().iter().filter(|entry| !entry["note"].is_null()).count()
    };
    let first = note("a", "one").await;
    let again = note("a", "one").await;
    assert_eq!((first.status, first.body.as_str()), (again.status, again.body.as_str()));
    assert_eq!(again.headers.get("idempotent-replayed").map(|word| word.to_str().unwrap()), Some("true"));
    assert_eq!(notes().await, 1);
    let other = note("a", "two").await;
    assert_eq!(
        (other.status, &other.json()["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("reused_key"))
    );
    assert_eq!(note("b", "two").await.status, StatusCode::OK);
    assert_eq!(notes().await, 2);
    assert_eq!(note(&"x".repeat(201), "three").await.status, StatusCode::BAD_REQUEST);
}
