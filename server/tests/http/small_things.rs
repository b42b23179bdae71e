//! What pages say after an action, and answers to small mistakes.

use axum::http::{Method, StatusCode, header};
use duplistatus::access::Role;
use serde_json::json;

use crate::site::{Answer, Site, deep, get, report, with_method};

/// What a browser that is led somewhere sees there.
async fn follow(site: &Site, answer: &Answer) -> String {
    let location = answer.header(header::LOCATION);
    let path = location.strip_prefix("http://backup.example").unwrap_or(location);
    shown(site, path.split('#').next().unwrap_or_default()).await
}

/// The page as it is shown: all texts of the program are in its head.
async fn shown(site: &Site, path: &str) -> String {
    let html = site.get(path).await.body.replace("<!>", "");
    let (_, main) = html.split_once("<main").unwrap();
    main.split_once("</main>").unwrap().0.to_owned()
}

async fn failed_run(site: &Site) {
    let mut failed = report(2);
    failed["Data"]["ParsedResult"] = json!("Error");
    let error = "2026-11-23 02:01:00 +00 - [Error-Some-Kind]: The file photo\u{202E}gpj.exe is locked";
    failed["Data"]["Errors"] = json!([error]);
    failed["Data"]["ErrorsActualLength"] = json!(1);
    assert_eq!(site.post("/api/upload", &failed).await.status, StatusCode::OK);
}

#[test]
fn an_id_that_is_none_is_said_without_types_of_the_program() {
    deep(|| async {
        let site = Site::new();
        for (method, path, field) in [
            (Method::GET, "/api/v1/servers/abc", "server"),
            (Method::GET, "/api/v1/runs/abc", "run"),
            (Method::GET, "/api/v1/runs/1.5/raw", "run"),
            (Method::GET, "/api/v1/runs/99999999999999999999", "run"),
            (Method::DELETE, "/api/v1/ingest-keys/%00", "key"),
        ] {
            let answer = site.send(with_method(get(path), method)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}: {answer:?}");
            let json = answer.json();
            assert_eq!((&json["field"], &json["detail"]), (&json!(field), &json!("invalid id")), "{path}");
            assert!(json["hint"].as_str().unwrap().contains("such as 17"), "{path}: {json}");
            assert!(!answer.body.contains("i64"), "{path}: {answer:?}");
        }
    });
}

#[test]
fn the_settings_lead_to_the_first_page_that_the_viewer_may_see() {
    deep(|| async {
        let site = Site::new();
        let answer = site.get("/settings").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
        assert_eq!(answer.header(header::LOCATION), "/settings/keys");
        let viewer = site.sign_in("vera", Role::Viewer).await;
        let mut request = get("/settings");
        request.headers_mut().insert(header::COOKIE, viewer.parse().unwrap());
        let answer = site.send(request).await;
        assert_eq!(answer.header(header::LOCATION), "/settings/schedules", "{answer:?}");
        assert_eq!(site.get("/settings/none").await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn what_was_done_about_an_incident_is_said_there_and_on_the_dashboard() {
    deep(|| async {
        let site = Site::open();
        failed_run(&site).await;
        let page = shown(&site, "/").await;
        assert!(!page.contains("Acknowledged by") && !page.contains("Snoozed until"), "{page}");

        let nothing = site.submit("handle_incidents", "/incidents", "act=acknowledge&note=x&hours=1").await;
        let page = follow(&site, &nothing).await;
        assert!(page.contains("ick at least one incident") && page.contains("value=\"x\""), "{page}");

        let noted =
            site.submit("handle_incidents", "/jobs/1", "ids[]=1&job=1&act=note&note=disk+ordered").await;
        let page = follow(&site, &noted).await;
        assert!(page.contains("Note saved."), "{page}");
        let page = shown(&site, "/incidents").await;
        assert!(page.contains("Note by root") && page.contains("disk ordered"), "{page}");
        let empty = site.submit("handle_incidents", "/jobs/1", "ids[]=1&job=1&act=note&note=").await;
        assert!(follow(&site, &empty).await.contains("incident-note-wrong"), "an empty note is none");

        let done = site.submit("handle_incidents", "/incidents", "ids[]=1&act=acknowledge&note=").await;
        assert!(follow(&site, &done).await.contains("Acknowledged."));
        let page = shown(&site, "/").await;
        assert_eq!(page.matches("Acknowledged by root, ").count(), 2, "the card and the row: {page}");

        let done = site.submit("handle_incidents", "/incidents", "ids[]=1&act=snooze&hours=24").await;
        assert!(follow(&site, &done).await.contains("Snoozed until "));
        let page = shown(&site, "/").await;
        assert_eq!(page.matches("Snoozed until ").count(), 2, "{page}");
        assert!(page.contains("title=\"Acknowledged by root, "), "{page}");

        let done = site.submit("handle_incidents", "/jobs/1", "ids[]=1&job=1&act=close&note=known").await;
        assert!(follow(&site, &done).await.contains("Closed."));
        let page = shown(&site, "/").await;
        assert_eq!(page.matches(", but not resolved").count(), 2, "{page}");
    });
}

#[test]
fn characters_that_turn_a_text_around_are_seen() {
    deep(|| async {
        let site = Site::open();
        failed_run(&site).await;
        for path in ["/", "/jobs/1", "/incidents", "/runs/1"] {
            let page = shown(&site, path).await;
            assert!(page.contains("photo[U+202E]gpj.exe"), "{path}: {page}");
            assert!(!page.contains('\u{202E}'), "{path}: {page}");
        }
    });
}

#[test]
fn a_report_with_wrong_days_keeps_its_form_and_marks_the_field() {
    deep(|| async {
        let site = Site::open();
        failed_run(&site).await;
        for (query, field) in [
            ("from=2026-11-23&to=2026-11-01", "to"),
            ("from=2026-13-01&to=2026-11-01", "from"),
            ("from=2024-01-01&to=2026-11-01", "to"),
        ] {
            let page = shown(&site, &format!("/report?{query}")).await;
            assert!(page.contains(&format!("id=\"{field}-wrong\"")), "{query}: {page}");
            assert_eq!(page.matches("aria-invalid=\"true\"").count(), 1, "{query}: {page}");
            let (_, from) = query.split_once("from=").unwrap();
            let from = from.split('&').next().unwrap();
            assert!(page.contains(&format!("value=\"{from}\"")), "{query}: {page}");
        }
        let html = site.get("/report?from=2026-10-01&to=2026-10-31").await.body;
        assert!(html.contains("<h2>Backup report of all servers, Oct 2026</h2>"), "{html}");
        assert!(html.contains("<title>Backup report of all servers, Oct 2026"), "{html}");
    });
}

#[test]
fn a_new_address_stays_on_the_dashboard_after_the_first_report() {
    deep(|| async {
        let site = Site::open();
        let made = site.submit("create_key", "/", "server=&page=/&another=false").await;
        let location = made.header(header::LOCATION).replace("http://backup.example", "");
        assert!(location.contains("shown="), "{made:?}");
        failed_run(&site).await;
        let page = shown(&site, location.split('#').next().unwrap()).await;
        assert!(page.contains("/api/upload/") && page.contains("--send-http-json-urls="), "{page}");
        assert!(page.contains("Connect another machine"), "{page}");
        let viewer = site.sign_in("vera", Role::Viewer).await;
        let mut request = get("/");
        request.headers_mut().insert(header::COOKIE, viewer.parse().unwrap());
        let html = site.send(request).await.body;
        let (_, main) = html.split_once("<main").unwrap();
        assert!(!main.contains("Connect another machine"), "who may not create keys is not led to them");
    });
}
