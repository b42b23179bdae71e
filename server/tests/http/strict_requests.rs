//! A program is not answered as if it had not said what nobody understands; and what it leaves out changes nothing.

use std::{collections::BTreeSet, fs};

use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use duplistatus::service::{Actor, ingest_keys, tasks};
use server::{
    http::{
        fields::{BOXES, FIELDS},
        query::PARAMETERS,
    },
    router,
};

use crate::site::{Answer, Site, deep, get, post, with_method};

const METHODS: [Method; 4] = [Method::GET, Method::POST, Method::DELETE, Method::PUT];
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Returns the path with every parameter filled in with the first object of its kind.
fn filled(path: &str) -> String {
    let value = |part: &str| if part.starts_with('{') { "1".to_owned() } else { part.to_owned() };
    path.split('/').map(value).collect::<Vec<_>>().join("/")
}

async fn ask(site: &Site, method: &Method, path: &str) -> Answer {
    site.send(with_method(get(path), method.clone())).await
}

#[test]
fn every_route_of_the_api_refuses_parameters_that_it_does_not_take_or_that_are_given_twice() {
    deep(|| async {
        let site = Site::open();
        let routes: BTreeSet<String> =
            router::paths(&site.state).into_iter().filter(|path| path.starts_with("/api/v1/")).collect();
        let mut asked = 0;
        for route in &routes {
            for method in METHODS {
                let path = filled(route);
                for query in ["?nobody=knows", "?page=1&page=2", "?format=csv&format=json", "?Page=1", "?a&a"]
                {
                    let answer = ask(&site, &method, &format!("{path}{query}")).await;
                    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{method} {path}{query}: {answer:?}");
                    assert_eq!(answer.json()["field"], "query", "{method} {path}{query}: {answer:?}");
                    asked += 1;
                }
            }
        }
        assert!(asked > 300, "{asked}");
        for (method, route, names) in PARAMETERS {
            assert!(routes.contains(*route), "{route} is no route");
            for name in *names {
                let path = format!("{}?{name}=", filled(route));
                let answer = ask(&site, method, &path).await;
                assert!(!answer.body.contains("is not known"), "{method} {path}: {answer:?}");
                assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            }
        }
        // A head is asked for like the whole.
        assert_eq!(ask(&site, &Method::HEAD, "/api/v1/runs?pag=2").await.status, StatusCode::BAD_REQUEST);
        assert_eq!(ask(&site, &Method::HEAD, "/api/v1/runs?limit=1").await.status, StatusCode::OK);
        let twice = ask(&site, &Method::GET, "/api/v1/runs/export?status=error&status=fatal").await;
        assert_eq!(twice.status, StatusCode::OK, "{twice:?}");
    });
}

