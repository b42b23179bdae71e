//! Badges: their addresses are made by who may manage servers, and show a state without a key.

use axum::{
    body::Body,
    http::{HeaderName, Request, StatusCode, header},
};
use duplistatus::{
    access::Role,
    ids::ServerId,
    service::{Actor, labels},
};
use serde_json::json;

use crate::site::{Answer, Site, report};

async fn address(site: &Site, query: &str) -> String {
    let answer = site.get(&format!("/api/v1/badge{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{query}: {answer:?}");
    answer.json()["path"].as_str().unwrap().to_owned()
}

/// Requests an image as a page of another site does.
async fn image(site: &Site, path: &str) -> Answer {
    let request = Request::get(path).header(header::ACCEPT, "image/svg+xml,image/*,*/*").body(Body::empty());
    site.send_as_it_is(request.unwrap()).await
}

#[tokio::test]
async fn a_badge_shows_the_state_of_the_site_a_group_a_server_or_a_job() {
    let site = Site::with(
        "/status",
        |options| options.open_ingest = true,
        |state| {
            state.public_url = "https://backup.example".parse().ok();
        },
    );
    let mut failed = report(3);
    failed["Data"]["ParsedResult"] = json!("Fatal");
    failed["Extra"]["backup-name"] = json!("Photos & <more>");
    for sent in [report(2), failed] {
        site.post("/status/api/upload", sent).await;
    }
    let group = labels::set_of_server(&site.state.services, &Actor::CommandLine, ServerId(1), "Customer", "");
    group.await.unwrap();
    for (query, text) in [
        ("", "backups: Failed"),
        ("?group=customer", "Customer: Failed"),
        ("?server=1", "nas: Failed"),
        ("?job=1", "nas / Documents: New"),
        ("?job=2", "nas / Photos &amp; &lt;more&gt;: Failed"),
    ] {
        let answer = site.get(&format!("/status/api/v1/badge{query}")).await.json();
        let path = answer["path"].as_str().unwrap();
        assert_eq!(answer["url"], format!("https://backup.example{path}"));
        let shown = image(&site, path).await;
        assert_eq!(shown.status, StatusCode::OK, "{shown:?}");
        assert_eq!(shown.header(header::CONTENT_TYPE), "image/svg+xml");
        assert_eq!(shown.header(HeaderName::from_static("cross-origin-resource-policy")), "cross-origin");
        assert_eq!(shown.header(header::CACHE_CONTROL), "max-age=60");
        assert!(shown.header(header::CONTENT_SECURITY_POLICY).contains("default-src 'none'"));
        assert!(
            shown.body.to_lowercase().contains(&format!("<title>{}</title>", text.to_lowercase())),
            "{text}: {shown:?}"
        );
    }
}

#[tokio::test]
async fn an_address_is_good_for_nothing_else_and_guessing_is_slowed_down() {
    let site = Site::open();
    site.post("/api/upload", report(2)).await;
    let path = address(&site, "?server=1").await;
    assert_eq!(image(&site, path.trim_end_matches(".svg")).await.status, StatusCode::OK);
    let changed = path.replacen("0173", "016a", 1);
    assert_ne!(changed, path, "the token names a server");
    assert_eq!(image(&site, &changed).await.status, StatusCode::NOT_FOUND, "not a job's");
    for wrong in ["/badge/x", "/badge/.svg", "/badge/%ff", "/badge/00"] {
        let status = image(&site, wrong).await.status;
        assert!([StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST].contains(&status), "{wrong}: {status}");
    }
    for _ in 0..30 {
        image(&site, "/badge/wrong").await;
    }
    assert_eq!(image(&site, "/badge/wrong").await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(image(&site, &path).await.status, StatusCode::OK, "a good address does not wait");
}

#[tokio::test]
async fn only_who_manages_servers_makes_an_address_and_only_of_what_exists() {
    let site = Site::open();
    site.post("/api/upload", report(2)).await;
    let viewer = site.sign_in("viewer", Role::Viewer).await;
    let operator = site.sign_in("operator", Role::Operator).await;
    for (cookie, status) in [(viewer, StatusCode::NOT_FOUND), (operator, StatusCode::OK)] {
        let request = Request::get("/api/v1/badge?server=1").header(header::COOKIE, cookie);
        assert_eq!(site.send_as_it_is(request.body(Body::empty()).unwrap()).await.status, status);
    }
    for query in ["?server=9", "?job=9", "?group=none"] {
        assert_eq!(site.get(&format!("/api/v1/badge{query}")).await.status, StatusCode::NOT_FOUND, "{query}");
    }
    for query in ["?server=x", "?server=1&job=1", "?tag=a"] {
        assert_eq!(
            site.get(&format!("/api/v1/badge{query}")).await.status,
            StatusCode::BAD_REQUEST,
            "{query}"
        );
    }
}
