//! The OpenAPI document: whole, in step with the access rules, and the same as the one in the repository.

use std::{collections::BTreeSet, fs, path::Path};

use axum::http::{Method, StatusCode, header};
use duplistatus::access::{Assurance, Permission, Scope};
use serde_json::Value;
use server::{
    access::rules,
    http::v1::document::{document, operations},
    router,
};

use super::filled;
use crate::site::{Site, deep};

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/API.md");

#[test]
fn every_route_of_the_api_is_in_the_document_and_the_other_way_round() {
    deep(|| async {
        let site = Site::new();
        let is_of_api = |path: &&str| path.starts_with("/api/v1/");
        let documented: BTreeSet<&str> = operations(document()).map(|(path, ..)| path).collect();
        let routes = router::paths(&site.state);
        let routed: BTreeSet<&str> = routes.iter().map(String::as_str).filter(is_of_api).collect();
        let ruled: BTreeSet<&str> = rules().iter().map(|rule| rule.path).filter(is_of_api).collect();
        assert_eq!(documented, routed);
        assert_eq!(documented, ruled);
    });
}

#[test]
fn what_an_operation_needs_is_what_its_rule_says() {
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(document()) {
        let what = format!("{method} {path}");
        let rule = rules().iter().find(|rule| rule.path == path).unwrap();
        let permission: Permission = rule.requirement.permission(&method).unwrap();
        let json = serde_json::to_value(operation).unwrap();
        assert_eq!(json["x-access"]["permission"], format!("{permission:?}"), "{what}");
        let with_key = json["security"].as_array().unwrap().iter().find_map(|way| way.get("bearer"));
        let scope = Scope::ALL.into_iter().find(|scope| scope.role().may(permission)).map(Scope::as_str);
        match permission.assurance() {
            Assurance::Any => assert_eq!(with_key.unwrap()[0].as_str(), scope, "{what}"),
            Assurance::Session | Assurance::FreshPassword => assert_eq!(with_key, None, "{what}"),
        }
        let summary = json["summary"].as_str().unwrap_or_default();
        assert!(summary.starts_with(char::is_uppercase) && summary.ends_with('.'), "{what}: {summary}");
        assert!(!summary.contains('\n'), "{what}: {summary}");
        assert!(ids.insert(json["operationId"].to_string()), "{what}: its id is not its own");
        if method == Method::GET {
            assert!(json["requestBody"].is_null(), "{what}");
        }
    }
    assert!(ids.len() > 60, "{}", ids.len());
}

#[test]
fn every_reference_leads_to_something_and_every_field_is_described() {
    let json = serde_json::to_value(document()).unwrap();
    let text = json.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(json.pointer(reference).is_some(), "{reference}");
    }
    for (name, schema) in json["components"]["schemas"].as_object().unwrap() {
        for (field, what) in schema["properties"].as_object().into_iter().flatten() {
            // What refers to another type alone says nothing of its own.
            let is_said = what.to_string().contains("\"description\"") || !what["$ref"].is_null();
            assert!(is_said, "{name}.{field}: {what}");
        }
    }
}

/// Compares a file with what it must be; `UPDATE=1` writes it.
fn compare(file: &str, made: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::write(file, made).unwrap();
    }
    let kept = fs::read_to_string(file).unwrap_or_default();
    let name = Path::new(file).file_name().unwrap().to_string_lossy();
    assert!(
        kept == made,
        "{name} is not up to date: run this test with UPDATE=1, and look at the difference"
    );
}

#[test]
fn the_document_in_the_repository_is_this_one() {
    let made = serde_json::to_string_pretty(document()).unwrap();
    compare(SNAPSHOT, &format!("{made}\n"));
}

#[test]
fn the_table_of_routes_is_made_from_the_document() {
    let mut table = String::from("| route | needs | |\n|---|---|---|\n");
    for (path, method, operation) in operations(document()) {
        let json = serde_json::to_value(operation).unwrap();
        let word = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        let local = rules().iter().any(|rule| rule.path == path && rule.local_read) && method == Method::GET;
        let needs = match json["x-access"]["scope"].as_str() {
            Some(scope) => format!("`{scope}`{}", if local { ", local" } else { "" }),
            None => format!("session of an {}", json["x-access"]["role"].as_str().unwrap())
                .replace("an viewer", "a viewer"),
        };
        let query: Vec<&str> = json["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str())
            .filter(|name| !["limit", "cursor", "fields"].contains(name))
            .collect();
        let query =
            if query.is_empty() { String::new() } else { format!(" Parameters: `{}`.", query.join("`, `")) };
        table += &format!("| `{method} {path}` | {needs} | {}{query} |\n", word("summary"));
    }
    let text = fs::read_to_string(REFERENCE).unwrap();
    let (before, rest) = text.split_once("<!-- routes -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end of routes -->").unwrap();
    compare(REFERENCE, &format!("{before}<!-- routes -->\n{table}<!-- end of routes -->{after}"));
}

#[test]
fn the_document_and_its_page_are_served_without_anything_from_elsewhere() {
    deep(|| async {
        let site = filled().await;
        let answer = site.get("/api/v1/openapi.json").await;
        assert_eq!((answer.status, &answer.json()["openapi"]), (StatusCode::OK, &Value::from("3.1.0")));
        let page = site.get("/api/v1/docs").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.header(header::CONTENT_SECURITY_POLICY).contains("default-src 'none'"), "{page:?}");
        assert!(page.body.contains("PATCH /api/v1/servers/{server}") && page.body.contains("id=\"Job\""));
        for foreign in ["<script", "http://", "https://", "style=\""] {
            assert!(!page.body.contains(foreign), "{foreign}");
        }
        let under = Site::with("/backups", |_| {}, |_| {});
        assert_eq!(under.get("/backups/api/v1/openapi.json").await.json()["servers"][0]["url"], "/backups");
        let page = under.get("/backups/api/v1/docs").await.body;
        assert!(page.contains("href=\"/backups/api/v1/openapi.json\""), "{page}");
    });
}
