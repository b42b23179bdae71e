//! A form that comes back with an error shows everything that was entered, marks what is wrong, and is visible. Tried with every form of
//! the application, as a browser without JavaScript does: the form is read from its page, filled in, submitted, and read again.

use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use duplistatus::{
    access::Role,
    dto::channel::ChannelForm,
    service::{Actor, notifications::channels},
    topic::Topic,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use self::html::{Form, Page, read};
use crate::site::{Answer, Site, deep, post, report};

mod html;

/// A mistake: the page, the function of its form, which of several forms, what is entered, and the field that is marked as wrong.
type Mistake = (
    &'static str,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static [&'static str])],
    &'static str,
);

const JOB: &str = "/jobs/1";
const SITE: &str = "/settings/schedules/all";
const MANY: &str = "/settings/schedules/edit?jobs%5B%5D=1&jobs%5B%5D=2&filter%5Bpage%5D=1";
const RULES: &str = "/settings/notifications/rules";
const LONG: &str = "a word that is far too long for a tag or a name, and goes on and on until there is really no doubt that nobody \
                    would call anything so, not even somebody who tries forms; a word that is far too long for a tag or a name";

const MISTAKES: &[Mistake] = &[
    (
        JOB,
        "set_schedule",
        "",
        &[
            ("form[schedule]", &["every"]),
            ("form[every]", &["0"]),
            ("form[unit]", &["W"]),
            ("form[at]", &["03:15"]),
            ("form[weekdays][]", &["mon", "tue"]),
            ("form[zone]", &["Asia/Tokyo"]),
            ("form[tolerance]", &["laptop"]),
        ],
        "schedule-every",
    ),
    (JOB, "set_schedule", "", &[("form[schedule]", &["cron"]), ("form[cron]", &["* *"])], "schedule-cron"),
    (
        JOB,
        "set_schedule",
        "",
        &[("form[schedule]", &["never"]), ("form[tolerance]", &["span"]), ("form[span]", &["soon"])],
        "schedule-span",
    ),
    (
        JOB,
        "set_schedule",
        "",
        &[
            ("form[schedule]", &["every"]),
            ("form[every]", &["2"]),
            ("form[unit]", &["M"]),
            ("form[at]", &["02:00"]),
            ("form[weekdays][]", &["sun"]),
        ],
        "weekdays",
    ),
    (
        MANY,
        "set_schedule",
        "",
        &[("form[schedule]", &["every"]), ("form[every]", &[""]), ("form[keep_zone]", &["true"])],
        "schedule-every",
    ),
    (
        SITE,
        "set_schedule",
        "",
        &[("form[schedule]", &["never"]), ("form[zone]", &["Berlin/Europe"])],
        "schedule-zone",
    ),
    (
        "/groups/1",
        "set_schedule",
        "",
        &[("form[zone]", &["Berlin/Europe"]), ("form[tolerance]", &["archive"])],
        "schedule-zone",
    ),
    (
        "/servers/1/schedule",
        "set_schedule",
        "",
        &[("form[zone]", &["x"]), ("form[tolerance]", &["desktop"])],
        "schedule-zone",
    ),
    (
        JOB,
        "pause",
        "",
        &[("until", &["7D"]), ("at", &["2020-01-01T08:00"]), ("reason", &["new disk"])],
        "pause-at",
    ),
    (
        MANY,
        "pause",
        "",
        &[("until", &["4h"]), ("at", &["2020-01-01T08:00"]), ("reason", &["moving"])],
        "pause-at",
    ),
    (SITE, "pause", "", &[("at", &["2020-01-01T08:00"]), ("reason", &["moving"])], "pause-at"),
    (
        JOB,
        "add_window",
        "",
        &[
            ("form[kind]", &["weekly"]),
            ("form[name]", &["Patches"]),
            ("form[at]", &["02:00"]),
            ("form[length]", &["soon"]),
            ("form[weekdays][]", &["sat", "sun"]),
        ],
        "window-length",
    ),
    (
        MANY,
        "add_window",
        "",
        &[
            ("form[kind]", &["monthly"]),
            ("form[name]", &["Patches"]),
            ("form[at]", &["02:00"]),
            ("form[length]", &["4h"]),
            ("form[day]", &["40"]),
        ],
        "window-day",
    ),
    (
        SITE,
        "add_window",
        "",
        &[
            ("form[kind]", &["weekly"]),
            ("form[name]", &["Patches"]),
            ("form[at]", &["02:00"]),
            ("form[length]", &["4h"]),
        ],
        "weekdays",
    ),
    (
        "/groups/1",
        "add_window",
        "",
        &[
            ("form[kind]", &["once"]),
            ("form[from]", &["2026-12-24T08:00"]),
            ("form[until]", &["2026-12-23T08:00"]),
        ],
        "window-until",
    ),
    (MANY, "label_servers", "", &[("act", &["none"]), ("add", &[LONG]), ("remove", &["old"])], "add"),
    ("/servers/1/labels", "label_server", "", &[("group", &["Home"]), ("tags", &[LONG])], "tags"),
    ("/servers/1/labels", "label_job", "2", &[("tags", &[LONG])], "tags-2"),
    ("/groups/1", "rename_group", "", &[("name", &[LONG])], "group-name"),
    (
        RULES,
        "save_rule",
        "",
        &[
            ("form[topics][]", &["failed", "late"]),
            ("form[scope]", &["job"]),
            ("form[name]", &["nas / Nothing"]),
            ("form[channels][]", &["2"]),
            ("form[delay]", &["15"]),
            ("form[reminder]", &["weekly"]),
        ],
        "rule-name",
    ),
    (
        RULES,
        "save_rule",
        "",
        &[
            ("form[topics][]", &["failed"]),
            ("form[scope]", &["tag"]),
            ("form[tells]", &["nobody"]),
            ("form[name]", &["none"]),
        ],
        "rule-name",
    ),
    (RULES, "save_rule", "", &[("form[topics][]", &[]), ("form[channels][]", &["1"])], "topics"),
    (RULES, "save_rule", "", &[("form[topics][]", &["failed"]), ("form[channels][]", &[])], "channels"),
    (
        RULES,
        "save_hours",
        "2",
        &[
            ("form[from]", &["22:00"]),
            ("form[to]", &["06:00"]),
            ("form[weekdays][]", &["sat"]),
            ("form[zone]", &["Berlin"]),
            ("form[reminder]", &["weekly"]),
            ("urgent", &[]),
        ],
        "hours-2-zone",
    ),
    (
        RULES,
        "save_hours",
        "1",
        &[("form[from]", &["22:00"]), ("form[to]", &["06:00"]), ("form[weekdays][]", &[])],
        "weekdays",
    ),
    (
        "/settings/notifications?kind=email",
        "save_channel",
        "channel-new",
        &[
            ("form[name]", &["Parents"]),
            ("form[target]", &["smtp.example.org"]),
            ("form[user]", &["anna"]),
            ("form[token]", &["pass-word-1"]),
            ("form[from]", &["backup@example.org"]),
            ("form[to]", &["anna"]),
            ("form[topics][]", &["failed"]),
            ("in_use", &[]),
        ],
        "channel-new-to",
    ),
    (
        "/settings/notifications?kind=webhook",
        "save_channel",
        "channel-new",
        &[
            ("form[name]", &["Program"]),
            ("form[target]", &["ftp://secret.example.org/hook"]),
            ("form[delay]", &["3"]),
        ],
        "channel-new-target",
    ),
    (
        "/settings/notifications",
        "save_channel",
        "channel-2",
        &[
            ("form[name]", &["Phone"]),
            ("form[to]", &["other"]),
            ("form[topics][]", &["failed"]),
            ("form[delay]", &["9999"]),
            ("private", &["true"]),
        ],
        "channel-2-delay",
    ),
    (
        "/settings/digests",
        "save_digest",
        "new",
        &[
            ("form[name]", &["Weekly"]),
            ("form[every]", &["monthly"]),
            ("form[month_day]", &["3"]),
            ("form[zone]", &["Berlin"]),
            ("in_use", &[]),
        ],
        "digest-new-zone",
    ),
    (
        "/settings/digests",
        "save_digest",
        "1",
        &[("form[weekday]", &["4"]), ("form[at]", &["25:00"])],
        "digest-1-at",
    ),
    (
        "/servers/1/edit",
        "save_server",
        "",
        &[("alias", &["Attic"]), ("notes", &["2nd\nfloor"]), ("duplicati_url", &["javascript:alert(1)"])],
        "duplicati_url",
    ),
    (
        "/servers/1/edit",
        "save_job",
        "2",
        &[("alias", &["Other"]), ("notes", &["a note"]), ("name", &["Photos"])],
        "name-2",
    ),
    ("/servers/1/edit", "set_retention", "", &[("days", &["0"]), ("keep_last", &["7"])], "days"),
    (
        "/settings/tasks",
        "change_task",
        "retention",
        &[("enabled", &[]), ("schedule", &["soon"])],
        "schedule-retention",
    ),
    ("/settings/users", "create_user", "", &[("name", &[LONG]), ("role", &["operator"])], "name"),
    (
        "/settings/database",
        "set_retention",
        "new",
        &[("server", &["nas"]), ("job", &["Photos"]), ("days", &["0"]), ("keep_last", &["3"])],
        "days-rule",
    ),
    ("/settings/database", "set_retention", "site", &[("days", &["0"]), ("keep_last", &["3"])], "days-site"),
    ("/account", "save_profile", "", &[("display_name", &["Root"]), ("email", &["nobody"])], "email"),
    (
        "/account",
        "create_api_key",
        "",
        &[("name", &[LONG]), ("scope", &["write"]), ("days", &["365"])],
        "key-name",
    ),
    (
        "/account",
        "change_password",
        "",
        &[("current", &["a long row of words 7"]), ("new", &["short-1"]), ("repeated", &["short-1"])],
        "new",
    ),
    (
        "/settings/security",
        "change_settings",
        "",
        &[("audit_days", &["1"]), ("local_read_api", &["true"]), ("private_networks", &["true"])],
        "audit_days",
    ),
    (
        "/settings/templates?topic=failed",
        "save_template",
        "",
        &[("form[title]", &[""]), ("form[body]", &["{{job}} failed\n<b>"])],
        "template-form-title",
    ),
    ("/incidents", "handle_incidents", "", &[("note", &["on it"]), ("hours", &["24"])], ""),
    (JOB, "handle_incidents", "", &[("hours", &["168"])], "incident-note"),
    ("/settings/keys", "create_key", "", &[("server", &[LONG])], "key-server"),
];

