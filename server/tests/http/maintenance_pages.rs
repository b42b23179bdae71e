//! The pages of the database, of the tasks and of imports: what their forms do, and for which
//! users.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use duplistatus::{
    access::Role,
    dto::work::{Outcome, WorkEnded},
    service::{Actor, audit, database, import, tasks},
};

use crate::site::{Answer, Site, deep, get, post, report};

const IMPORT: &str = "/api/v1/import";
const CSV: &str = "server,job,start,status\nnas,Photos,2026-11-20T02:00:00Z,Success\nnas,Photos,2026-11-21T02:00:00Z,Success\n";

/// Sends a page's form to a server function, as a browser does.
async fn submit(site: &Site, function: &str, page: &str, fields: &str) -> Answer {
    let mut request = post(&format!("/api/fn/{function}"), "application/x-www-form-urlencoded", fields);
    request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    request.headers_mut().insert(header::REFERER, format!("http://localhost{page}").parse().unwrap());
    site.send(request).await
}

/// Waits for the work that the database page began; returns its outcome.
async fn outcome(site: &Site) -> WorkEnded {
    for _ in 0..500 {
        let page = database::overview(&site.state.services, &Actor::CommandLine).await.unwrap();
        match (page.work.now, page.work.last) {
            (None, Some(last)) => return last,
            _ => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    panic!("it does not end");
}

fn form(parts: &[(&str, &str)]) -> Request<Body> {
    let mut body = String::new();
    for (head, content) in parts {
        body += &format!("--x\r\nContent-Disposition: form-data; {head}\r\n\r\n{content}\r\n");
    }
    Request::post(IMPORT)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .header(header::ACCEPT, "text/html")
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body + "--x--\r\n"))
        .unwrap()
}

