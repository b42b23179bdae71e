//! What asks for the password again, and how users get back to what they wanted.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use duplistatus::{
    access::{PROOF_LASTS, Role, Scope},
    crypto::recovery,
    db::tables::{users, users::UserPatch},
    service::{
        Actor,
        account::api_keys,
        session,
        session::{Caller, Resolved},
    },
};

use secrecy::ExposeSecret as _;

use crate::site::{Answer, Site, deep, get, post};

const FORM: &str = "application/x-www-form-urlencoded";

/// Returns a form as a browser sends it from one of our pages.
fn form(cookie: &str, path: &str, from: &str, fields: &str) -> Request<Body> {
    let mut request = post(path, FORM, fields);
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, "text/html".parse().unwrap());
    headers.insert(header::HOST, "backup.example".parse().unwrap());
    headers.insert(header::REFERER, format!("http://backup.example{from}").parse().unwrap());
    headers.insert(header::COOKIE, cookie.parse().unwrap());
    request
}

fn with_cookie(mut request: Request<Body>, cookie: &str) -> Request<Body> {
    request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    request
}

fn pass_time(site: &Site) {
    let clock = site.state.services.clock();
    clock.set(clock.now().plus(PROOF_LASTS));
}

#[test]
fn an_old_session_proves_its_password_and_goes_on() {
    deep(|| async {
        let site = Site::new();
        let root = site.sign_in("root", Role::Administrator).await;
        let add = || form(&root, "/api/fn/create_user", "/settings/users?done=role", "name=kim&role=viewer");
        let page = site.send_as_it_is(with_cookie(get("/settings/users"), &root)).await;
        // Each page carries the texts of all pages, so this checks for the link, which is there
        // only when it is needed.
        assert!(!page.body.contains("href=\"/prove?next="), "{}", page.body);
        pass_time(&site);
        let page = site.send_as_it_is(with_cookie(get("/settings/users"), &root)).await;
        assert!(page.body.contains("href=\"/prove?next=%2Fsettings%2Fusers\""), "{}", page.body);
        let refused: Answer = site.send_as_it_is(add()).await;
        assert_eq!(refused.status, StatusCode::SEE_OTHER, "{refused:?}");
        assert_eq!(refused.header(header::LOCATION), "/prove?next=%2Fsettings%2Fusers%3Fdone%3Drole");
        let page = site.send_as_it_is(with_cookie(get(refused.header(header::LOCATION)), &root)).await;
        assert!(
            page.body.contains("Confirm your password")
                && page.body.contains("value=\"/settings/users?done=role\"")
        );
        let prove = |password: &str| {
            let fields = format!("password={password}&next=%2Fsettings%2Fusers");
            site.send_as_it_is(form(&root, "/api/fn/prove", "/prove?next=%2Fsettings%2Fusers", &fields))
        };
        let wrong = prove("wrong").await;
        let back = wrong.header(header::LOCATION).strip_prefix("http://backup.example").unwrap();
        let page = site.send_as_it_is(with_cookie(get(back), &root)).await;
        assert!(page.body.contains("Wrong password"), "{}", page.body);
        let right = prove("a+long+row+of+words+7").await;
        assert_eq!(right.header(header::LOCATION), "/settings/users", "{right:?}");
        let added = site.send_as_it_is(add()).await;
        assert!(added.header(header::LOCATION).starts_with("/settings/users?shown="), "{added:?}");
        // It does not redirect to other sites.
        let fields = "password=a+long+row+of+words+7&next=https%3A%2F%2Fevil.example";
        let led = site.send_as_it_is(form(&root, "/api/fn/prove", "/prove", fields)).await;
        assert_eq!(led.header(header::LOCATION), "/");
    });
}

