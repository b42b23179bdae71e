//! Signing in and out as browsers do: forms, cookies, redirects, streams.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use duplistatus::{
    access::Role,
    service::{Actor, users, users::setup},
};
use futures::StreamExt as _;
use tokio::time::timeout;

use crate::site::{Answer, Site, deep, get, post};

const FORM: &str = "application/x-www-form-urlencoded";
const SOON: Duration = Duration::from_secs(10);

/// Returns a form as a browser sends it from one of our pages.
fn form(path: &str, from: &str, fields: &str) -> Request<Body> {
    let mut request = post(path, FORM, fields);
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, "text/html".parse().unwrap());
    headers.insert(header::HOST, "backup.example".parse().unwrap());
    headers.insert(header::REFERER, format!("http://backup.example{from}").parse().unwrap());
    request
}

fn cookie(answer: &Answer) -> String {
    answer.header(header::SET_COOKIE).split(';').next().unwrap().to_owned()
}

fn with_cookie(mut request: Request<Body>, cookie: &str) -> Request<Body> {
    request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    request
}

#[test]
fn a_person_signs_in_goes_on_and_signs_out() {
    deep(|| async {
        let site = Site::new();
        site.sign_in("jo", Role::Viewer).await;
        let fields = "name=Jo&password=a+long+row+of+words+7&next=%2Fservers%2F1%3Fjob%3D2";
        let answer = site.send_as_it_is(form("/api/fn/sign_in", "/login", fields)).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{answer:?}");
        assert_eq!(answer.header(header::LOCATION), "/servers/1?job=2");
        let set = answer.header(header::SET_COOKIE);
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(set.contains(attribute), "{set}");
        }
        let cookie = cookie(&answer);
        let page = site.send_as_it_is(with_cookie(get("/"), &cookie)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("data-viewer=\"jo\"") && page.body.contains("data-role=\"viewer\""));
        assert!(
            !page.body.contains("href=\"/settings/keys\""),
            "a viewer is not offered what is not allowed"
        );

        let out = site.send_as_it_is(with_cookie(form("/api/fn/sign_out", "/", ""), &cookie)).await;
        assert_eq!(out.header(header::LOCATION), "/login");
        assert!(out.header(header::SET_COOKIE).contains("Max-Age=0"), "{out:?}");
        let page = site.send_as_it_is(with_cookie(get("/"), &cookie)).await;
        assert_eq!(page.header(header::LOCATION), "/login");
    });
}

#[test]
fn a_wrong_password_leads_back_and_says_so() {
    deep(|| async {
        let site = Site::new();
        site.sign_in("jo", Role::Viewer).await;
        for name in ["jo", "nobody"] {
            let fields = format!("name={name}&password=wrong&next=");
            let answer =
                site.send_as_it_is(form("/api/fn/sign_in", "/login?next=%2Frejected", &fields)).await;
            assert!(answer.status.is_redirection(), "{answer:?}");
            let to = answer.header(header::LOCATION);
            assert!(to.contains("/login?next=%2Frejected") && to.contains("__err="), "{to}");
            let typed = cookie(&answer);
            assert!(typed.starts_with("duplistatus-typed="), "no session: {answer:?}");
            assert_eq!(answer.headers.get_all(header::SET_COOKIE).iter().count(), 1);
            let back = to.strip_prefix("http://backup.example").unwrap();
            let page = site.send_as_it_is(with_cookie(get(back), &typed)).await;
            assert!(page.body.contains("Wrong user name or password"), "{}", page.body);
            assert!(page.body.contains(&format!("value=\"{name}\"")), "the name is not lost: {}", page.body);
            // The next error replaces this one in the URL.
            let again = site.send_as_it_is(form("/api/fn/sign_in", back, &fields)).await;
            assert_eq!(again.header(header::LOCATION), to);
            assert!(page.body.contains("value=\"/rejected\""), "where to go on is not lost");
        }
    });
}

#[test]
fn nobody_is_led_elsewhere() {
    deep(|| async {
        let site = Site::new();
        site.sign_in("jo", Role::Viewer).await;
        for next in ["%2F%2Fevil.example", "https%3A%2F%2Fevil.example", "%2F%5Cevil.example"] {
            let fields = format!("name=jo&password=a+long+row+of+words+7&next={next}");
            let answer = site.send_as_it_is(form("/api/fn/sign_in", "/login", &fields)).await;
            assert_eq!(answer.header(header::LOCATION), "/", "{next}");
        }
    });
}

