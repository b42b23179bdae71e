//! Channels added in the browser without JavaScript: what is wrong is said at its field, and the rest stays.

use axum::http::{StatusCode, header};
use duplistatus::{
    access::Role,
    db::tables::{channels as rows, settings},
    dto::channel::ChannelForm,
    service::{Actor, notifications::channels},
    topic::Topic,
};
use serde_json::Value;

use crate::site::{Answer, Site, deep, get, post, report};

const FIELDS: &str = "form-id=channel-new&form[name]=Parents&form[kind]=email&form[delay]=0&form[topics][]=failed&has-private=true&has-in_use=true&in_use=true";

/// Sends the form as a browser without JavaScript does.
async fn submit(site: &Site, form: &str, body: &str) -> Answer {
    site.submit(form, "/settings/notifications?kind=email", body).await
}

/// What a browser that is led somewhere sees there.
async fn follow(site: &Site, answer: &Answer) -> String {
    let location = answer.header(header::LOCATION);
    let path = location.strip_prefix("http://backup.example").unwrap_or(location);
    site.get(path.split('#').next().unwrap_or_default()).await.body
}

#[test]
fn a_form_with_a_mistake_keeps_what_was_entered_but_no_secrets() {
    deep(|| async {
        let site = Site::new();
        let entered = "form[target]=smtp.example.org&form[user]=anna&form[token]=pass-word-1&form[from]=backup@example.org&form[to]=anna";
        let refused = submit(&site, "save_channel", &format!("{FIELDS}&{entered}")).await;
        assert!(refused.header(header::LOCATION).contains("__err="), "{refused:?}");
        let page = follow(&site, &refused).await;
        assert_eq!(page.matches("aria-invalid=\"true\"").count(), 1, "{page}");
        for text in
            ["channel-new-to-wrong", "value=\"Parents\"", "value=\"smtp.example.org\"", ">anna</textarea>"]
        {
            assert!(page.contains(text), "{text}: {page}");
        }
        assert!(!page.contains("pass-word-1"), "{page}");
        // Only right after the mistake.
        let page = site.get("/settings/notifications?kind=email").await.body;
        assert!(!page.contains("smtp.example.org"), "{page}");
        let whole = entered.replace("form[to]=anna", "form[to]=anna@example.org");
        let saved = submit(&site, "save_channel", &format!("{FIELDS}&{whole}")).await;
        assert!(saved.header(header::LOCATION).contains("?saved="), "{saved:?}");
        let page = follow(&site, &saved).await;
        assert!(
            page.contains("anna@example.org (smtp.example.org:587)") && !page.contains("pass-word-1"),
            "{page}"
        );
        let ready: Value = site.send_as_it_is(get("/api/health")).await.json();
        assert_eq!(ready["notifications"], "ok");
    });
}

#[test]
fn programs_get_the_field_and_a_status_that_says_whose_mistake_it_was() {
    deep(|| async {
        let site = Site::new();
        for (more, field) in [
            ("form[target]=smtp.example.org&form[from]=x&form[to]=anna@example.org", "from"),
            (
                "form[target]=smtp.example.org%0D%0ARCPT&form[from]=a@example.org&form[to]=anna@example.org",
                "target",
            ),
            (
                "form[target]=smtp.example.org&form[port]=x&form[from]=a@example.org&form[to]=anna@example.org",
                "port",
            ),
            (
                "form[target]=smtp.example.org&form[ca]=x&form[from]=a@example.org&form[to]=anna@example.org",
                "ca",
            ),
        ] {
            let body = format!("{FIELDS}&{more}");
            let request = post("/api/fn/save_channel", "application/x-www-form-urlencoded", &body);
            let answer = site.send(request).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{answer:?}");
            assert!(answer.body.contains(&format!("\"field\":\"{field}\"")), "{answer:?}");
        }
        let answer = site
            .send(post("/api/fn/create_imported_channel", "application/x-www-form-urlencoded", "kind=email"))
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{answer:?}");
    });
}

fn parents() -> ChannelForm {
    ChannelForm {
        name: "parents".into(),
        kind: "ntfy".into(),
        to: "backups".into(),
        topics: Topic::ALL.to_vec(),
        is_enabled: true,
        ..ChannelForm::default()
    }
}

#[test]
fn every_page_of_an_administrator_names_a_channel_that_does_not_deliver() {
    deep(|| async {
        let site = Site::new();
        let services = &site.state.services;
        let id = channels::create(services, &Actor::System, parents()).await.unwrap();
        let text = "Messages are not delivered: parents (since ";
        assert!(!site.get("/").await.body.contains(text));
        let now = services.clock().now();
        services.db().write(move |tx| rows::failed(tx.conn, id, "403: forbidden", now)).await.unwrap();
        for path in ["/", "/runs", "/settings/health", "/incidents"] {
            let page = site.get(path).await.body;
            // Once for the browser that takes over, once to be read.
            assert!(page.contains(&format!("data-failing=\"{text}")), "{path}: {page}");
            let (_, body) = page.split_once("<body").unwrap();
            assert_eq!(body.matches(text).count(), 1, "{path}: {body}");
            assert!(!page.contains("403: forbidden") || path == "/settings/health", "{path}: {page}");
        }
        let cookie = site.sign_in("viewer", Role::Viewer).await;
        let mut request = get("/");
        request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
        request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
        let page = site.send_as_it_is(request).await.body;
        assert!(page.contains("data-role=\"viewer\"") && !page.contains("parents"), "{page}");
    });
}

#[test]
fn rules_of_the_node_application_are_created_without_javascript() {
    deep(|| async {
        let site = Site::open();
        let services = &site.state.services;
        let now = services.clock().now();
        site.send(post("/api/upload", "application/json", report(2).to_string())).await;
        let machine = report(2)["Extra"]["machine-id"].as_str().unwrap().to_owned();
        let job = report(2)["Extra"]["backup-name"].as_str().unwrap().to_owned();
        let kept = serde_json::json!({
            format!("{machine}:{job}"): { "notificationEvent": "off", "overdueBackupCheckEnabled": false },
            format!("{machine}:gone"): {},
        });
        services
            .db()
            .write(move |tx| settings::set(tx.conn, "node.backup_settings", &kept.to_string(), now))
            .await
            .unwrap();
        channels::create(services, &Actor::System, parents()).await.unwrap();
        let page = site.get("/settings/notifications").await.body;
        for part in ["use_imported_rules", "there is no such job here", "1 job needs no rule"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let used = submit(&site, "use_imported_rules", "").await;
        assert!(used.header(header::LOCATION).ends_with("/settings/notifications/rules"), "{used:?}");
        assert!(!site.get("/settings/notifications").await.body.contains("use_imported_rules"));
        let again = submit(&site, "use_imported_rules", "").await;
        assert!(again.header(header::LOCATION).contains("__err="), "{again:?}");
    });
}
