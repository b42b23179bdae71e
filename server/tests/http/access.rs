//! Every route, requested by every kind of actor, compared with the table of access rules.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use duplistatus::{
    access::{Assurance, PROOF_LASTS, Permission, Role, Scope},
    ids::ServerId,
    service::{Actor, account::api_keys, labels},
};
use server::{
    access::{Requirement, rules},
    router,
};

use crate::site::{Answer, Site, deep, get, report};

/// A kind of actor.
struct Viewer {
    name: &'static str,
    header: Option<(header::HeaderName, String)>,
    role: Option<Role>,
    sure: Assurance,
}

impl Viewer {
    /// Returns whether the role has the permission, according to the table.
    fn may(&self, permission: Permission) -> bool {
        self.role.is_some_and(|role| role.may(permission))
    }

    fn come(&self, path: &str, method: Method, as_browser: bool) -> Request<Body> {
        let accept = if as_browser { "text/html" } else { "application/json" };
        let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT, accept);
        if let Some((name, value)) = &self.header {
            request = request.header(name, value);
        }
        request.header(header::CONTENT_TYPE, "application/json").body(Body::empty()).unwrap()
    }
}

async fn everybody(site: &Site) -> Vec<Viewer> {
    let services = &site.state.services;
    let mut all = vec![
        Viewer { name: "a stranger", header: None, role: None, sure: Assurance::Any },
        Viewer {
            name: "an ingest key",
            header: Some((header::AUTHORIZATION, format!("Bearer {}", site.key("").await))),
            role: None,
            sure: Assurance::Any,
        },
        Viewer {
            name: "a session that is not there",
            header: Some((header::COOKIE, "duplistatus-session=wrong".into())),
            role: None,
            sure: Assurance::Any,
        },
    ];
    let sessions =
        [("a fresh session of", Assurance::FreshPassword), ("an old session of", Assurance::Session)];
    let begin = services.clock().now();
    for (kind, sure) in sessions.into_iter().rev() {
        for role in Role::ALL {
            let cookie = site.sign_in(&format!("{role}-{}", sure as u8), role).await;
            all.push(Viewer {
                name: format!("{kind} {role}").leak(),
                header: Some((header::COOKIE, cookie)),
                role: Some(role),
                sure,
            });
        }
        // Users who signed in first confirmed their password too long ago.
        services.clock().set(begin.plus(PROOF_LASTS));
    }
    let cookie = site.sign_in("maker-of-keys", Role::Administrator).await;
    let maker = site.actor(&cookie).await;
    for scope in Scope::ALL {
        let key = api_keys::create(services, &maker, scope.as_str(), scope, None).await.unwrap();
        let bearer = Some((header::AUTHORIZATION, format!("Bearer {}", key.secret)));
        all.push(Viewer {
            name: scope.as_str(),
            header: bearer,
            role: Some(scope.role()),
            sure: Assurance::Any,
        });
    }
    all
}

/// The name of a backup that exists.
const BACKUP: &str = "duplistatus-20261122T021000Z.db";

/// Returns the path with every parameter filled in with the first object of its kind.
fn filled(path: &str) -> String {
    let value = |part| match part {
        "{name}" => BACKUP,
        part if str::starts_with(part, '{') => "1",
        part => part,
    };
    path.split('/').map(value).collect::<Vec<_>>().join("/")
}

#[test]
fn every_route_has_a_rule_and_every_rule_a_route() {
    deep(|| async {
        let site = Site::new();
        let mut routes = router::paths(&site.state);
        let mut rules: Vec<String> = rules().iter().map(|rule| rule.path.to_owned()).collect();
        routes.sort();
        routes.dedup();
        rules.sort();
        assert_eq!(routes, rules);
    });
}

#[test]
fn every_route_answers_everybody_as_the_table_says() {
    deep(|| async {
        let site = Site::open();
        assert_eq!(site.post("/api/upload", report(2)).await.status, StatusCode::OK);
        let mut test = report(3);
        test["Data"]["MainOperation"] = "Test".into();
        test["Extra"]["OperationName"] = "Test".into();
        let mut failed = report(4);
        failed["Data"]["ParsedResult"] = "Fatal".into();
        for other in [test, failed] {
            assert_eq!(site.post("/api/upload", other).await.status, StatusCode::OK);
        }
        let group = labels::set_of_server(&site.state.services, &Actor::CommandLine, ServerId(1), "A", "");
        group.await.unwrap();
        let backups = site.state.services.db().path().with_file_name("backups");
        std::fs::create_dir(&backups).unwrap();
        std::fs::write(backups.join(BACKUP), "a backup").unwrap();
        let everybody = everybody(&site).await;
        let (mut refused, mut unproven) = (0, 0);
        for rule in rules() {
            let methods = match rule.requirement {
                Requirement::Nothing => continue,
                Requirement::Both(..) => vec![Method::GET, Method::POST],
                Requirement::May(_) if rule.path.starts_with("/api/fn/") => vec![Method::POST],
                // Each of these would perform its action; it is enough to check that GET requires
                // the same permission.
                Requirement::May(_) => vec![Method::GET],
            };
            for (method, viewer) in
                methods.iter().flat_map(|method| everybody.iter().map(move |one| (method, one)))
            {
                let permission = rule.requirement.permission(method).unwrap();
                let is_page = !rule.path.starts_with("/api/");
                let request = viewer.come(&filled(rule.path), method.clone(), is_page);
                let answer = site.send_as_it_is_briefly(request).await;
                let told = (answer.status, answer.header(header::LOCATION).to_owned());
                let is_wrong_key =
                    viewer.header.as_ref().is_some_and(|(name, _)| *name == header::AUTHORIZATION);
                let what = format!("{method} {} as {}: {told:?} {}", rule.path, viewer.name, answer.body);
                match viewer.role {
                    None if is_page && !is_wrong_key => {
                        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{what}");
                        assert!(told.1.starts_with("/login"), "{what}");
                    }
                    None => assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}"),
                    Some(_) if !viewer.may(permission) => {
                        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{what}");
                    }
                    Some(_) if viewer.sure >= permission.assurance() => {
                        let refused = [
                            StatusCode::UNAUTHORIZED,
                            StatusCode::FORBIDDEN,
                            StatusCode::NOT_FOUND,
                            StatusCode::SEE_OTHER,
                        ];
                        assert!(!refused.contains(&answer.status), "{what}");
                    }
                    Some(_) => {
                        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
                        let is_key = viewer.sure == Assurance::Any;
                        let (word, code) = if is_key {
                            ("NeedsSession", "session_required")
                        } else {
                            ("NeedsProof", "password_required")
                        };
                        let is_told = answer.body.contains(word)
                            || answer.body.contains(&format!("\"code\":\"{code}\""));
                        assert!(is_told, "{what}");
                        *(if is_key { &mut refused } else { &mut unproven }) += 1;
                    }
                }
            }
        }
        assert!(refused > 50 && unproven > 20, "{refused} {unproven}");
    });
}

