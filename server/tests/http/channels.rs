//! Channels added in the browser without JavaScript: what is wrong is said at its field, and the rest stays.

use axum::http::{StatusCode, header};
use serde_json::Value;

use crate::site::{Answer, Site, deep, get, post};

const FIELDS: &str = "form[name]=Parents&form[kind]=email&form[delay]=0&form[topics][]=failed&has-private=true&has-in_use=true&in_use=true";

/// Sends the form as a browser without JavaScript does.
async fn submit(site: &Site, form: &str, body: &str) -> Answer {
    let path = format!("/api/fn/{form}");
    let mut request = post(&path, "application/x-www-form-urlencoded", body);
    request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    request.headers_mut().insert(header::HOST, "backup.example".parse().unwrap());
    let page = "http://backup.example/settings/notifications?kind=email";
    request.headers_mut().insert(header::REFERER, page.parse().unwrap());
    site.send(request).await
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
