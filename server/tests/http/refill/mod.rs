//! A form that comes back with an error shows everything that was entered, marks what is wrong, and is visible. Tried with every form of
//! the application, as a browser without JavaScript does: the form is read from its page, filled in, submitted, and read again.

use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use duplistatus::access::Role;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use self::{
    html::{Form, Page, read},
    mistakes::{ALWAYS_RIGHT, MISTAKES},
};
use crate::site::{Site, deep, report};

mod html;
mod mistakes;

/// Servers, jobs, a group, channels, a digest, an incident and a warning.
async fn site() -> Site {
    let site = Site::open();
    for (job, result) in [("Photos", "Fatal"), ("Music", "Warning")] {
        let mut sent = report(2);
        sent["Extra"]["backup-name"] = json!(job);
        sent["Data"]["ParsedResult"] = json!(result);
        sent["Data"]["Warnings"] = json!(["2026-11-23 02:01:00 +00 - [Warning-Some-Kind]: something"]);
        sent["Data"]["WarningsActualLength"] = json!(1);
        assert_eq!(site.post("/api/upload", &sent).await.status, StatusCode::OK);
    }
    for name in ["Office", "Parents"] {
        site.channel(name).await;
    }
    let digest = "form[name]=Daily&form[channel]=1&form[group]=&form[every]=daily&form[weekday]=0&form[month_day]=1\
                  &form[at]=07:00&form[zone]=UTC&has-in_use=true&in_use=true";
    for (function, body) in [("label_server", "server=1&group=Home&tags=attic"), ("save_digest", digest)] {
        let answer = site.submit(function, "/", body).await;
        assert!(!answer.header(header::LOCATION).contains("__err"), "{answer:?}");
    }
    site.sign_in("vera", Role::Viewer).await;
    site
}

fn encoded(fields: &[(String, String)]) -> String {
    let word = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    fields.iter().map(|(name, value)| format!("{}={}", word(name), word(value))).collect::<Vec<_>>().join("&")
}

fn found(page: &Page, function: &str, id: &str) -> Option<Form> {
    let is_it = |form: &&Form| form.method == "post" && form.function() == function && form.id() == id;
    page.forms.iter().find(is_it).cloned()
}

async fn page(site: &Site, path: &str) -> (Page, String) {
    let answer = site.get(path).await;
    (read(&answer.body), answer.body)
}

#[test]
fn every_form_with_a_mistake_shows_what_was_entered_and_marks_what_is_wrong() {
    deep(|| async {
        let site = site().await;
        let mut problems = Vec::new();
        for (path, function, id, entered, wrong) in MISTAKES {
            let name = format!("{function} on {path} ({wrong})");
            let (shown, _) = page(&site, path).await;
            let Some(form) = found(&shown, function, id) else {
                let forms: Vec<_> =
                    shown.forms.iter().map(|form| format!("{} {:?}", form.function(), form.id())).collect();
                problems.push(format!("{name}: there are only {forms:?}"));
                continue;
            };
            let form = form.with(entered);
            let sent = form.submission();
            let mut body = encoded(&sent);
            if *function == "handle_incidents" {
                body.push_str("&act=close");
            }
            let answer = site.submit(function, path, &body).await;
            let location = answer.header(header::LOCATION).to_owned();
            if !location.contains("__err=") {
                problems.push(format!("{name}: it was accepted: {location} {}", answer.status));
                continue;
            }
            let location = location.strip_prefix("http://backup.example").unwrap_or(&location);
            let (shown, html) = page(&site, location.split('#').next().unwrap_or_default()).await;
            let Some(again) = found(&shown, function, id) else {
                problems.push(format!("{name}: the form is not there any longer"));
                continue;
            };
            if again.is_hidden {
                problems.push(format!("{name}: a closed panel hides it"));
            }
            let is_secret = |name: &str| {
                let kind = form.controls.iter().find(|control| control.name == name);
                kind.is_some_and(|control| control.kind == "password")
                    || (name == "form[target]" && path.contains("webhook"))
            };
            let visible = |fields: Vec<(String, String)>| {
                fields.into_iter().filter(|(name, _)| !is_secret(name)).collect::<Vec<_>>()
            };
            let (before, after) = (visible(sent.clone()), visible(again.submission()));
            if before != after {
                let lost: Vec<_> = before.iter().filter(|field| !after.contains(field)).collect();
                let other: Vec<_> = after.iter().filter(|field| !before.contains(field)).collect();
                problems.push(format!("{name}: entered {lost:?}, shown {other:?}"));
            }
            for (name, value) in sent.iter().filter(|(name, value)| is_secret(name) && !value.is_empty()) {
                assert!(!html.contains(value.as_str()), "{name} is shown again: {html}");
            }
            let expected: Vec<String> =
                (!wrong.is_empty()).then(|| format!("{wrong}-wrong")).into_iter().collect();
            if shown.wrong != expected {
                problems.push(format!("{name}: marked are {:?}", shown.wrong));
            }
            if let Some(id) = expected.iter().find(|id| !shown.ids.contains(id)) {
                problems.push(format!("{name}: there is no {id}"));
            }
            if !html.contains("data-tone=\"fail\"") && wrong.is_empty() {
                problems.push(format!("{name}: no error is shown"));
            }
        }
        assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    });
}