/// Forms in which nothing is entered that can be wrong: of what they offer, all can be chosen.
const ALWAYS_RIGHT: &[&str] = &[
    "accept_warning",
    "set_checks",
    "set_user_role",
    "reset_user_password",
    "save_preferences",
    "look_after_database",
    // Of users who are not signed in, the browser keeps the name: see `sign_in.rs`.
    "sign_in",
    "sign_in_code",
    // A script fills in what the browser says.
    "subscribe_browser",
    // Only a password.
    "begin_second_factor",
    "remove_second_factor",
    "renew_recovery_codes",
    "prove",
    // A file cannot be filled in again.
    "restore",
    "import",
];

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
        let form = ChannelForm {
            name: name.into(),
            kind: "ntfy".into(),
            to: "backups".into(),
            topics: Topic::ALL.to_vec(),
            is_enabled: true,
            ..ChannelForm::default()
        };
        channels::create(&site.state.services, &Actor::System, form).await.unwrap();
    }
    let digest = "form[name]=Daily&form[channel]=1&form[group]=&form[every]=daily&form[weekday]=0&form[month_day]=1\
                  &form[at]=07:00&form[zone]=UTC&has-in_use=true&in_use=true";
    for (function, body) in [("label_server", "server=1&group=Home&tags=attic"), ("save_digest", digest)] {
        let answer = submit(&site, "/", function, body).await;
        assert!(!answer.header(header::LOCATION).contains("__err"), "{answer:?}");
    }
    site.sign_in("vera", Role::Viewer).await;
    site
}

