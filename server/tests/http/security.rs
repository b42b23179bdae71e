//! The security page: the check of the public address, and the audit log over the API.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
};

use axum::http::{StatusCode, header};
use duplistatus::{
    access::Role,
    service::{Actor, overview::dashboard, settings},
};

use crate::site::{Answer, Site, deep, post};

const FORM: &str = "/base/api/fn/check_public_url";
const PAGE: &str = "/base/settings/security";

/// Starts a listener on loopback that gives every request this response; returns its origin.
fn listening(status: &'static str, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
            let path = lines.take_while(|line| !line.is_empty()).next().unwrap_or_default();
            let (status, body) =
                if path.starts_with("GET /base/api/health ") { (status, body) } else { ("404 No", "") };
            let head =
                format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            // A client that has read enough closes the connection.
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    origin
}

fn site_at(origin: &str) -> Site {
    Site::with("/base", |_| {}, |state| state.public_url = Some(origin.parse().unwrap()))
}

async fn send_form(site: &Site, cookie: Option<&str>) -> Answer {
    let mut request = post(FORM, "application/x-www-form-urlencoded", "");
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, "text/html".parse().unwrap());
    headers.insert(header::REFERER, format!("http://backup.example{PAGE}").parse().unwrap());
    if let Some(cookie) = cookie {
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        return site.send_as_it_is(request).await;
    }
    site.send(request).await
}

#[test]
fn the_page_says_what_answers_at_the_public_address() {
    deep(|| async {
        let health = r#"{"status":"healthy","version":"0.1.0","database":"ok"}"#;
        for (status, body, said) in [
            ("200 OK", health, "duplistatus responds at this address"),
            ("200 OK", "<h1>Welcome to nginx</h1>", "Another program responds at this address"),
            ("401 Unauthorized", "", "A sign-in is required in front of duplistatus"),
            ("404 Not Found", "", "There is no duplistatus at this address"),
            ("502 Bad Gateway", "", "The proxy does not reach duplistatus"),
            ("302 Found\r\nLocation: https://elsewhere.example/", "", "This address redirects elsewhere"),
        ] {
            let origin = listening(status, body);
            let site = site_at(&origin);
            let before = site.get(PAGE).await;
            assert_eq!(before.status, StatusCode::OK);
            assert!(before.body.contains(&format!("action=\"{FORM}#public-address\"")), "{}", before.body);
            assert!(
                before.body.contains(&format!("{origin}/base"))
                    && !before.body.contains("was checked from this machine today")
            );

            let answer = send_form(&site, None).await;
            assert_eq!(
                (answer.status, answer.header(header::LOCATION)),
                (StatusCode::FOUND, PAGE),
                "{answer:?}"
            );
            let after = site.get(PAGE).await.body;
            assert!(after.contains(said), "{status}: {after}");
            assert!(
                after.contains(&format!("{origin}/base was checked from this machine today 12:00")),
                "{status}"
            );
        }
    });
}

#[test]
fn without_a_public_url_the_request_decides_and_private_networks_stay_closed() {
    deep(|| async {
        let site = Site::with("/base", |_| {}, |_| {});
        let origin = listening("200 OK", "{}");
        let ask = async || {
            let mut request = post(FORM, "application/x-www-form-urlencoded", "");
            request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
            request.headers_mut().insert(header::HOST, origin.trim_start_matches("http://").parse().unwrap());
            assert_eq!(site.send(request).await.status, StatusCode::FOUND);
            site.get(PAGE).await.body
        };
        assert!(ask().await.contains("This address leads to this machine only"));
        let mut settings = site.state.services.settings();
        settings.private_networks = true;
        settings::change(&site.state.services, &Actor::CommandLine, settings).await.unwrap();
        assert!(ask().await.contains("Another program responds at this address"));
    });
}

#[test]
fn only_administrators_make_the_program_ask() {
    deep(|| async {
        let site = site_at(&listening("200 OK", "{}"));
        for role in [Role::Viewer, Role::Operator] {
            let cookie = site.sign_in(role.as_str(), role).await;
            assert_eq!(send_form(&site, Some(&cookie)).await.status, StatusCode::NOT_FOUND);
        }
        let stranger = send_form(&site, Some("duplistatus-session=wrong")).await;
        assert!(!matches!(stranger.header(header::LOCATION), PAGE | ""), "{stranger:?}");
        assert!(!site.get(PAGE).await.body.contains("was checked from this machine today"));
    });
}

#[tokio::test]
async fn the_audit_api_takes_the_filters_of_the_page() {
    let site = Site::new();
    site.sign_in("jo", Role::Administrator).await;
    site.sign_in("kim", Role::Viewer).await;
    let rows = async |query: &str| {
        let answer = site.get(&format!("/api/v1/audit{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {answer:?}");
        let page = answer.json();
        let names = page["data"].as_array().unwrap().iter();
        names
            .map(|row| format!("{} {}", row["action"], row["target"]).replace('"', ""))
            .collect::<Vec<String>>()
    };
    let all = rows("").await;
    assert!(all.contains(&"session.begin kim".to_owned()), "{all:?}");
    let made = rows("?action=user.&actor=command+line").await;
    assert_eq!(made, ["user.create root", "user.create kim", "user.create jo"]);
    assert_eq!(rows("?action=user.create&text=kim").await, ["user.create kim"]);
    assert!(rows("?success=false").await.is_empty());
    let day = "from=2026-11-23T00:00:00Z&until=2026-11-24T00:00:00Z";
    assert_eq!(rows(&format!("?{day}&success=true")).await, all);
    assert!(rows("?until=2026-11-23T00:00:00Z").await.is_empty());

    for (query, field) in [
        ("?from=yesterday", "from"),
        ("?until=1", "until"),
        ("?success=perhaps", "success"),
        ("?limit=no", "limit"),
    ] {
        let refused = site.get(&format!("/api/v1/audit{query}")).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{query}");
        assert_eq!(refused.json()["field"], field, "{query}");
    }
}

#[tokio::test]
async fn who_cannot_look_at_refused_reports_is_not_told_of_any() {
    let site = Site::open();
    assert_eq!(site.post("/api/upload", "{\"what\": ").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(site.rejected().await.len(), 1);
    for (role, told) in [(Role::Viewer, 0), (Role::Operator, 1)] {
        let user = site.actor(&site.sign_in(role.as_str(), role).await).await;
        let shown = dashboard::show(&site.state.services, &user, Default::default()).await.unwrap();
        assert_eq!(shown.rejected_recently, told, "{}", role.as_str());
    }
}