#[test]
fn who_may_not_is_not_told_what_a_route_takes() {
    deep(|| async {
        let site = Site::new();
        site.get("/").await;
        let mut request = get("/api/v1/audit?nobody=knows");
        request.headers_mut().insert(header::ACCEPT, JSON.parse().unwrap());
        let answer = site.send_as_it_is(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{answer:?}");
    });
}

#[test]
fn the_api_works_below_a_base_path_too() {
    deep(|| async {
        let site = Site::with("/backups", |_| {}, |_| {});
        let answer = site.get("/backups/api/v1/rejected?pag=1").await;
        assert_eq!(
            (answer.status, answer.json()["field"].clone()),
            (StatusCode::BAD_REQUEST, "query".into())
        );
        assert_eq!(site.get("/backups/api/v1/rejected?limit=1").await.status, StatusCode::OK);
    });
}

#[test]
fn a_body_without_its_field_or_with_one_that_is_not_known_makes_nothing() {
    deep(|| async {
        let site = Site::open();
        let keys = "/api/v1/ingest-keys";
        for body in [
            "{}",
            "{\"sever\":\"nas\"}",
            "{\"server\":\"nas\",\"days\":1}",
            "{\"server\":1}",
            "[",
            "",
            "null",
        ] {
            let answer = site.send(post(keys, JSON, body)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {answer:?}");
            assert_eq!(answer.json()["field"], "body", "{body}");
        }
        let text = site.send(post(keys, "text/plain", "{\"server\":\"\"}")).await;
        assert_eq!(text.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{text:?}");
        let services = &site.state.services;
        assert!(ingest_keys::list(services, &Actor::CommandLine).await.unwrap().keys.is_empty());
        assert_eq!(site.send(post(keys, JSON, "{\"server\":\"\"}")).await.status, StatusCode::CREATED);
        let restore = "/api/v1/database/backups/duplistatus-20261122T021000Z.db/restore";
        for (body, field) in
            [("{\"confirm\":true,\"revived\":true}", "body"), ("{}", "confirm"), ("[1]", "body")]
        {
            let answer = site.send(post(restore, JSON, body)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {answer:?}");
            assert_eq!(answer.json()["field"], field, "{body}: {answer:?}");
        }
    });
}

#[test]
fn an_import_that_is_only_to_be_tried_is_not_done_because_of_a_typing_error() {
    deep(|| async {
        let site = Site::open();
        let part = |name: &str, content: &str| {
            format!("--x\r\nContent-Disposition: form-data; {name}\r\n\r\n{content}\r\n")
        };
        let file = part("name=\"file\"; filename=\"runs.csv\"", "server,job,started,status\n");
        for wrong in [part("name=\"dryrun\"", "yes"), part("name=\"dry_run\"", "maybe"), file.clone()] {
            let body = format!("{file}{wrong}--x--\r\n");
            let mut form = post("/api/v1/import", "multipart/form-data; boundary=x", body);
            form.headers_mut().insert(header::ACCEPT, JSON.parse().unwrap());
            let answer = site.send(form).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}: {answer:?}");
        }
        let asked = site.send(post("/api/v1/import?dry_run=yes", "text/csv", "a,b\n")).await;
        assert_eq!(asked.status, StatusCode::BAD_REQUEST, "{asked:?}");
        assert!(site.get("/api/v1/import").await.json()["last"].is_null(), "nothing was imported");
    });
}

fn sent(path: &str, body: &str) -> axum::http::Request<Body> {
    let mut request = post(&format!("/api/fn/{path}"), FORM, body);
    request.headers_mut().insert(header::ACCEPT, JSON.parse().unwrap());
    request
}

#[test]
fn a_form_that_does_not_name_its_boxes_switches_nothing_off() {
    deep(|| async {
        let site = Site::open();
        let services = &site.state.services;
        let is_on = || async {
            let all = tasks::list(services, &Actor::CommandLine).await.unwrap();
            all.into_iter().find(|task| task.name == "sessions").unwrap().enabled
        };
        assert!(is_on().await);
        let answer = site.send(sent("change_task", "name=sessions&schedule=")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{answer:?}");
        assert_eq!(answer.json()["Invalid"]["field"], "enabled");
        assert!(is_on().await, "it was not said to be switched off");
        for (said, on) in
            [("enabled=false", false), ("enabled=true&has-enabled=true", true), ("has-enabled=true", false)]
        {
            let answer = site.send(sent("change_task", &format!("name=sessions&schedule=&{said}"))).await;
            assert!(answer.status.is_success(), "{said}: {answer:?}");
            assert_eq!(is_on().await, on, "{said}");
        }
        let on = "local_read_api=true&private_networks=true&audit_days=300";
        assert!(site.send(sent("change_settings", on)).await.status.is_success());
        let before = services.settings();
        assert!(before.local_read_api && before.private_networks);
        for some in ["", "&local_read_api=true", "&has-private_networks=true"] {
            let answer = site.send(sent("change_settings", &format!("audit_days=310{some}"))).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{some}: {answer:?}");
        }
        assert_eq!(services.settings(), before);
    });
}

/// Boxes that agree to something, or ask for more of it: without them less is done.
const AGREE: [(&str, &str); 16] = [
    ("accept_warning", "everywhere"),
    // For what something is set: without it and without another place nothing is.
    ("add_window", "all"),
    ("add_window", "site"),
    ("change_settings", "sure"),
    ("create_key", "another"),
    ("delete_window", "site"),
    ("look_after_database", "sure"),
    ("pause", "all"),
    ("pause", "site"),
    ("reset_user_password", "second_factor"),
    ("resume", "all"),
    ("resume", "site"),
    ("set_checks", "site"),
    ("set_schedule", "all"),
    ("set_schedule", "site"),
    ("withdraw_warning", "everywhere"),
];

#[test]
fn every_box_of_a_server_function_is_known() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../app/src/features");
    let mut found = BTreeSet::new();
    for feature in fs::read_dir(folder).unwrap() {
        let Ok(files) = fs::read_dir(feature.unwrap().path()) else { continue };
        for file in files {
            let text = fs::read_to_string(file.unwrap().path()).unwrap_or_default();
            let functions = text.split("endpoint = \"").skip(1);
            for function in functions {
                let name = function.split('"').next().unwrap_or_default();
                let head = function.split("->").next().unwrap_or_default();
                for field in head.split("#[server(default)]").skip(1) {
                    let (field, kind) = field.split_once(':').unwrap_or_default();
                    if kind.trim_start().starts_with("bool") {
                        found.insert((name.to_owned(), field.trim().to_owned()));
                    }
                }
            }
        }
    }
    let boxes = BOXES.iter().flat_map(|(name, boxes)| boxes.iter().map(|field| (*name, *field)));
    let known: BTreeSet<(String, String)> =
        boxes.chain(AGREE).map(|(name, field)| (name.to_owned(), field.to_owned())).collect();
    assert_eq!(found, known, "without this box, what does its function switch off?");
    assert!(BOXES.iter().all(|(name, _)| FIELDS.iter().any(|(known, _)| known == name)));
}