#[test]
fn what_is_open_is_open_to_strangers_and_nothing_else_answers_them() {
    deep(|| async {
        let site = Site::new();
        site.sign_in("somebody", Role::Viewer).await;
        for path in ["/login", "/login/code", "/api/health"] {
            let answer = site.send_as_it_is(get(path)).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
        }
        let unknown = site.send_as_it_is(get("/there/is/no/such/page")).await;
        assert_eq!(unknown.status, StatusCode::SEE_OTHER);
        assert_eq!(unknown.header(header::LOCATION), "/login?next=%2Fthere%2Fis%2Fno%2Fsuch%2Fpage");
        let unknown = site.send_as_it_is(Request::get("/api/nothing").body(Body::empty()).unwrap()).await;
        assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
        let known = site.get("/api/nothing").await;
        assert_eq!(known.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_read_api_can_be_opened_to_the_local_network_and_only_that() {
    deep(|| async {
        let site = Site::open();
        site.post("/api/upload", report(2)).await;
        let ask = |path: &str, address: [u8; 4], more: &[(&'static str, &str)]| {
            let mut request = Request::get(path);
            for (name, value) in more {
                request = request.header(*name, *value);
            }
            let mut request = request.body(Body::empty()).unwrap();
            let peer = std::net::SocketAddr::from((address, 40_000));
            request.extensions_mut().insert(axum::extract::ConnectInfo(peer));
            site.send_as_it_is(request)
        };
        let home = [192, 168, 1, 20];
        assert_eq!(
            ask("/api/v1/summary", home, &[]).await.status,
            StatusCode::UNAUTHORIZED,
            "off by default"
        );
        let mut settings = site.state.services.settings();
        settings.local_read_api = true;
        duplistatus::service::settings::change(&site.state.services, &Actor::CommandLine, settings)
            .await
            .unwrap();
        let answer: Answer = ask("/api/v1/summary", home, &[]).await;
        assert_eq!((answer.status, answer.json()["servers"].as_i64()), (StatusCode::OK, Some(1)));
        assert_eq!(ask("/api/v1/servers/1", home, &[]).await.status, StatusCode::OK);
        for (path, address, headers) in [
            ("/api/v1/summary", [203, 0, 113, 9], &[][..]),
            // Behind an untrusted proxy, every client seems to come from the local network.
            ("/api/v1/summary", home, &[("x-forwarded-for", "203.0.113.9")]),
            // A page whose own host name resolves to this server (DNS rebinding).
            ("/api/v1/summary", home, &[("host", "evil.example:9666")]),
            ("/api/v1/rejected", home, &[]),
            ("/api/v1/users", home, &[]),
            ("/api/fn/dashboard", home, &[]),
        ] {
            let is_foreign = headers.iter().any(|(name, _)| *name == "host");
            let refused = if is_foreign { StatusCode::MISDIRECTED_REQUEST } else { StatusCode::UNAUTHORIZED };
            assert_eq!(ask(path, address, headers).await.status, refused, "{path} {address:?}");
        }
    });
}

#[test]
fn a_page_that_is_refused_shows_nothing_of_itself() {
    deep(|| async {
        let site = Site::new();
        let cookie = site.sign_in("viewer", Role::Viewer).await;
        let mut refused = 0;
        for rule in rules().iter().filter(|rule| !rule.path.starts_with("/api/")) {
            let Requirement::May(permission) = rule.requirement else { continue };
            if Role::Viewer.may(permission) {
                continue;
            }
            let mut request = get(rule.path);
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
            let answer = site.send_as_it_is(request).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", rule.path);
            assert_eq!(answer.body.matches("<h1").count(), 1, "{}: {}", rule.path, answer.body);
            let main = answer.body.split("<main").nth(1).unwrap_or_default();
            let main = main.split("</main>").next().unwrap_or_default();
            assert!(!main.contains("<form") && !main.contains("<nav"), "{}: {main}", rule.path);
            refused += 1;
        }
        assert!(refused >= 6, "{refused}");
    });
}
