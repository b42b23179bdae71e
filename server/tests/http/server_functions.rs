//! How server functions respond to programs: a mistake of the client is never reported as an error of the server.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use duplistatus::{
    access::Role,
    dto::database::{Retention, RetentionRule},
    service::{
        Actor, database, ingest_keys,
        settings::{self, Settings},
    },
};
use serde_json::Value;
use server::{
    access::rules,
    http::fields::{BOXES, FIELDS},
};

use crate::site::{Answer, Site, deep, get, post, report, with_method};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

fn program(path: &str, kind: &str, body: &str) -> Request<Body> {
    let mut request = post(&format!("/api/fn/{path}"), kind, body);
    request.headers_mut().insert(header::ACCEPT, JSON.parse().unwrap());
    request
}

fn invalid_field(answer: &Answer) -> String {
    let Value::String(field) = answer.json()["Invalid"]["field"].clone() else { panic!("{answer:?}") };
    field
}

#[test]
fn what_cannot_be_used_is_answered_400_wherever_that_is_found() {
    deep(|| async {
        let site = Site::new();
        for (path, kind, body, field) in [
            // Errors while the request is parsed.
            ("keys", JSON, "[", "request"),
            ("run", JSON, "{}", "request"),
            ("run", JSON, "{\"run\":\"one\"}", "request"),
            ("run", JSON, "", "request"),
            ("look_after_database", FORM, "kind=unknown", "request"),
            ("look_after_database", FORM, "", "kind"),
            (
                "change_settings",
                FORM,
                "audit_days=many&local_read_api=false&private_networks=false",
                "request",
            ),
            // Errors in the server function itself.
            ("look_after_database", FORM, "kind=vacuum", "sure"),
            ("clean_up_database", FORM, "days=30&keep_last=&server=&job=", "at_most"),
            ("clean_up_database", FORM, "days=30&keep_last=&server=&job=&at_most=few", "at_most"),
            ("set_retention", FORM, "days=few&keep_last=&server=&job=", "days"),
            ("set_retention", FORM, "days=&keep_last=&server=&job=Photos", "job"),
            ("run_task", FORM, "name=retention&at_most=few", "at_most"),
            ("restore_backup", FORM, "name=x", "sure"),
            ("restore_upload", FORM, "reference=x", "sure"),
            ("restore_upload", FORM, "reference=x&sure=yes", "file"),
            ("preview_upload", JSON, "{\"reference\":\"x\"}", "file"),
            // Errors in a service.
            ("set_retention", FORM, "days=0&keep_last=&server=&job=", "days"),
            (
                "change_settings",
                FORM,
                "audit_days=1&local_read_api=false&private_networks=false",
                "audit_days",
            ),
            ("change_task", FORM, "name=backup&enabled=true&schedule=now", "schedule"),
        ] {
            let answer = site.send(program(path, kind, body)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {body}: {answer:?}");
            assert_eq!(invalid_field(&answer), field, "{path} {body}");
        }
    });
}

/// An empty field has a meaning: "forever", "any server", "no address". A missing field has none.
#[test]
fn a_form_without_its_fields_is_refused_and_changes_nothing() {
    deep(|| async {
        let site = Site::new();
        site.get("/").await;
        for (name, fields) in FIELDS {
            for missing in *fields {
                let all: Vec<&&str> = fields.iter().filter(|field| *field != missing).collect();
                let body = all.iter().map(|field| format!("{field}=")).collect::<Vec<_>>().join("&");
                let answer = site.send(program(name, FORM, &body)).await;
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name} {body}: {answer:?}");
                assert_eq!(invalid_field(&answer), *missing, "{name} {body}");
            }
            let answer = site.send(program(name, FORM, "")).await;
            assert!(
                fields.iter().all(|field| answer.body.contains(field)),
                "all that are missing are named: {name}: {answer:?}"
            );
            assert_eq!(site.send(program(name, FORM, "\u{0}&=&%ff=")).await.status, StatusCode::BAD_REQUEST);
        }
        let before = site.state.services.settings();
        let keys = ingest_keys::list(&site.state.services, &Actor::CommandLine).await.unwrap();
        assert!(keys.keys.is_empty());
        assert_eq!(before, Settings::default());
        let large = site.send(program("save_profile", FORM, &"x".repeat(3_000_000))).await;
        assert!(large.status.is_client_error(), "{large:?}");
    });
}

#[test]
fn what_takes_fields_does_nothing_without_a_body() {
    deep(|| async {
        let site = Site::new();
        let none = ["begin_backup", "check_public_url", "end_other_sessions", "sign_out"];
        for rule in rules().iter().filter(|rule| rule.path.starts_with("/api/fn/")) {
            let name = rule.path.rsplit('/').next().unwrap();
            if none.contains(&name) {
                continue;
            }
            for kind in [FORM, JSON] {
                let answer = site.send(program(name, kind, "")).await;
                let is_list = kind == JSON && !FIELDS.iter().any(|(known, _)| *known == name);
                assert!(answer.status.is_client_error() || is_list, "{name} as {kind}: {answer:?}");
                assert!(!answer.status.is_server_error(), "{name} as {kind}: {answer:?}");
            }
        }
    });
}