#[test]
fn programs_are_told_what_is_missing() {
    deep(|| async {
        let site = Site::new();
        let services = &site.state.services;
        let root = site.sign_in("root", Role::Administrator).await;
        let token = root.split_once('=').unwrap().1;
        let Some(Resolved::User(identity)) =
            session::resolve(services, &Caller::default(), token).await.unwrap()
        else {
            panic!("nobody")
        };
        let key = api_keys::create(services, &Actor::User(identity), "all", Scope::Admin, None)
            .await
            .unwrap()
            .secret;
        let folder = services.db().path().with_file_name("backups");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("duplistatus-1.db"), "a backup").unwrap();
        pass_time(&site);
        let wanted = [
            ("GET", "/api/v1/database/backups/duplistatus-1.db"),
            ("DELETE", "/api/v1/database/backups/duplistatus-1.db"),
            ("POST", "/api/v1/database/restore"),
            ("POST", "/api/v1/import"),
            ("POST", "/api/v1/ingest-keys"),
            ("DELETE", "/api/v1/ingest-keys/1"),
        ];
        for (method, path) in wanted {
            let ask = |name: header::HeaderName, value: String| {
                let request = Request::builder().method(method).uri(path).header(name, value);
                site.send_as_it_is(request.body(Body::empty()).unwrap())
            };
            for (answer, code) in [
                (ask(header::AUTHORIZATION, format!("Bearer {key}")).await, "session_required"),
                (ask(header::COOKIE, root.clone()).await, "password_required"),
            ] {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}: {answer:?}");
                let told = answer.json();
                assert_eq!(told["code"], code, "{method} {path}");
                assert!(told["hint"].as_str().is_some_and(|hint| hint.len() > 20), "{told}");
            }
        }
        let bearer = |request: axum::http::request::Builder| {
            request.header(header::AUTHORIZATION, format!("Bearer {key}")).body(Body::empty()).unwrap()
        };
        let backup = site.send_as_it_is(bearer(Request::post("/api/v1/database/backups"))).await;
        assert_eq!(backup.status, StatusCode::ACCEPTED, "a key may begin a backup: {backup:?}");
        let list = site.send_as_it_is(bearer(Request::get("/api/v1/database/backups"))).await;
        assert_eq!(list.status, StatusCode::OK);
        assert!(folder.join("duplistatus-1.db").exists());
        // A link on the page leads to the question, which leads back to the page.
        let mut link = with_cookie(get("/api/v1/database/backups/duplistatus-1.db"), &root);
        link.headers_mut().insert(header::REFERER, "http://backup.example/settings/backups".parse().unwrap());
        let led = site.send_as_it_is(link).await;
        assert_eq!(led.header(header::LOCATION), "/prove?next=%2Fsettings%2Fbackups");
    });
}

#[test]
fn a_code_of_the_second_factor_proves_as_well_where_there_is_one() {
    deep(|| async {
        let site = Site::new();
        let services = &site.state.services;
        let root = site.sign_in("root", Role::Administrator).await;
        let page = site.send_as_it_is(with_cookie(get("/prove"), &root)).await;
        assert!(!page.body.contains("/api/fn/prove_by_code"), "{}", page.body);
        let typed = |code: &str| {
            let fields = format!("code={code}&next=%2Fsettings%2Fusers");
            form(&root, "/api/fn/prove_by_code", "/prove?next=%2Fsettings%2Fusers", &fields)
        };
        let none = site.send_as_it_is(typed("123456")).await;
        assert!(none.header(header::LOCATION).contains("__err="), "{none:?}");
        let codes = recovery::generate().unwrap();
        let codes: Vec<String> = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
        let (hashes, now) = (
            codes.iter().filter_map(|code| recovery::hash(code)).collect::<Vec<_>>(),
            services.clock().now(),
        );
        let made = services.db().write(move |tx| {
            let user = users::find_by_name(tx.conn, "root")?.unwrap();
            let patch = UserPatch {
                totp_secret: Some(Some("sealed".into())),
                totp_confirmed_at: Some(Some(now.to_string())),
                ..UserPatch::default()
            };
            users::change(tx.conn, user.id(), &patch, now)?;
            users::set_recovery_codes(tx.conn, user.id(), &hashes)
        });
        made.await.unwrap();
        pass_time(&site);
        let page = site.send_as_it_is(with_cookie(get("/prove?next=%2Fsettings%2Fusers"), &root)).await;
        assert!(page.body.contains("/api/fn/prove_by_code"), "{}", page.body);
        let wrong = site.send_as_it_is(typed("000000")).await;
        let back = wrong.header(header::LOCATION).strip_prefix("http://backup.example").unwrap();
        let page = site.send_as_it_is(with_cookie(get(back), &root)).await;
        assert!(page.body.contains("Wrong code"), "{}", page.body);
        let add = || form(&root, "/api/fn/create_user", "/settings/users", "name=kim&role=viewer");
        assert!(site.send_as_it_is(add()).await.header(header::LOCATION).starts_with("/prove?"));
        let right = site.send_as_it_is(typed(&codes[0])).await;
        assert_eq!(right.header(header::LOCATION), "/settings/users", "{right:?}");
        let added = site.send_as_it_is(add()).await;
        assert!(added.header(header::LOCATION).starts_with("/settings/users?shown="), "{added:?}");
    });
}
