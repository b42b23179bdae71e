//! Downloads for administrators: the audit log and the log.

use axum::http::{HeaderName, StatusCode, header};
use duplistatus::{
    access::Role,
    dto::log::LogLevel,
    log_buffer::LogEntry,
    service::{Actor, users},
    time::Timestamp,
};

use crate::site::{Answer, Site, get, post};

const DISPOSITION: HeaderName = header::CONTENT_DISPOSITION;

async fn site_with_people() -> Site {
    let site = Site::new();
    site.sign_in("jo", Role::Administrator).await;
    let services = &site.state.services;
    let password = || "seven quiet lanterns".to_owned().into();
    users::create(services, &Actor::CommandLine, "kim", Role::Viewer, Some(password())).await.unwrap();
    site
}

fn lines(answer: &Answer) -> Vec<&str> {
    answer.body.lines().collect()
}

#[tokio::test]
async fn the_audit_trail_is_a_file_of_what_the_filter_lets_pass() {
    let site = site_with_people().await;
    let csv = site.get("/api/v1/audit/export?format=csv&action=user.&actor=command+line&page=7").await;
    assert_eq!(csv.status, StatusCode::OK, "{csv:?}");
    assert_eq!(csv.header(header::CONTENT_TYPE), "text/csv; charset=utf-8");
    assert_eq!(csv.header(DISPOSITION), "attachment; filename=\"duplistatus-audit-2026-11-23.csv\"");
    assert!(lines(&csv)[0].starts_with("at,actor_kind,actor,"), "{}", csv.body);
    assert!(lines(&csv)[1..].iter().all(|line| line.contains(",command_line,command line,,user.")));
    assert!(csv.body.contains(",user.create,user,") && csv.body.contains(",kim,true,"), "{}", csv.body);
    assert!(!csv.body.contains("session.begin"));

    let json = site.get("/api/v1/audit/export?format=json&text=kim&result=ok").await;
    assert_eq!(json.header(header::CONTENT_TYPE), "application/json");
    assert_eq!(json.header(DISPOSITION), "attachment; filename=\"duplistatus-audit-2026-11-23.json\"");
    let entries = json.json();
    assert_eq!(entries.as_array().unwrap().len(), 1, "{entries}");
    assert_eq!(entries[0]["after"]["role"], "viewer");

    let taken = site.get("/api/v1/audit/export?format=json&action=audit.").await.json();
    assert_eq!(taken.as_array().unwrap().len(), 2, "taking the files is recorded: {taken}");
}

#[tokio::test]
async fn a_filter_that_is_not_understood_is_refused_and_not_left_out() {
    let site = site_with_people().await;
    for (path, field) in [
        ("/api/v1/audit/export", "format"),
        ("/api/v1/audit/export?format=xml", "format"),
        ("/api/v1/audit/export?format=csv&from=yesterday", "from"),
        ("/api/v1/audit/export?format=csv&result=perhaps", "result"),
        ("/api/v1/logs?level=loud", "level"),
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(answer.json()["field"], field, "{path}");
    }
    // Each error lists the values of its own parameter only.
    for (path, field, hint) in [
        ("/api/v1/audit/export?format=xml", "format", "use csv or json"),
        (
            "/api/v1/audit/export?format=csv&from=2026-02-30",
            "from",
            "“2026-02-30” is not a date: write it as 2026-11-23",
        ),
        ("/api/v1/audit/export?format=csv&to=soon", "to", "“soon” is not a date: write it as 2026-11-23"),
        ("/api/v1/audit/export?format=csv&result=perhaps", "result", "use ok or failed"),
        ("/api/v1/audit/export?format=csv&page=two", "page", "use a page number from 1"),
        (
            "/api/v1/audit/export?format=csv&acton=user.",
            "query",
            "“acton” is not known: use actor, action, result, from, to, text, page, format",
        ),
        ("/api/v1/logs?level=loud", "level", "use error, warn, info, debug or trace"),
        ("/api/v1/logs?lvl=error", "query", "“lvl” is not known: use level, text, page"),
        ("/api/v1/logs?level=info&level=error", "query", "a parameter is given twice; give each once"),
        ("/api/v1/audit/export?format=csv&page=two", "page", "use a page number from 1"),
        ("/api/v1/logs?page=99999999999999999999", "page", "use a page number from 1"),
        ("/api/v1/jobs?limit=0", "limit", "use a number from 1 to 200"),
        ("/api/v1/rejected?limit=201", "limit", "use a number from 1 to 200"),
        ("/api/v1/runs/export?format=xml", "format", "use json or csv"),
        ("/api/v1/runs/export?log=maybe", "log", "use yes or no"),
        (
            "/api/v1/runs/export?status=splendid",
            "status",
            "“splendid” is not a status: use success, warning, error, fatal or unknown",
        ),
    ] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {answer:?}");
        let said = answer.json();
        assert_eq!((&said["field"], &said["hint"]), (&field.into(), &hint.into()), "{path}");
    }
    for path in ["/api/v1/database/restore?confirm=yes", "/api/v1/database/restore?confirm=true&revive=1"] {
        let answer = site.send(post(path, "application/octet-stream", "x")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {answer:?}");
        assert_eq!(answer.json()["hint"], "use true or false", "{path}");
    }
    let empty = site.get("/api/v1/audit/export?format=csv&from=&to=&result=&actor=&text=").await;
    assert_eq!(empty.status, StatusCode::OK, "an empty field of a form is no filter");
}

#[tokio::test]
async fn the_log_is_a_text_of_the_chosen_lines() {
    let site = site_with_people().await;
    for (level, message) in [
        (LogLevel::Info, "listening"),
        (LogLevel::Error, "disk <img src=x> full\nERROR forged"),
        (LogLevel::Debug, "a step"),
    ] {
        site.state.services.log().push(LogEntry {
            at: Timestamp::from_unix(1_795_435_200),
            level,
            target: "server".into(),
            message: message.into(),
            fields: Vec::new(),
        });
    }
    let log = site.get("/api/v1/logs?level=info").await;
    assert_eq!(log.header(header::CONTENT_TYPE), "text/plain; charset=utf-8");
    assert_eq!(log.header(DISPOSITION), "attachment; filename=\"duplistatus-2026-11-23.log\"");
    assert_eq!(
        lines(&log),
        [
            "2026-11-23T12:00:00Z INFO  server: listening",
            "2026-11-23T12:00:00Z ERROR server: disk <img src=x> full\\nERROR forged",
        ]
    );
    assert_eq!(lines(&site.get("/api/v1/logs?level=trace&text=STEP").await).len(), 1);
    assert_eq!(lines(&site.get("/api/v1/logs?level=error").await).len(), 1);
}

#[tokio::test]
async fn only_administrators_get_them() {
    let site = site_with_people().await;
    let operator = site.sign_in("sam", Role::Operator).await;
    for path in ["/api/v1/audit/export?format=csv", "/api/v1/logs"] {
        let mut request = get(path);
        request.headers_mut().insert(header::COOKIE, operator.parse().unwrap());
        assert_eq!(site.send_as_it_is(request).await.status, StatusCode::NOT_FOUND, "{path}");
        let stranger = site.send_as_it_is(get(path)).await;
        assert_eq!(stranger.header(DISPOSITION), "", "{stranger:?}");
        assert_ne!(stranger.status, StatusCode::OK);
    }
}
