//! A confirmation names the object it applies to: if that has changed in the meantime, nothing is
//! done.

use axum::http::header;
use duplistatus::{
    access::Role,
    service::{Actor, ingest_keys, users},
};

use crate::site::{Answer, Site, deep, post, report};

/// Sends a form from a page, as a browser without JavaScript does.
async fn submit(site: &Site, form: &str, page: &str, body: &str) -> Answer {
    let path = format!("/api/fn/{form}");
    let mut request = post(&path, "application/x-www-form-urlencoded", body);
    request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    request.headers_mut().insert(header::HOST, "backup.example".parse().unwrap());
    request.headers_mut().insert(header::REFERER, format!("http://backup.example{page}").parse().unwrap());
    site.send(request).await
}

fn is_refused(answer: &Answer) -> bool {
    answer.header(header::LOCATION).contains("__err=")
}

#[test]
fn a_key_that_is_not_the_one_that_was_named_stays() {
    deep(|| async {
        let site = Site::new();
        let page = "/settings/keys";
        let (first, second) = (site.key("nas").await, site.key("laptop").await);
        let keys =
            || async { ingest_keys::list(&site.state.services, &Actor::CommandLine).await.unwrap().keys };
        let id = keys().await.iter().find(|key| first.starts_with(&key.prefix)).unwrap().id;
        let html = site.get(page).await.body;
        assert!(html.contains(&format!("name=\"prefix\" value=\"{}\"", &first[..6])), "{html}");
        for form in ["revoke_key", "rotate_key"] {
            let answer = submit(&site, form, page, &format!("key={id}&prefix={}", &second[..6])).await;
            assert!(is_refused(&answer), "{form}: {answer:?}");
        }
        assert!(keys().await.iter().all(|key| key.revoked.is_none() && key.expires.is_none()));
        assert_eq!(keys().await.len(), 2);
        let answer = submit(&site, "revoke_key", page, &format!("key={id}&prefix={}", &first[..6])).await;
        assert!(!is_refused(&answer), "{answer:?}");
        assert_eq!(keys().await.iter().filter(|key| key.revoked.is_some()).count(), 1);
    });
}

#[test]
fn a_person_who_is_not_the_one_that_was_named_stays() {
    deep(|| async {
        let site = Site::new();
        let page = "/settings/users";
        // The site's administrator signs in with the first request.
        site.get(page).await;
        users::create(&site.state.services, &Actor::CommandLine, "kim", Role::Viewer, None).await.unwrap();
        let people = || async { users::list(&site.state.services, &Actor::CommandLine).await.unwrap().users };
        let id = people().await.iter().find(|user| user.name == "kim").unwrap().id;
        for form in ["delete_user", "disable_user", "end_user_sessions", "reset_user_password"] {
            let answer = submit(&site, form, page, &format!("user={id}&name=jo")).await;
            assert!(is_refused(&answer), "{form}: {answer:?}");
        }
        let kim = people().await.into_iter().find(|user| user.id == id).unwrap();
        assert_eq!((kim.name.as_str(), kim.disabled), ("kim", None));
        assert!(!is_refused(&submit(&site, "delete_user", page, &format!("user={id}&name=kim")).await));
        assert_eq!(people().await.len(), 1);
    });
}

#[test]
fn more_runs_than_were_named_are_not_deleted() {
    deep(|| async {
        let site = Site::open();
        let page = "/settings/database";
        for run in 1..=4 {
            site.post("/api/upload", report(run)).await;
        }
        let clock = site.state.services.clock();
        clock.set(clock.now().plus(400 * 86_400));
        submit(&site, "set_retention", page, "days=300&keep_last=1&server=&job=&at_most=3").await;
        let cleanup = |runs: i64| format!("days=&keep_last=&server=&job=&at_most={runs}");
        assert!(is_refused(&submit(&site, "clean_up_database", page, &cleanup(2)).await));
        let stats = duplistatus::service::database::stats(&site.state.services, &Actor::CommandLine).await;
        assert_eq!(stats.unwrap().runs, 4);
        assert!(!is_refused(&submit(&site, "clean_up_database", page, &cleanup(3)).await));
    });
}

#[test]
fn a_second_press_makes_no_second_address() {
    deep(|| async {
        let site = Site::new();
        let make =
            async |more: &str| submit(&site, "create_key", "/", &format!("server=&page=%2F{more}")).await;
        assert!(make("").await.header(header::LOCATION).contains("shown="));
        assert!(is_refused(&make("").await));
        let page = site.get("/").await.body;
        assert!(
            page.contains("An upload address exists") && !page.contains("Create upload address<"),
            "{page}"
        );
        assert!(make("&another=true").await.header(header::LOCATION).contains("shown="));
        let keys = ingest_keys::list(&site.state.services, &Actor::CommandLine).await.unwrap().keys;
        assert_eq!(keys.len(), 2);
    });
}

#[test]
fn refusals_are_on_the_page_that_waits() {
    deep(|| async {
        let site = Site::new();
        let key = site.key("").await;
        assert_eq!(site.post(&format!("/api/upload/{key}"), "{\"hello\":1}").await.status, 400);
        assert_eq!(site.post("/api/upload/wrong", report(1)).await.status, 401);
        assert_eq!(site.rejected().await.len(), 2);
        let page = site.get("/").await.body;
        assert!(page.contains("2 kinds of report were rejected"), "{page}");
        assert!(page.contains("Settings → Ingest keys"), "{page}");
        assert!(page.contains("Report from nas, job Documents"), "whose key is wrong: {page}");
    });
}

#[test]
fn a_rejected_report_that_is_not_the_one_that_was_named_stays() {
    deep(|| async {
        let site = Site::new();
        site.post("/api/upload/wrong", report(1)).await;
        assert_eq!(site.rejected().await.len(), 1);
        let page = site.get("/rejected").await.body;
        assert!(page.contains("<h2>This ingest key is not valid</h2>"), "{page}");
        assert!(page.contains("1 rejected report from"), "the question says how many: {page}");
        let field = |name: &str| {
            let start = page.find(&format!("name=\"{name}\" value=\"")).unwrap() + name.len() + 15;
            page[start..].split('"').next().unwrap().to_owned()
        };
        let (row, source) = (field("row"), field("source"));
        let body = |reason: &str| format!("row={row}&reason={reason}&source={source}");
        let reason = "this+ingest+key+is+not+valid";
        assert!(is_refused(&submit(&site, "dismiss_rejected", "/rejected", &body("another")).await));
        assert_eq!(site.rejected().await.len(), 1);
        assert!(!is_refused(&submit(&site, "dismiss_rejected", "/rejected", &body(reason)).await));
        assert_eq!(site.rejected().await.len(), 0);
        site.post("/api/upload/wrong", report(1)).await;
        assert_eq!(site.rejected().await.len(), 1, "what comes again is listed again");
        let until = site.state.services.clock().now();
        submit(&site, "dismiss_all_rejected", "/rejected", &format!("until={until}")).await;
        assert_eq!(site.rejected().await.len(), 0);
    });
}