/// A browser without JavaScript sends exactly the fields of the form.
#[test]
fn the_forms_of_pages_have_all_fields() {
    deep(|| async {
        let site = Site::open();
        let services = &site.state.services;
        site.post("/api/upload", report(2)).await;
        site.post("/api/upload", "[").await;
        site.rejected().await;
        site.key("nas").await;
        let kim = site.sign_in("kim", Role::Viewer).await;
        assert!(!kim.is_empty());
        let rule = RetentionRule {
            server: "nas".into(),
            job: None,
            retention: Retention { days: Some(30), keep_last: 1 },
        };
        database::set_rule(services, &Actor::CommandLine, rule).await.unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for page in [
            "/",
            "/rejected",
            "/account",
            "/prove",
            "/settings/keys",
            "/settings/users",
            "/settings/security",
            "/settings/backups",
            "/settings/database",
            "/settings/database?preview=1&days=1&keep_last=0&server=&job=",
            "/settings/database?rule=set&days=300&keep_last=1",
            "/settings/database?rule=clear&server=nas&job=",
            "/settings/tasks",
            "/settings/tasks?run=retention",
            "/jobs/1?edit=true",
            "/servers/1/labels",
            "/servers/1/schedule",
            "/settings/schedules/all",
            "/settings/schedules/edit?jobs%5B%5D=1",
        ] {
            let html = site.get(page).await.body;
            seen.extend(forms(page, &html));
        }
        seen.extend(forms("/login", &site.send_as_it_is(get("/login")).await.body));
        seen.extend(forms("/login/code", &site.send_as_it_is(get("/login/code")).await.body));
        for known in
            ["save_profile", "set_retention", "clear_retention", "create_key", "delete_user", "sign_in"]
        {
            assert!(seen.contains(known), "{known} of {seen:?}");
        }
        assert!(seen.len() > 25, "{seen:?}");
    });
}

/// Returns the functions that a page's forms are sent to; asserts that each form has all fields of its function.
fn forms(page: &str, html: &str) -> Vec<String> {
    let mut seen = Vec::new();
    for form in html.split("<form ").skip(1) {
        let form = form.split("</form>").next().unwrap_or_default();
        let Some(name) = form.split("action=\"/api/fn/").nth(1) else { continue };
        let name = name.split(['"', '#', '?']).next().unwrap_or_default();
        let wanted = FIELDS.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, fields)| fields);
        let boxes = BOXES.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, boxes)| boxes);
        for shown in boxes {
            assert!(
                form.contains(&format!("name=\"has-{shown}\"")),
                "{page}: {name} without {shown}: {form}"
            );
        }
        for field in wanted {
            assert!(form.contains(&format!("name=\"{field}\"")), "{page}: {name} without {field}: {form}");
        }
        seen.push(name.to_owned());
    }
    seen
}

#[test]
fn the_other_reasons_have_their_status() {
    deep(|| async {
        let site = Site::new();
        let missing = site.send(program("run", JSON, "{\"query\":{\"run\":999}}")).await;
        assert_eq!((missing.status, missing.json()), (StatusCode::NOT_FOUND, "NotFound".into()));
        let wrong = site.send(program("sign_in", FORM, "name=jo&password=x")).await;
        assert_eq!((wrong.status, wrong.json()), (StatusCode::UNAUTHORIZED, "Credentials".into()));
        let code = site.send_as_it_is(program("sign_in_code", FORM, "code=1")).await;
        assert_eq!((code.status, code.json()), (StatusCode::UNAUTHORIZED, "Unauthenticated".into()));
        for _ in 0..20 {
            site.send(program("sign_in", FORM, "name=jo&password=x")).await;
        }
        let many = site.send(program("sign_in", FORM, "name=jo&password=x")).await;
        assert_eq!(many.status, StatusCode::TOO_MANY_REQUESTS, "{many:?}");
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let answer = site.send(with_method(program("keys", JSON, "{}"), method.clone())).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}: {answer:?}");
            assert!(!answer.body.contains("server macro"), "{answer:?}");
        }
        let answer = site.send(program("keys", JSON, "{}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        // A browser that sent a form itself is redirected back, with the error.
        let mut form = program("look_after_database", FORM, "kind=vacuum");
        form.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
        let led = site.send(form).await;
        assert!(led.status.is_redirection(), "{led:?}");
    });
}

