//! Client addresses: only a trusted proxy's headers count.

use std::sync::Arc;

use axum::http::{HeaderName, Request, StatusCode, header};
use duplistatus::service::{Actor, ingest::rejected};
use server::{client::Proxies, state::AppState};

use crate::site::{Site, deep, get, post, report};

/// Requests of the test come from 192.0.2.7.
fn behind_proxy(state: &mut AppState) {
    state.proxies = Arc::new(Proxies::new("192.0.2.0/24".parse().unwrap()));
}

fn forwarded<B>(mut request: Request<B>, client: &str) -> Request<B> {
    let pairs = [
        ("x-forwarded-for", client),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "outside.example"),
    ];
    for (name, value) in pairs {
        request.headers_mut().insert(HeaderName::from_static(name), value.parse().unwrap());
    }
    request
}

async fn source_of_rejected(site: &Site) -> String {
    rejected::write_waiting(&site.state.services).await.unwrap();
    let page = rejected::list(&site.state.services, &Actor::CommandLine, 1).await.unwrap();
    page.rows.into_iter().next().unwrap().source
}

#[tokio::test]
async fn refused_reports_name_the_sender_and_not_the_proxy() {
    let refused = || forwarded(post("/api/upload/wrong", "application/json", report(2)), "203.0.113.9");
    let site = Site::with("", |_| {}, behind_proxy);
    assert_eq!(site.send(refused()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(source_of_rejected(&site).await, "203.0.113.9");
    assert_eq!(site.state.proxies.saw_untrusted(), None);

    let site = Site::new();
    assert_eq!(site.send(refused()).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(source_of_rejected(&site).await, "192.0.2.7");
    assert_eq!(site.state.proxies.saw_untrusted().unwrap().to_string(), "192.0.2.7");
}

#[tokio::test]
async fn senders_behind_one_proxy_are_slowed_down_one_by_one_and_cannot_hide() {
    let site = Site::with("", |_| {}, behind_proxy);
    let wrong = |client: &str| forwarded(post("/api/upload/wrong", "application/json", report(2)), client);
    for number in 0..61 {
        // What a sender adds in front of its own address changes nothing.
        site.send(wrong(&format!("198.51.100.{number}, 203.0.113.9"))).await;
    }
    assert_eq!(site.send(wrong("203.0.113.9")).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(site.send(wrong("203.0.113.10")).await.status, StatusCode::UNAUTHORIZED);

    let site = Site::new();
    for number in 0..61 {
        site.send(wrong(&format!("198.51.100.{number}"))).await;
    }
    assert_eq!(site.send(wrong("203.0.113.10")).await.status, StatusCode::TOO_MANY_REQUESTS, "one peer");
}

/// Returns the address that the page of a new key shows.
async fn shown_address(site: &Site) -> String {
    let form = "application/x-www-form-urlencoded";
    let mut request = post("/api/fn/create_key", form, "server=nas&page=%2Fsettings%2Fkeys");
    request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    request.headers_mut().insert(header::REFERER, "http://backup.example/settings/keys".parse().unwrap());
    let location = site.send(request).await.header(header::LOCATION).to_owned();
    let page = site.send(forwarded(get(&location), "203.0.113.9")).await.body;
    // The only address on the page that ends in a secret.
    let ends = page.match_indices("/api/upload/");
    let end = ends.map(|(at, _)| at).find(|at| page[at + 12..].chars().take(20).all(char::is_alphanumeric));
    let before = &page[..end.unwrap()];
    before[before.rfind("http").unwrap()..].to_owned()
}

#[test]
fn shown_addresses_have_the_scheme_and_host_that_the_browser_used() {
    deep(|| async {
        assert_eq!(shown_address(&Site::new()).await, "http://backup.example");
        assert_eq!(shown_address(&Site::with("", |_| {}, behind_proxy)).await, "https://outside.example");
        let site = Site::with("", |_| {}, |state| state.public_url = "https://said.example/".parse().ok());
        assert_eq!(shown_address(&site).await, "https://said.example");
    });
}

#[tokio::test]
async fn only_tls_is_kept_for_the_future() {
    let hsts = async |site: Site| {
        let answer = site.send(forwarded(get("/api/health"), "203.0.113.9")).await;
        answer.header(header::STRICT_TRANSPORT_SECURITY).to_owned()
    };
    assert_eq!(hsts(Site::new()).await, "");
    assert_eq!(hsts(Site::with("", |_| {}, behind_proxy)).await, "max-age=31536000");
    let site = Site::with("", |_| {}, |state| state.public_url = "https://said.example".parse().ok());
    assert_eq!(hsts(site).await, "max-age=31536000");
    let site = Site::with("", |_| {}, |state| state.public_url = "http://said.example".parse().ok());
    assert_eq!(hsts(site).await, "");
}