#[test]
fn another_sites_page_cannot_sign_anybody_in() {
    deep(|| async {
        let site = Site::new();
        site.sign_in("jo", Role::Viewer).await;
        let mut request = form("/api/fn/sign_in", "/login", "name=jo&password=a+long+row+of+words+7");
        request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(site.send_as_it_is(request).await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn under_tls_the_cookie_is_bound_to_the_host() {
    deep(|| async {
        for (base, name) in [("", "__Host-"), ("/backup", "__Secure-")] {
            let site = Site::with(
                base,
                |_| {},
                |state| {
                    state.public_url = Some("https://backup.example".parse().unwrap());
                },
            );
            site.sign_in("jo", Role::Viewer).await;
            let fields = "name=jo&password=a+long+row+of+words+7";
            let answer = site.send_as_it_is(form(&format!("{base}/api/fn/sign_in"), base, fields)).await;
            let set = answer.header(header::SET_COOKIE);
            assert!(set.starts_with(name) && set.contains("; Secure"), "{set}");
            let page = site.send_as_it_is(with_cookie(get(&format!("{base}/")), &cookie(&answer))).await;
            assert_eq!(page.status, StatusCode::OK, "{base}");
        }
    });
}

#[test]
fn the_first_administrator_comes_by_the_link() {
    deep(|| async {
        let site = Site::new();
        let to = site.send_as_it_is(get("/")).await;
        assert_eq!((to.status, to.header(header::LOCATION)), (StatusCode::SEE_OTHER, "/setup"));
        let page = site.send_as_it_is(get("/setup")).await;
        assert!(page.body.contains("to its log") && !page.body.contains("name=\"password\""));
        let secret = setup::new_link(&site.state.services).unwrap();
        let page = site.send_as_it_is(get(&format!("/setup?token={secret}"))).await;
        assert!(page.body.contains("name=\"password\""), "{}", page.body);
        let different = format!("token={secret}&name=jo&password=a+long+row+of+words+7&repeated=another");
        let answer = site.send_as_it_is(form("/api/fn/set_up", "/setup", &different)).await;
        assert!(answer.header(header::LOCATION).contains("__err="), "{answer:?}");
        let weak = format!("token={secret}&name=jo&password=passwordpassword");
        let answer = site.send_as_it_is(form("/api/fn/set_up", "/setup", &weak)).await;
        assert!(answer.header(header::LOCATION).contains("__err="), "{answer:?}");
        let good = format!("token={secret}&name=jo&password=a+long+row+of+words+7");
        let answer = site.send_as_it_is(form("/api/fn/set_up", "/setup", &good)).await;
        assert_eq!(answer.header(header::LOCATION), "/", "{answer:?}");
        let page = site.send_as_it_is(with_cookie(get("/"), &cookie(&answer))).await;
        assert!(page.body.contains("data-role=\"administrator\""));
        let again = site.send_as_it_is(form("/api/fn/set_up", "/setup", &good)).await;
        assert!(again.header(header::LOCATION).contains("__err="), "once");
        let used = site.send_as_it_is(get(&format!("/setup?token={secret}"))).await;
        assert_eq!(used.status, StatusCode::GONE);
        assert!(
            used.body.contains("already set up") && used.body.contains("href=\"/login\""),
            "{}",
            used.body
        );
    });
}

#[test]
fn a_stream_ends_with_its_session() {
    deep(|| async {
        let site = Site::new();
        let jo = site.sign_in("jo", Role::Viewer).await;
        let kim = site.sign_in("kim", Role::Viewer).await;
        let follow = async |cookie: &str| {
            let mut events = site
                .call_as_it_is(with_cookie(get("/api/live"), cookie))
                .await
                .into_body()
                .into_data_stream();
            timeout(SOON, events.next()).await.unwrap().unwrap().unwrap();
            events
        };
        let (mut of_jo, mut of_kim) = (follow(&jo).await, follow(&kim).await);
        let services = &site.state.services;
        let id = users::find(services, &Actor::CommandLine, "jo").await.unwrap();
        users::set_role(services, &Actor::CommandLine, id, Role::Operator).await.unwrap();
        // Events that were under way may still arrive; then the stream ends.
        while let Some(event) = timeout(SOON, of_jo.next()).await.expect("the stream went on") {
            event.unwrap();
        }
        assert!(
            timeout(SOON, of_kim.next()).await.expect("nothing came").is_some(),
            "only that session's stream"
        );
    });
}

#[test]
fn an_address_that_tries_too_often_has_to_wait() {
    deep(|| async {
        let site = Site::new();
        site.sign_in("jo", Role::Viewer).await;
        let mut statuses = Vec::new();
        for number in 0..25 {
            let request = post("/api/fn/sign_in", FORM, format!("name=nobody{number}&password=x"));
            statuses.push(site.send_as_it_is(request).await.status);
        }
        assert_eq!(statuses.first(), Some(&StatusCode::UNAUTHORIZED));
        assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
    });
}

#[test]
fn who_comes_without_tls_is_told_why_that_cannot_work() {
    deep(|| async {
        let site = Site::with("", |_| {}, |state| state.public_url = "https://backup.example".parse().ok());
        site.sign_in("jo", Role::Viewer).await;
        let fields = "name=jo&password=a+long+row+of+words+7";
        let from = |origin: &str, host: &str| {
            let mut request = form("/api/fn/sign_in", "/login", fields);
            request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
            request.headers_mut().insert(header::HOST, host.parse().unwrap());
            site.send_as_it_is(request)
        };
        let refused = from("http://nas:9666", "nas:9666").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{refused:?}");
        for word in ["http://nas:9666", "https://backup.example/", "--public-url", "docs/PROXY.md"] {
            assert!(refused.body.contains(word), "{word}: {}", refused.body);
        }
        assert_eq!(refused.header(header::SET_COOKIE), "");
        // With TLS and on this machine itself, browsers store the cookie.
        for (origin, host) in
            [("https://backup.example", "backup.example"), ("http://localhost:9666", "localhost:9666")]
        {
            assert_eq!(from(origin, host).await.header(header::LOCATION), "/", "{origin}");
        }
        let page = |host: &str, more: Option<(&'static str, &'static str)>| {
            let mut request = get("/login");
            request.headers_mut().insert(header::HOST, host.parse().unwrap());
            if let Some((name, value)) = more {
                request.headers_mut().insert(name, value.parse().unwrap());
            }
            site.send_as_it_is(request)
        };
        let warns = |answer: &Answer| answer.body.contains("href=\"https://backup.example/login\"");
        assert!(warns(&page("nas:9666", None).await));
        assert!(!warns(&page("backup.example", None).await));
        assert!(!warns(&page("localhost:9666", None).await));
        // Browsers send this header with TLS only, so a proxy replaced the host.
        assert!(!warns(&page("inside:9666", Some(("sec-fetch-site", "none"))).await));
    });
}

#[test]
fn two_programs_on_two_ports_do_not_sign_each_other_out() {
    deep(|| async {
        let (one, two) = (Site::new(), Site::new());
        let sign_in = async |site: &Site, host: &str, cookies: &str| {
            let fields = "name=jo&password=a+long+row+of+words+7";
            let mut request = with_cookie(form("/api/fn/sign_in", "/login", fields), cookies);
            request.headers_mut().insert(header::HOST, host.parse().unwrap());
            cookie(&site.send_as_it_is(request).await)
        };
        let see = async |site: &Site, host: &str, cookies: &str| {
            let mut request = with_cookie(get("/"), cookies);
            request.headers_mut().insert(header::HOST, host.parse().unwrap());
            site.send_as_it_is(request).await.status
        };
        let old = one.sign_in("jo", Role::Viewer).await;
        two.sign_in("jo", Role::Viewer).await;
        let first = sign_in(&one, "nas:9666", "").await;
        let second = sign_in(&two, "nas:9667", &first).await;
        assert_ne!(first.split('=').next(), second.split('=').next());
        let both = format!("{first}; {second}");
        assert_eq!(see(&one, "nas:9666", &both).await, StatusCode::OK);
        assert_eq!(see(&two, "nas:9667", &both).await, StatusCode::OK);
        // Sessions whose cookie name lacks the port stay valid.
        assert!(old.starts_with("duplistatus-session="));
        assert_eq!(see(&one, "nas:9666", &old).await, StatusCode::OK);
    });
}

#[test]
fn a_wrong_code_is_called_a_wrong_code() {
    deep(|| async {
        let site = Site::new();
        let error = duplistatus::error::Error::Credentials;
        let url = leptos::server_fn::error::ServerFnUrlError::new(
            "/api/fn/sign_in_code",
            app::error::ApiError::from(error),
        )
        .to_url("http://localhost/login/code")
        .unwrap();
        site.sign_in("jo", Role::Viewer).await;
        let page = site.send_as_it_is(get(&format!("/login/code?{}", url.query().unwrap()))).await;
        assert!(page.body.contains("Wrong code"), "{}", page.body);
    });
}