#[test]
fn what_deletes_is_agreed_to_by_programs_and_asked_on_pages() {
    deep(|| async {
        let site = Site::open();
        for run in 1..=4 {
            site.post("/api/upload", report(run)).await;
        }
        // An entry of the audit log that will be old.
        let open = |settings: &mut Settings| settings.local_read_api = true;
        settings::adjust(&site.state.services, &Actor::CommandLine, open).await.unwrap();
        let clock = site.state.services.clock();
        clock.set(clock.now().plus(400 * 86_400));
        let page = |path: &str, body: &str| {
            let mut form = program(path, FORM, body);
            form.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
            form
        };
        let runs =
            || async { database::stats(&site.state.services, &Actor::CommandLine).await.unwrap().runs };
        let rule = "days=300&keep_last=1&server=&job=";
        // A rule that deletes more than the current one.
        let refused = site.send(program("set_retention", FORM, rule)).await;
        assert_eq!((refused.status, invalid_field(&refused)), (StatusCode::BAD_REQUEST, "at_most".into()));
        let asked = site.send(page("set_retention", rule)).await;
        let question = asked.header(header::LOCATION).to_owned();
        assert_eq!(question, "/settings/database?rule=set&days=300&keep_last=1#rule-question", "{asked:?}");
        let html = site.get(question.split('#').next().unwrap()).await.body;
        assert!(
            html.contains("permanently deletes 3 runs") && html.contains("name=\"at_most\" value=\"3\""),
            "{html}"
        );
        assert_eq!(site.state.services.settings().retention_days, None, "nothing is saved");
        let few = site.send(program("set_retention", FORM, &format!("{rule}&at_most=2"))).await;
        assert_eq!(few.status, StatusCode::BAD_REQUEST, "more would go than was agreed to");
        let saved = site.send(page("set_retention", &format!("{rule}&at_most=3"))).await;
        assert!(saved.header(header::LOCATION).ends_with("done=retention"), "{saved:?}");
        assert_eq!(site.state.services.settings().retention_days, Some(300));
        // A rule that keeps more asks nothing.
        let longer = site.send(page("set_retention", "days=300&keep_last=2&server=&job=")).await;
        assert!(longer.header(header::LOCATION).ends_with("done=retention"), "{longer:?}");
        // A rule for one job that keeps runs forever, and its removal.
        let job = "server=nas&job=Documents";
        let forever = site.send(page("set_retention", &format!("days=&keep_last=4&{job}"))).await;
        assert!(forever.header(header::LOCATION).ends_with("done=retention"), "{forever:?}");
        let cleared = site.send(page("clear_retention", job)).await;
        assert!(
            cleared.header(header::LOCATION).contains("rule=clear&server=nas&job=Documents"),
            "{cleared:?}"
        );
        let html = site.get("/settings/database?rule=clear&server=nas&job=Documents").await.body;
        assert!(
            html.contains("nas: Documents: the rule is removed") && html.contains("value=\"2\""),
            "{html}"
        );
        let cleared = site.send(page("clear_retention", &format!("{job}&at_most=2"))).await;
        assert!(cleared.header(header::LOCATION).ends_with("done=retention"), "{cleared:?}");
        assert_eq!(runs().await, 4, "nothing is deleted yet");
        // Running the task that deletes.
        let refused = site.send(program("run_task", FORM, "name=retention")).await;
        assert_eq!((refused.status, invalid_field(&refused)), (StatusCode::BAD_REQUEST, "at_most".into()));
        let html = site.get("/settings/tasks?run=retention").await.body;
        assert!(
            html.contains("2 old runs and other operations") && html.contains("name=\"at_most\" value=\"2\""),
            "{html}"
        );
        let few = site.send(program("run_task", FORM, "name=retention&at_most=1")).await;
        assert_eq!(few.status, StatusCode::BAD_REQUEST, "{few:?}");
        assert_eq!(runs().await, 4);
        let begun = site.send(program("run_task", FORM, "name=retention&at_most=2")).await;
        assert!(begun.status.is_success(), "{begun:?}");
        // A task that deletes nothing asks nothing.
        let begun = site.send(program("run_task", FORM, "name=optimize")).await;
        assert!(begun.status.is_success(), "{begun:?}");
        let unknown = site.send(program("run_task", FORM, "name=unknown")).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        // A shorter retention of the audit log.
        let boxes = "has-local_read_api=true&has-private_networks=true";
        let shorter = site.send(program("change_settings", FORM, &format!("audit_days=30&{boxes}"))).await;
        assert_eq!((shorter.status, invalid_field(&shorter)), (StatusCode::BAD_REQUEST, "audit_days".into()));
        let sure =
            site.send(program("change_settings", FORM, &format!("audit_days=30&sure=true&{boxes}"))).await;
        assert!(sure.status.is_success(), "{sure:?}");
        assert_eq!(site.state.services.settings().audit_days, 30);
        let html = site.get("/settings/security").await.body;
        assert!(html.contains("name=\"sure\""), "{html}");
        // Users without the permission do not learn how much there is.
        let viewer = site.sign_in("kim", Role::Viewer).await;
        let mut asked = get("/settings/tasks?run=retention");
        asked.headers_mut().insert(header::COOKIE, viewer.parse().unwrap());
        assert_eq!(site.send(asked).await.status, StatusCode::NOT_FOUND);
    });
}