#[test]
fn every_form_of_the_application_is_tried() {
    deep(|| async {
        let site = site().await;
        let mut missing = BTreeSet::new();
        let paths = server::router::page_paths(&app::context::base_path::BasePath::default());
        let more = MISTAKES.iter().map(|(path, ..)| (*path).to_owned());
        for path in paths.into_iter().chain(more) {
            let path: Vec<String> = path
                .split('/')
                .map(|part| {
                    if part.starts_with('{') || part.starts_with(':') {
                        "1".to_owned()
                    } else {
                        part.to_owned()
                    }
                })
                .collect();
            let (shown, _) = page(&site, &path.join("/")).await;
            for form in shown.forms.iter().filter(|form| form.method == "post") {
                let has_fields = form.controls.iter().any(html::Control::is_visible);
                let is_tried = MISTAKES.iter().any(|(_, function, ..)| *function == form.function());
                if has_fields && !is_tried && !ALWAYS_RIGHT.contains(&form.function()) {
                    missing.insert(format!("{} on {}", form.function(), path.join("/")));
                }
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
    });
}

#[test]
fn what_was_entered_is_shown_once_and_only_to_who_entered_it() {
    deep(|| async {
        let site = site().await;
        let (shown, _) = page(&site, "/servers/1/edit").await;
        let form = found(&shown, "save_server", "").unwrap();
        let form = form.with(&[("alias", &["Attic-7"]), ("duplicati_url", &["javascript:x"])]);
        let answer = site.submit("save_server", "/servers/1/edit", &encoded(&form.submission())).await;
        let location = answer.header(header::LOCATION).replace("http://backup.example", "");
        let location = location.split('#').next().unwrap().to_owned();
        let other = site.sign_in("otto", Role::Operator).await;
        let mut request = crate::site::get(&location);
        request.headers_mut().insert(header::COOKIE, other.parse().unwrap());
        assert!(!site.send(request).await.body.contains("Attic-7"));
        assert!(!site.get("/servers/1/edit").await.body.contains("Attic-7"), "only right after the mistake");
        assert!(site.get(&location).await.body.contains("Attic-7"));
        let form = form.with(&[("alias", &["Cellar"]), ("duplicati_url", &[""])]);
        let answer = site.submit("save_server", "/servers/1/edit", &encoded(&form.submission())).await;
        assert!(!answer.header(header::LOCATION).contains("__err"), "{answer:?}");
        assert!(!site.get(&location).await.body.contains("Attic-7"), "it was saved with something else");
    });
}
