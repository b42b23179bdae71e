//! The API for programs: its lists, its changes, and its document.

mod changes;
mod document;
mod lists;

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use duplistatus::{
    access::{Role, Scope},
    service::account::api_keys,
};
use serde_json::{Value, json};

use crate::site::{Answer, Site, report};

/// The media type of errors.
const PROBLEM: &str = "application/problem+json";

/// Returns a site with two servers, a failed run, a run with warnings and a verification.
async fn filled() -> Site {
    let site = Site::open();
    for (hour, machine, status) in
        [(1, "nas", "Success"), (2, "nas", "Warning"), (3, "laptop", "Success"), (4, "laptop", "Fatal")]
    {
        let mut sent = report(hour);
        sent["Data"]["ParsedResult"] = json!(status);
        sent["Extra"]["machine-name"] = json!(machine);
        sent["Extra"]["machine-id"] = json!(machine);
        let level = if status == "Fatal" { "Error" } else { "Warning" };
        if status != "Success" {
            let line = format!("2026-11-23 02:00:00 +00 - [{level}-Some-Kind]: the disk is gone");
            sent["LogLines"] = json!([line, "2026-11-23 02:00:00 +00 - [Information-A-B]: it began"]);
            let counted = if level == "Error" { "Errors" } else { "Warnings" };
            sent["Data"][counted] = json!([line]);
            sent["Data"][format!("{counted}ActualLength")] = json!(1);
        }
        assert_eq!(site.post("/api/upload", sent).await.json()["result"], "stored");
    }
    let mut test = report(5);
    test["Data"]["MainOperation"] = json!("Test");
    test["Extra"]["OperationName"] = json!("Test");
    test["Extra"]["machine-name"] = json!("nas");
    test["Extra"]["machine-id"] = json!("nas");
    assert_eq!(site.post("/api/upload", test).await.json()["result"], "recorded");
    site
}

/// Creates an API key of a scope; returns its `Authorization`.
async fn key(site: &Site, scope: Scope) -> String {
    let services = &site.state.services;
    let cookie = site.sign_in(&format!("owner-of-{}", scope.as_str()), Role::Administrator).await;
    let owner = site.actor(&cookie).await;
    let made = api_keys::create(services, &owner, "a program", scope, None).await.unwrap();
    format!("Bearer {}", made.secret)
}

/// Sends a request as a program does.
async fn ask(site: &Site, key: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
    let request = Request::builder().method(method).uri(path).header(header::AUTHORIZATION, key);
    let request = match body {
        Some(body) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap(),
        None => request.body(Body::empty()).unwrap(),
    };
    site.send_as_it_is(request).await
}

/// Returns the rows of a list.
fn rows(answer: &Answer) -> Vec<Value> {
    answer.json()["data"].as_array().unwrap_or_else(|| panic!("{answer:?}")).clone()
}