/// Waits for the import; returns its outcome.
async fn imported(site: &Site) -> Outcome {
    for _ in 0..500 {
        let work = import::state(&site.state.services, &Actor::CommandLine).unwrap();
        match (work.now, work.last) {
            (None, Some(last)) => return last.outcome,
            _ => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
    panic!("it does not end");
}

/// Returns how many uploaded files remain.
fn received(site: &Site) -> usize {
    let folder = site.state.services.db().path().parent().unwrap();
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().starts_with("received-")).count()
}

async fn actions(site: &Site) -> Vec<String> {
    let query = duplistatus::dto::audit::AuditQuery::default();
    let page = audit::list(&site.state.services, &Actor::CommandLine, query).await.unwrap();
    page.rows.into_iter().map(|row| row.action).collect()
}

#[test]
fn the_file_is_looked_after_and_the_page_says_what_came_of_it() {
    deep(|| async {
        let site = Site::open();
        site.post("/api/upload", report(1)).await;
        for (kind, recorded) in [
            ("integrity", None),
            ("optimize", Some("database.optimize")),
            ("checkpoint", Some("database.checkpoint")),
            ("vacuum&sure=true", Some("database.vacuum")),
        ] {
            let answer =
                submit(&site, "look_after_database", "/settings/database", &format!("kind={kind}")).await;
            assert_eq!(answer.status, StatusCode::FOUND, "{answer:?}");
            assert_eq!(answer.header(header::LOCATION), "/settings/database");
            let ended = outcome(&site).await;
            match ended.outcome {
                Outcome::Integrity(found) => assert!(found.is_in_order(), "{found:?}"),
                Outcome::Maintenance(done) => assert!(done.is_complete, "{done:?}"),
                other => panic!("{kind}: {other:?}"),
            }
            if let Some(recorded) = recorded {
                assert!(actions(&site).await.iter().any(|action| action == recorded), "{recorded}");
            }
        }
        let page = site.get("/settings/database?tables=1").await;
        assert_eq!(page.status, StatusCode::OK);
        for text in ["backups", "Maintenance", "The file was rewritten", "Clean up now"] {
            assert!(page.body.contains(text), "{text}: {}", page.body);
        }
    });
}

#[tokio::test]
async fn a_vacuum_wants_to_be_meant_and_other_words_are_no_work() {
    let site = Site::open();
    for fields in ["kind=vacuum", "kind=cleanup", "kind=import", "kind=drop", ""] {
        let answer = submit(&site, "look_after_database", "/settings/database", fields).await;
        let back = answer.header(header::LOCATION);
        assert!(back.contains("__err="), "{fields}: {back}");
    }
    let page = database::overview(&site.state.services, &Actor::CommandLine).await.unwrap();
    assert!(page.work.now.is_none() && page.work.last.is_none(), "{:?}", page.work);
}

#[test]
fn retention_is_chosen_and_old_runs_go_after_a_look() {
    deep(|| async {
        let site = Site::open();
        let page = "/settings/database";
        for run in 1..=3 {
            site.post("/api/upload", report(run)).await;
        }
        let services = &site.state.services;
        let day = services.clock().now();
        services.clock().set(day.plus(400 * 86_400));
        let saved = submit(&site, "set_retention", page, "days=300&keep_last=0&server=&job=").await;
        assert!(
            saved.header(header::LOCATION).ends_with("#rule-question"),
            "runs would be deleted: {saved:?}"
        );
        let saved = submit(&site, "set_retention", page, "days=300&keep_last=0&server=&job=&at_most=3").await;
        assert_eq!(saved.header(header::LOCATION), "/settings/database?done=retention");
        assert_eq!(
            (services.settings().retention_days, services.settings().retention_keep_last),
            (Some(300), 0)
        );
        for wrong in [
            "days=0&server=&job=",
            "days=x&server=&job=",
            "days=5&server=nobody&job=",
            "days=5&server=&job=Photos",
        ] {
            let answer = submit(&site, "set_retention", page, &format!("keep_last=0&{wrong}")).await;
            assert!(answer.header(header::LOCATION).contains("__err="), "{wrong}");
        }
        let look = site.get("/settings/database?preview=1&days=&keep_last=&server=&job=").await;
        assert!(look.body.contains("2 runs and 0 other operations would be deleted"), "{}", look.body);
        // No confirmation, or one for less than would be deleted.
        for unconfirmed in ["", "&at_most=", "&at_most=x", "&at_most=1"] {
            let fields = format!("days=&keep_last=1&server=&job={unconfirmed}");
            let refused = submit(&site, "clean_up_database", page, &fields).await;
            assert!(refused.header(header::LOCATION).contains("__err="), "{fields}");
            let program = post("/api/fn/clean_up_database", "application/x-www-form-urlencoded", &fields);
            let refused = site.send(program).await;
            assert!(!refused.status.is_success() && refused.body.contains("at_most"), "{refused:?}");
        }
        assert_eq!(database::stats(services, &Actor::CommandLine).await.unwrap().runs, 3);
        let begun =
            submit(&site, "clean_up_database", page, "days=&keep_last=1&server=&job=&at_most=2").await;
        assert_eq!(begun.header(header::LOCATION), "/settings/database");
        assert!(matches!(outcome(&site).await.outcome, Outcome::Cleanup(report) if report.runs == 2));
        assert_eq!(database::stats(services, &Actor::CommandLine).await.unwrap().runs, 1);
    });
}

#[test]
fn a_rule_is_added_changed_and_removed() {
    deep(|| async {
        let site = Site::open();
        let page = "/settings/database";
        site.post("/api/upload", report(1)).await;
        let servers =
            duplistatus::service::servers::list(&site.state.services, &Actor::CommandLine).await.unwrap();
        let name = servers[0].name.clone();
        for days in ["30", "60"] {
            submit(&site, "set_retention", page, &format!("server={name}&job=&days={days}&keep_last=2"))
                .await;
        }
        let rules = database::rules(&site.state.services, &Actor::CommandLine).await.unwrap();
        assert_eq!((rules.len(), rules[0].retention.days, rules[0].retention.keep_last), (1, Some(60), 2));
        let shown = site.get(page).await;
        assert!(shown.body.contains("60 days, and the last 2 runs of each job"), "{}", shown.body);
        submit(&site, "clear_retention", page, &format!("server={name}&job=")).await;
        assert!(database::rules(&site.state.services, &Actor::CommandLine).await.unwrap().is_empty());
        assert_eq!(actions(&site).await.iter().filter(|action| *action == "retention.change").count(), 3);
    });
}

#[test]
fn a_task_is_run_changed_and_switched_off() {
    deep(|| async {
        let site = Site::open();
        let services = &site.state.services;
        let one = |tasks: Vec<duplistatus::dto::database::TaskState>| {
            tasks.into_iter().find(|task| task.name == "sessions").unwrap()
        };
        let answer = submit(&site, "run_task", "/settings/tasks", "name=sessions").await;
        assert_eq!(answer.header(header::LOCATION), "/settings/tasks");
        for _ in 0..500 {
            if one(tasks::list(services, &Actor::CommandLine).await.unwrap()).last_result.is_some() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let answer = submit(
            &site,
            "change_task",
            "/settings/tasks",
            "name=sessions&schedule=every+6h&has-enabled=true",
        )
        .await;
        assert_eq!(answer.header(header::LOCATION), "/settings/tasks?done=changed");
        let state = one(tasks::list(services, &Actor::CommandLine).await.unwrap());
        assert_eq!((state.enabled, state.schedule.as_str()), (false, "every 6h"));
        assert!(state.last_result.is_some(), "{state:?}");
        let page = site.get("/settings/tasks").await;
        assert!(page.body.contains("every 6h") && page.body.contains("sessions ended"), "{}", page.body);
        for (function, fields) in [
            ("change_task", "name=sessions&schedule=sometimes&enabled=true"),
            ("change_task", "name=nothing"),
            ("run_task", "name=nothing"),
        ] {
            let answer = submit(&site, function, "/settings/tasks", fields).await;
            assert!(answer.header(header::LOCATION).contains("__err="), "{fields}");
        }
    });
}

#[test]
fn a_form_imports_and_nothing_of_the_file_is_left() {
    deep(|| async {
        let site = Site::open();
        let file = ("name=\"file\"; filename=\"../runs.csv\"", CSV);
        let no_key = ("name=\"key\"; filename=\"\"", "");
        let tried = site.send(form(&[file, no_key, ("name=\"dry_run\"", "yes")])).await;
        assert_eq!(
            (tried.status, tried.header(header::LOCATION)),
            (StatusCode::SEE_OTHER, "/settings/import")
        );
        assert!(
            matches!(imported(&site).await, Outcome::Import(report) if report.dry_run && report.runs.added == 2)
        );
        assert_eq!(database::stats(&site.state.services, &Actor::CommandLine).await.unwrap().runs, 0);
        site.send(form(&[file, no_key])).await;
        for _ in 0..500 {
            if database::stats(&site.state.services, &Actor::CommandLine).await.unwrap().runs == 2 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let Outcome::Import(report) = imported(&site).await else { panic!("it failed") };
        assert_eq!((report.file.as_str(), report.runs.added, report.dry_run), ("runs.csv", 2, false));
        assert_eq!(received(&site), 0);
        let page = site.get("/settings/import").await;
        assert!(page.body.contains("Import complete") && page.body.contains("runs.csv"), "{}", page.body);
    });
}

#[tokio::test]
async fn a_program_sends_the_file_as_it_is_and_asks_how_far_it_is() {
    let site = Site::open();
    let begun = site.send(Request::post(IMPORT).body(Body::from(CSV)).unwrap()).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED, "{begun:?}");
    imported(&site).await;
    let state = site.get(IMPORT).await.json();
    assert_eq!(state["last"]["outcome"]["import"]["runs"]["added"], 2, "{state}");
}

#[tokio::test]
async fn hostile_files_and_half_forms_are_told_and_leave_nothing() {
    let site = Site::open();
    let key = ("name=\"key\"; filename=\"k\"", "no key");
    for content in ["SQLite format 3\0 and nothing more", "\u{0}\u{1}\u{2}", "", "<html>", "[{\"server\": 1"]
    {
        site.send(form(&[("name=\"file\"; filename=\"<img src=x>\"", content)])).await;
        let Outcome::Failed(why) = imported(&site).await else { panic!("{content:?} was taken") };
        assert!(!why.contains("received-") && !why.is_empty(), "{why}");
    }
    site.send(form(&[("name=\"file\"; filename=\"a.csv\"", CSV), key])).await;
    let told = imported(&site).await;
    assert!(matches!(&told, Outcome::Failed(why) if why.contains("a.csv")), "{told:?}");
    for request in [form(&[]), form(&[("name=\"file\"; filename=\"\"", "")])] {
        let answer = site.send(request).await;
        assert!(answer.header(header::LOCATION).starts_with("/settings/import?__path="), "{answer:?}");
    }
    assert_eq!(received(&site), 0);
    assert_eq!(database::stats(&site.state.services, &Actor::CommandLine).await.unwrap().runs, 0);
}

#[tokio::test]
async fn one_at_a_time_and_for_administrators_from_our_own_pages_only() {
    let site = Site::open();
    let file = ("name=\"file\"; filename=\"a.csv\"", CSV);
    let mut foreign = form(&[file]);
    foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(site.send(foreign).await.status, StatusCode::FORBIDDEN);
    let operator = site.sign_in("kim", Role::Operator).await;
    for mut request in [form(&[file]), get(IMPORT), get("/settings/database"), get("/settings/tasks")] {
        request.headers_mut().insert(header::COOKIE, operator.parse().unwrap());
        assert_eq!(site.send(request).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(site.send_as_it_is(form(&[file])).await.status, StatusCode::SEE_OTHER, "signs in first");
    let services = &site.state.services;
    let guard =
        services.background_work().start(duplistatus::dto::work::WorkKind::Vacuum, services.clock()).unwrap();
    assert!(site.send(form(&[file])).await.header(header::LOCATION).contains("__err="));
    let refused = site.send(Request::post(IMPORT).body(Body::from(CSV)).unwrap()).await;
    assert_eq!((refused.status, &refused.json()["field"]), (StatusCode::BAD_REQUEST, &"work".into()));
    guard.end(Outcome::Failed("no".into()));
    assert_eq!(database::stats(services, &Actor::CommandLine).await.unwrap().runs, 0);
}