/// Sends a form as a browser does.
async fn submit(site: &Site, page: &str, function: &str, body: &str) -> Answer {
    let mut request = post(&format!("/api/fn/{function}"), "application/x-www-form-urlencoded", body);
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, "text/html".parse().unwrap());
    headers.insert(header::HOST, "backup.example".parse().unwrap());
    headers.insert(header::REFERER, format!("http://backup.example{page}").parse().unwrap());
    site.send(request).await
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
            let answer = submit(&site, path, function, &body).await;
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
        let answer = submit(&site, "/servers/1/edit", "save_server", &encoded(&form.submission())).await;
        let location = answer.header(header::LOCATION).replace("http://backup.example", "");
        let location = location.split('#').next().unwrap().to_owned();
        let other = site.sign_in("otto", Role::Operator).await;
        let mut request = crate::site::get(&location);
        request.headers_mut().insert(header::COOKIE, other.parse().unwrap());
        assert!(!site.send(request).await.body.contains("Attic-7"));
        assert!(!site.get("/servers/1/edit").await.body.contains("Attic-7"), "only right after the mistake");
        assert!(site.get(&location).await.body.contains("Attic-7"));
        let form = form.with(&[("alias", &["Cellar"]), ("duplicati_url", &[""])]);
        let answer = submit(&site, "/servers/1/edit", "save_server", &encoded(&form.submission())).await;
        assert!(!answer.header(header::LOCATION).contains("__err"), "{answer:?}");
        assert!(!site.get(&location).await.body.contains("Attic-7"), "it was saved with something else");
    });
}
