//! How a rejection is reported: to browsers as a page, to the calls of pages as the error type they know, to programs as
//! JSON.

use app::error::ApiError;
use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use duplistatus::{
    access::{PROOF_LASTS, Role, Scope},
    db::tables::users::{self as users_table, UserPatch},
    service::{
        Actor,
        account::api_keys,
        session,
        session::{Caller, Resolved, SignIn, Token},
        users,
    },
};
use secrecy::ExposeSecret as _;

use crate::site::{Site, deep, get};

/// Returns a page's call that adds a user.
fn call(who: Option<(header::HeaderName, &str)>) -> Request<Body> {
    let mut request = Request::post("/api/fn/create_user")
        .header(header::HOST, "backup.example")
        .header(header::ACCEPT, "application/json")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    if let Some((name, value)) = who {
        request = request.header(name, value);
    }
    request.body(Body::from("name=kim&role=viewer")).unwrap()
}

#[test]
fn a_page_is_told_in_its_own_words_why_its_call_is_refused() {
    deep(|| async {
        let site = Site::new();
        let services = &site.state.services;
        let (viewer, root) =
            (site.sign_in("jo", Role::Viewer).await, site.sign_in("root", Role::Administrator).await);
        let token = root.split_once('=').unwrap().1;
        let Some(Resolved::User(identity)) =
            session::resolve(services, &Caller::default(), token).await.unwrap()
        else {
            panic!("nobody")
        };
        let key =
            api_keys::create(services, &Actor::User(identity), "all", Scope::Admin, None).await.unwrap();
        let bearer = format!("Bearer {}", key.secret);
        services.clock().set(services.clock().now().plus(PROOF_LASTS));
        let rejections = [
            (None, StatusCode::UNAUTHORIZED, ApiError::Unauthenticated),
            (Some((header::COOKIE, viewer.as_str())), StatusCode::NOT_FOUND, ApiError::NotFound),
            (Some((header::AUTHORIZATION, bearer.as_str())), StatusCode::FORBIDDEN, ApiError::NeedsSession),
            (Some((header::COOKIE, root.as_str())), StatusCode::FORBIDDEN, ApiError::NeedsProof),
        ];
        for (who, status, error) in rejections {
            let answer = site.send_as_it_is(call(who)).await;
            assert_eq!(answer.status, status, "{error:?}: {answer:?}");
            assert_eq!(answer.json(), serde_json::to_value(&error).unwrap());
        }
    });
}

#[test]
fn a_program_that_asks_for_a_page_is_not_shown_one_that_it_may_not_see() {
    deep(|| async {
        let site = Site::new();
        let viewer = site.sign_in("jo", Role::Viewer).await;
        let ask = |accept: &'static str| {
            let mut request = get("/settings/users");
            request.headers_mut().insert(header::ACCEPT, accept.parse().unwrap());
            request.headers_mut().insert(header::COOKIE, viewer.parse().unwrap());
            site.send_as_it_is(request)
        };
        let (page, problem) = (ask("text/html").await, ask("application/json").await);
        assert!(page.header(header::CONTENT_TYPE).starts_with("text/html"), "{page:?}");
        assert_eq!((page.status, problem.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        assert_eq!(problem.json()["error"], "not found");
    });
}

#[test]
fn who_must_choose_another_password_is_led_to_the_account_first() {
    deep(|| async {
        let site = Site::new();
        let services = &site.state.services;
        site.sign_in("jo", Role::Viewer).await;
        let id = users::find(services, &Actor::CommandLine, "jo").await.unwrap();
        let shown =
            users::reset_password(services, &Actor::CommandLine, id, None, false).await.unwrap().unwrap();
        let begun = session::begin(services, &Caller::default(), "jo", shown.secret.into()).await.unwrap();
        let SignIn::Complete(Token(token)) = begun else { panic!("nobody has a second factor") };
        let cookie = format!("duplistatus-session={}", token.expose_secret());
        let see = |path: &str| {
            let mut request = get(path);
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
            site.send_as_it_is(request)
        };
        for path in ["/", "/servers/1", "/settings/users"] {
            let answer = see(path).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}: {answer:?}");
            assert_eq!(answer.header(header::LOCATION), "/account", "{path}");
        }
        assert_eq!(see("/account").await.status, StatusCode::OK);
    });
}

#[test]
fn who_has_only_given_the_password_is_led_to_the_code() {
    deep(|| async {
        let site = Site::new();
        let services = &site.state.services;
        site.sign_in("jo", Role::Viewer).await;
        let now = services.clock().now();
        let enrolled = services.db().write(move |tx| {
            let user = users_table::find_by_name(tx.conn, "jo")?.unwrap();
            let patch = UserPatch {
                totp_secret: Some(Some("sealed".into())),
                totp_confirmed_at: Some(Some(now.to_string())),
                ..UserPatch::default()
            };
            users_table::change(tx.conn, user.id(), &patch, now)
        });
        enrolled.await.unwrap();
        let password = "a long row of words 7".to_owned();
        let begun = session::begin(services, &Caller::default(), "jo", password.into()).await.unwrap();
        let SignIn::NeedsCode(Token(token)) = begun else { panic!("it has a second factor") };
        let led = async |cookie: Option<String>| {
            let mut request = get("/servers/1");
            if let Some(cookie) = cookie {
                request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
            }
            let answer = site.send_as_it_is(request).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
            answer.header(header::LOCATION).to_owned()
        };
        let half = format!("duplistatus-session={}", token.expose_secret());
        assert_eq!(led(Some(half)).await, "/login/code?next=%2Fservers%2F1");
        assert_eq!(led(None).await, "/login?next=%2Fservers%2F1");
    });
}
