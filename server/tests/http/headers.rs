//! Security headers of every kind of response, and redirects that stay on this site.

use axum::http::{HeaderName, Method, StatusCode, header};

use crate::site::{Answer, Site, get, post, report, with_method};

#[track_caller]
fn is_hardened(answer: &Answer, what: &str) {
    let policy = answer.header(header::CONTENT_SECURITY_POLICY);
    assert!(
        policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"),
        "{what}: {policy}"
    );
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{what}: {policy}");
    assert_eq!(answer.header(header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{what}");
    assert_eq!(answer.header(header::X_FRAME_OPTIONS), "DENY", "{what}");
    assert_eq!(answer.header(header::REFERRER_POLICY), "same-origin", "{what}");
    assert!(!answer.header(header::CACHE_CONTROL).is_empty(), "{what}");
    let other = |name| answer.header(HeaderName::from_static(name));
    assert_eq!(other("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(other("cross-origin-resource-policy"), "same-origin", "{what}");
    let permissions = other("permissions-policy");
    for denied in ["camera=()", "microphone=()", "geolocation=()", "payment=()", "usb=()"] {
        assert!(permissions.contains(denied), "{what}: {permissions}");
    }
    assert!(permissions.contains("clipboard-write=(self)") && !permissions.contains("  "), "{permissions}");
}

#[tokio::test]
async fn every_kind_of_answer_is_hardened() {
    let site = Site::new();
    let theme = "application/x-www-form-urlencoded";
    let answers = [
        ("page", site.get("/").await, 200),
        ("missing page", site.get("/nope").await, 404),
        ("missing file", site.get("/pkg/nope.js").await, 404),
        ("missing door", site.get("/api/nope").await, 404),
        ("health", site.get("/api/health").await, 200),
        ("refused report", site.post("/api/upload", report(2)).await, 401),
        ("redirect", site.send(post("/api/theme", theme, "theme=dark")).await, 303),
        ("unreadable form", site.send(post("/api/theme", "text/plain", "x")).await, 415),
        ("wrong method", site.send(with_method(get("/api/health"), Method::DELETE)).await, 405),
        ("server function", site.post("/api/fn/keys", "{}").await, 200),
        ("failing server function", site.post("/api/fn/keys", "[").await, 0),
        ("outside of the base path", Site::with("/duplistatus", |_| {}, |_| {}).get("/other").await, 404),
    ];
    for (what, answer, status) in &answers {
        assert!(*status == 0 || answer.status.as_u16() == *status, "{what}: {answer:?}");
        is_hardened(answer, what);
    }
}

#[tokio::test]
async fn the_pages_scripts_carry_the_nonce_of_its_policy() {
    let site = Site::new();
    let mut nonces = Vec::new();
    for path in ["/", "/settings/keys", "/nope"] {
        let answer = site.get(path).await;
        let policy = answer.header(header::CONTENT_SECURITY_POLICY);
        let nonce =
            policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
        assert!(nonce.len() >= 16, "{path}: {policy}");
        assert!(policy.contains("style-src 'self';"), "{policy}");
        let scripts: Vec<&str> = answer.body.split("<script").skip(1).collect();
        assert!(!scripts.is_empty());
        for script in scripts {
            let tag = script.split('>').next().unwrap_or_default();
            assert!(tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: {tag}");
        }
        for forbidden in [" style=\"", "<style", " onclick=", "javascript:"] {
            assert!(!answer.body.contains(forbidden), "{path}: {forbidden}");
        }
        nonces.push(nonce.to_owned());
    }
    nonces.dedup();
    assert_eq!(nonces.len(), 3, "a nonce is used once");
}

#[tokio::test]
async fn choosing_colours_never_leads_elsewhere() {
    let form = "application/x-www-form-urlencoded";
    for (base, home) in [("", "/"), ("/duplistatus", "/duplistatus/")] {
        let site = Site::with(base, |_| {}, |_| {});
        let url = format!("{base}/api/theme");
        let answer = site.send(post(&url, form, "theme=dark&page=%2Fsettings%2Fkeys%3Fa%3D1")).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.header(header::LOCATION), format!("{base}/settings/keys?a=1"));
        let cookie = answer.header(header::SET_COOKIE);
        assert!(cookie.contains("duplistatus-theme=dark;") && cookie.contains("SameSite=Lax"), "{cookie}");
        let elsewhere = [
            "",
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "/a\r\nX: y",
            "javascript:x",
        ];
        for page in elsewhere {
            let encoded: String = page.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let answer = site.send(post(&url, form, format!("theme=dark&page={encoded}"))).await;
            assert_eq!(answer.header(header::LOCATION), home, "{page:?}");
        }
        let answer = site.send(post(&url, form, "theme=%3Bevil&page=%2F")).await;
        assert!(answer.header(header::SET_COOKIE).contains("=system;"), "{answer:?}");
    }
}
