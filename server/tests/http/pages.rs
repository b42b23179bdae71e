//! Every page is complete HTML, whatever a report contains.

use axum::http::{StatusCode, header};
use serde_json::json;

use crate::site::{Answer, Site, deep, report};

#[track_caller]
fn is_page(answer: &Answer, path: &str) {
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    assert!(answer.header(header::CONTENT_TYPE).starts_with("text/html"), "{path}: {:?}", answer.headers);
    assert!(answer.body.starts_with("<!DOCTYPE html>") && answer.body.contains("</html>"), "{path}");
}

#[test]
fn every_page_is_complete_html_and_shows_hostile_text_as_text() {
    deep(|| async {
        let site = Site::open();
        for path in ["/", "/rejected", "/settings/keys"] {
            is_page(&site.get(path).await, path);
        }
        let hostile = "</title><img src=x onerror=alert(1)><script>alert(2)</script>\"'";
        let mut sent = report(2);
        sent["Extra"]["machine-name"] = json!(hostile);
        sent["Extra"]["backup-name"] = json!(hostile);
        sent["Data"]["ParsedResult"] = json!("Error");
        sent["LogLines"] = json!([format!("2026-11-23 02:00:00 +00 - [Error-A-B]: {hostile}")]);
        sent["Exception"] = json!(hostile);
        assert_eq!(site.post("/api/upload", &sent).await.status, StatusCode::OK);
        site.post("/api/upload", format!("{{{hostile}")).await;
        assert_eq!(site.rejected().await.len(), 1);
        let paths = [
            "/",
            "/?filter=attention&search=%3Cimg",
            "/servers/1",
            "/jobs/1",
            "/runs/1",
            "/runs/1/raw",
            "/rejected",
            "/settings/keys",
        ];
        for path in paths {
            let answer = site.get(path).await;
            is_page(&answer, path);
            assert!(!answer.body.contains("<img src=x") && !answer.body.contains("<script>alert"), "{path}");
        }
    });
}

#[test]
fn what_does_not_exist_is_a_page_that_says_so() {
    deep(|| async {
        let site = Site::new();
        for path in ["/nope", "/runs/99", "/runs/99/raw", "/servers/99", "/runs/abc", "/servers/-1"] {
            let answer = site.get(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(answer.body.contains("</html>"), "{path}");
        }
    });
}

#[test]
fn odd_queries_are_no_errors() {
    deep(|| async {
        let site = Site::open();
        site.post("/api/upload", report(2)).await;
        for path in [
            "/?page=-5",
            "/?page=99999999999999999999",
            "/?filter=nope&sort=%00",
            "/servers/1?range=x&sort=y&page=0&job=abc",
            "/runs/1?lines=x&page=1e9",
            "/rejected?page=999",
        ] {
            assert_eq!(site.get(path).await.status, StatusCode::OK, "{path}");
        }
    });
}

#[test]
fn the_history_of_a_server_shows_one_day_and_ignores_what_is_none() {
    deep(|| async {
        let site = Site::open();
        site.post("/api/upload", report(2)).await;
        let day = site.get("/servers/1?day=2026-11-23").await;
        is_page(&day, "a day with a run");
        assert!(day.body.contains("23 Nov 2026<span aria-hidden=\"true\"> ×</span>"), "{}", day.body);
        assert!(day.body.contains("href=\"/servers/1#history\""), "the way back: {}", day.body);
        assert!(day.body.contains("href=\"/runs/1\""), "{}", day.body);
        let calendar = site.get("/servers/1").await.body;
        assert!(
            calendar.contains("href=\"/servers/1?day=2026-11-23#history\""),
            "no script is needed: {calendar}"
        );
        let empty = site.get("/servers/1?day=2026-11-20").await;
        is_page(&empty, "a day without a run");
        assert!(empty.body.contains("No runs started on 20 Nov 2026"), "{}", empty.body);
        for nonsense in ["2026-02-30", "x", "%00", "-1", "99999-01-01", "2026-11-23T00:00", ""] {
            let answer = site.get(&format!("/servers/1?day={nonsense}")).await;
            is_page(&answer, nonsense);
            assert!(answer.body.contains("href=\"/runs/1\""), "{nonsense}: all days are shown");
        }
    });
}
