//! The hosts for which the program responds, and how it rejects others.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use duplistatus::{access::Role, service::Actor};
use server::client::Proxies;

use crate::site::{Answer, Site, deep, from_address, get, post, report};

fn at_host(mut request: Request<Body>, host: &str) -> Request<Body> {
    request.headers_mut().insert(header::HOST, host.parse().unwrap());
    request
}

/// Returns a site that lets the local network read and send.
async fn trusting_home() -> Site {
    let site = Site::open();
    site.post("/api/upload", report(2)).await;
    let mut settings = site.state.services.settings();
    settings.local_read_api = true;
    duplistatus::service::settings::change(&site.state.services, &Actor::CommandLine, settings)
        .await
        .unwrap();
    site
}

const HOME: [u8; 4] = [192, 168, 1, 20];
const EVIL: &str = "evil.example:9666";

#[test]
fn a_name_that_a_stranger_made_lead_here_gains_nothing() {
    deep(|| async {
        let site = trusting_home().await;
        let read = |host: &str| {
            let request = Request::get("/api/v1/summary").body(Body::empty()).unwrap();
            site.send_as_it_is(at_host(from_address(request, HOME), host))
        };
        for host in [
            "192.168.1.7:9666",
            "nas:9666",
            "nas.local",
            "localhost:9666",
            "[fd00::7]:9666",
            "backup.example",
        ] {
            assert_eq!(read(host).await.status, StatusCode::OK, "{host}");
        }
        for host in [EVIL, "evil.example", "192.168.1.7.evil.example", "local.evil.example", "a b", ""] {
            let answer: Answer = read(host).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{host}: {answer:?}");
        }
        let send = |request: Request<Body>| site.send_as_it_is(at_host(from_address(request, HOME), EVIL));
        let upload = || post("/api/upload", "application/json", report(3));
        assert_eq!(send(upload()).await.status, StatusCode::MISDIRECTED_REQUEST, "open ingest");
        let mut with_made_up_key = upload();
        with_made_up_key.headers_mut().insert("x-api-key", "x".parse().unwrap());
        assert_eq!(
            send(with_made_up_key).await.status,
            StatusCode::UNAUTHORIZED,
            "a key that is sent is checked"
        );
        for path in ["/", "/login", "/setup", "/nothing", "/api/v1/servers/1", "/api/live"] {
            assert_eq!(send(get(path)).await.status, StatusCode::MISDIRECTED_REQUEST, "{path}");
        }
        let form = post("/api/fn/sign_in", "application/x-www-form-urlencoded", "name=jo&password=x");
        assert_eq!(send(form).await.status, StatusCode::MISDIRECTED_REQUEST);
        // Requests with a key still work, and so do those without a host.
        let key = site.key("").await;
        let upload = send(post(&format!("/api/upload/{key}"), "application/json", report(4))).await;
        assert_eq!(upload.json()["result"], "stored");
        assert_eq!(send(get("/api/health")).await.status, StatusCode::OK);
        let mut wrong_key = get("/api/v1/summary");
        wrong_key.headers_mut().insert("x-api-key", "x".parse().unwrap());
        assert_eq!(send(wrong_key).await.status, StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn the_refusal_names_the_host_and_the_option() {
    deep(|| async {
        let site = Site::new();
        let page = site.send_as_it_is(at_host(get("/login"), EVIL)).await;
        assert!(page.header(header::CONTENT_TYPE).starts_with("text/html"));
        for word in ["<h1>", EVIL, "--allowed-hosts evil.example", "--public-url", "docs/PROXY.md"] {
            assert!(page.body.contains(word), "{word}: {}", page.body);
        }
        let program = Request::get("/api/v1/summary").body(Body::empty()).unwrap();
        let told = site.send_as_it_is(at_host(program, EVIL)).await.json();
        assert_eq!(told["code"], "unknown_host");
        assert!(told["hint"].as_str().unwrap().contains("DUPLISTATUS_ALLOWED_HOSTS"), "{told}");
        let hostile = site.send_as_it_is(at_host(get("/login"), "<script>alert(1)</script>")).await;
        assert_eq!(hostile.status, StatusCode::MISDIRECTED_REQUEST);
        assert!(!hostile.body.contains("<script>"), "{}", hostile.body);
    });
}

#[test]
fn the_public_name_and_allowed_names_are_known() {
    deep(|| async {
        let site = Site::with(
            "",
            |_| {},
            |state| {
                state.public_url = "https://status.example".parse().ok();
                state.hosts = Arc::new("*.home.example".parse().unwrap());
            },
        );
        site.sign_in("jo", Role::Viewer).await;
        for (host, expected) in [
            ("status.example", StatusCode::OK),
            ("nas.home.example:9666", StatusCode::OK),
            ("backup.example", StatusCode::MISDIRECTED_REQUEST),
        ] {
            assert_eq!(site.send_as_it_is(at_host(get("/login"), host)).await.status, expected, "{host}");
        }
        // A trusted proxy says which host was requested.
        let site = Site::with(
            "",
            |_| {},
            |state| {
                state.proxies = Arc::new(Proxies::new("192.0.2.7".parse().unwrap()));
            },
        );
        site.sign_in("jo", Role::Viewer).await;
        let through = |host: &str| {
            let mut request = at_host(get("/login"), "inside:9666");
            request.headers_mut().insert("x-forwarded-host", host.parse().unwrap());
            site.send_as_it_is(request)
        };
        assert_eq!(through("outside.example").await.status, StatusCode::OK);
        assert_eq!(through("evil.example").await.status, StatusCode::MISDIRECTED_REQUEST);
    });
}

#[test]
fn a_proxy_that_does_not_say_for_whom_it_asks_makes_nobody_local() {
    deep(|| async {
        let mut site = trusting_home().await;
        site.trust("192.168.1.20");
        let ask = |headers: &[(&'static str, &str)]| {
            let mut request = Request::get("/api/v1/summary").header(header::HOST, "nas");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            site.send_as_it_is(from_address(request.body(Body::empty()).unwrap(), HOME))
        };
        assert_eq!(ask(&[]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(ask(&[("x-forwarded-for", "")]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(ask(&[("x-forwarded-for", "unknown")]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(ask(&[("x-forwarded-for", "192.168.1.20")]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(ask(&[("x-forwarded-for", "203.0.113.9")]).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(ask(&[("x-forwarded-for", "192.168.1.30")]).await.status, StatusCode::OK);
    });
}
