//! The list of all runs: page, API and files say the same.

use axum::http::{StatusCode, header};
use duplistatus::access::{Role, Scope};
use serde_json::json;

use crate::site::{Site, deep, get, report};

/// Two servers; one of them failed once.
async fn filled() -> Site {
    let site = Site::open();
    for hour in 1..=3 {
        let mut sent = report(hour);
        if hour == 2 {
            sent["Data"]["ParsedResult"] = json!("Fatal");
            sent["Exception"] = json!("System.IO.IOException: the disk is gone");
        }
        assert_eq!(site.post("/api/upload", sent).await.status, StatusCode::OK);
    }
    let mut other = report(4);
    other["Extra"]["machine-id"] = json!("another");
    other["Extra"]["machine-name"] = json!("laptop");
    other["Extra"]["backup-name"] = json!("=cmd|' /C calc'!A0");
    assert_eq!(site.post("/api/upload", other).await.status, StatusCode::OK);
    site
}

#[test]
fn page_api_and_files_have_what_the_filter_leaves() {
    deep(|| async {
        let site = filled().await;
        let page = site.get("/runs").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("4 runs, 2 servers"), "{}", page.body);
        let all = site.get("/api/v1/runs").await.json();
        assert_eq!(all["data"].as_array().map(Vec::len), Some(4), "{all}");
        let failed = "outcome=errors,failed&from=2026-11-23&to=2026-11-23";
        let page = site.get(&format!("/runs?{failed}")).await.body;
        assert!(page.contains("1 run, 1 server") && page.contains("the disk is gone"), "{page}");
        let day = "from=2026-11-23T00:00:00Z&until=2026-11-24T00:00:00Z";
        let found = site.get(&format!("/api/v1/runs?outcome=errors,failed&{day}")).await.json();
        assert_eq!(found["data"].as_array().map(Vec::len), Some(1), "{found}");
        let json = site.get(&format!("/api/v1/runs/download?format=json&{failed}")).await;
        assert_eq!((json.status, json.header(header::CONTENT_TYPE)), (StatusCode::OK, "application/json"));
        assert_eq!(json.json()[0]["headline"], found["data"][0]["headline"]);
        let csv = site.get("/api/v1/runs/download?format=csv&server=laptop&page=9").await;
        assert_eq!(csv.header(header::CONTENT_TYPE), "text/csv; charset=utf-8");
        let named = csv.header(header::CONTENT_DISPOSITION);
        assert!(named.starts_with("attachment; filename=\"duplistatus-runs-2026-"), "{named}");
        assert_eq!(csv.body.lines().count(), 2, "{}", csv.body);
        assert!(csv.body.contains("\"'=cmd|"), "{}", csv.body);
        // The links of the page lead to exactly these.
        assert!(
            page.contains("/api/v1/runs/download?format=csv&amp;outcome=errors%2Cfailed&amp;from=2026-11-23"),
            "{page}"
        );
    });
}

#[test]
fn a_page_shows_more_when_it_does_not_understand_and_a_program_is_told() {
    deep(|| async {
        let site = filled().await;
        for (words, field, hint) in [
            ("outcome=splendid", "outcome", "errors"),
            ("status=perhaps", "status", "success"),
            ("from=yesterday", "from", "RFC 3339"),
            ("until=2026-02-30T00:00:00Z", "until", "RFC 3339"),
            ("sort=colour", "sort", "duration"),
            ("limit=0", "limit", "1 to 200"),
            ("limit=201", "limit", "1 to 200"),
            ("cursor=x", "cursor", "next"),
            ("fields=id,colour", "fields", "started"),
            ("server=nas", "server", "digit"),
            ("servr=1", "query", "not known"),
            ("server=1&server=2", "query", "twice"),
            ("format=csv", "query", "not known"),
        ] {
            let refused = site.get(&format!("/api/v1/runs?{words}")).await;
            assert_eq!(
                (refused.status, &refused.json()["field"]),
                (StatusCode::BAD_REQUEST, &json!(field)),
                "{words}"
            );
            assert!(
                refused.json()["hint"].as_str().is_some_and(|said| said.contains(hint)),
                "{words}: {refused:?}"
            );
        }
        for words in ["", "format=xml", "format=csv&sort=colour"] {
            let refused = site.get(&format!("/api/v1/runs/download?{words}")).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{words}");
        }
        let page = site.get("/runs?outcome=splendid&sort=colour&page=-3").await;
        assert!(page.status == StatusCode::OK && page.body.contains("4 runs, 2 servers"));
        let wrong = site.get("/runs?from=2026-11-23&to=2026-11-22").await;
        assert!(wrong.body.contains("is before 2026-11-23"), "{}", wrong.body);
    });
}

#[test]
fn who_sees_backups_sees_the_list_and_its_files() {
    deep(|| async {
        let site = filled().await;
        let cookie = site.sign_in("vi", Role::Viewer).await;
        for path in ["/runs", "/api/v1/runs", "/api/v1/runs/download?format=csv"] {
            let mut request = get(path);
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
            assert_eq!(site.send_as_it_is(request).await.status, StatusCode::OK, "{path}");
            let stranger = site.send_as_it_is(get(path)).await.status;
            assert!(stranger == StatusCode::UNAUTHORIZED || stranger.is_redirection(), "{path}: {stranger}");
        }
        assert_eq!(Scope::Read.role(), Role::Viewer);
    });
}

#[test]
fn failures_of_the_week_are_one_click_from_the_dashboard() {
    deep(|| async {
        let site = filled().await;
        let html = site.get("/").await.body;
        let today = site.state.services.clock().now().utc_day();
        let link = format!("/runs?outcome=errors%2Cfailed&amp;from={}", today.plus(-6));
        assert!(html.contains(&link), "{link}: {html}");
    });
}
