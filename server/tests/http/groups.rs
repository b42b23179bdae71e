//! Groups and tags through the pages: set by a form without JavaScript, seen on the dashboard, changed by those who may.

use axum::http::{StatusCode, header};
use duplistatus::access::Role;
use serde_json::json;

use crate::site::{Answer, Site, deep, get, post, report};

async fn submit(site: &Site, function: &str, body: &str, cookie: Option<&str>) -> Answer {
    let mut request = post(&format!("/api/fn/{function}"), "application/x-www-form-urlencoded", body);
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, "text/html".parse().unwrap());
    headers.insert(header::HOST, "backup.example".parse().unwrap());
    headers.insert(header::REFERER, "http://backup.example/servers/1/labels".parse().unwrap());
    if let Some(cookie) = cookie {
        headers.insert(header::COOKIE, cookie.parse().unwrap());
    }
    site.send(request).await
}

/// Two servers; the second one failed.
async fn site() -> Site {
    let site = Site::open();
    for (machine, result) in [("nas", "Success"), ("desk", "Fatal")] {
        let mut sent = report(2);
        sent["Data"]["ParsedResult"] = json!(result);
        sent["Extra"]["machine-name"] = json!(machine);
        sent["Extra"]["machine-id"] = json!(machine);
        assert_eq!(site.post("/api/upload", &sent).await.status, 200);
    }
    site
}

#[test]
fn a_group_and_tags_are_set_by_a_form_and_narrow_the_dashboard_down() {
    deep(|| async {
        let site = site().await;
        let plain = site.get("/").await.body;
        assert!(!plain.contains("name=\"group\""), "nothing to choose from");
        let body = "server=1&group=M%C3%BCller+%26+Co&tags=off-site%2C+%3Cb%3Ebold";
        let done = submit(&site, "label_server", body, None).await;
        assert_eq!(done.header(header::LOCATION), "/servers/1", "{done:?}");
        let page = site.get("/servers/1").await.body;
        assert!(page.contains("/?group=M%C3%BCller%20%26%20Co") && page.contains("off-site"), "{page}");
        assert!(page.contains("&lt;b&gt;bold") && !page.contains("<b>bold"), "{page}");
        let done = submit(&site, "label_job", "server=2&job=2&tags=Off-Site", None).await;
        assert_eq!(done.header(header::LOCATION), "/servers/2/labels", "{done:?}");

        let all = site.get("/").await.body;
        assert!(all.contains("name=\"group\"") && all.contains("Müller &amp; Co (1)"), "{all}");
        // The colour of the worst job that has the tag.
        let chip = all.split("href=\"/?tag=off-site\"").nth(1).unwrap_or_default();
        assert!(chip.split('>').next().unwrap_or_default().contains("data-tone=\"fail\""), "{chip}");
        let group = site.get("/?group=m%C3%BCller+%26+co").await.body;
        assert!(group.contains("href=\"/servers/1\"") && !group.contains("href=\"/servers/2\""), "{group}");
        let both = site.get("/?tag=OFF-SITE").await.body;
        assert!(both.contains("href=\"/servers/1\"") && both.contains("href=\"/servers/2\""), "{both}");
        let one = site.get("/?tag=off-site&filter=failed").await.body;
        assert!(!one.contains("href=\"/servers/1\"") && one.contains("href=\"/servers/2\""), "{one}");
        let none = site.get("/?tag=unknown&group=nobody").await;
        assert_eq!(none.status, StatusCode::OK);
        assert!(none.body.contains("unknown") && none.body.contains("nobody"), "what was asked for is shown");
    });
}

#[test]
fn names_that_cannot_be_used_come_back_with_what_to_do() {
    deep(|| async {
        let site = site().await;
        let long = "x".repeat(100);
        for (function, body) in [
            ("label_server", format!("server=1&group={long}&tags=")),
            ("label_server", format!("server=1&group=&tags={long}")),
            ("label_server", "server=1&group=&tags=1,2,3,4,5,6,7,8,9,10,11".to_owned()),
            ("label_server", "server=77&group=a&tags=".to_owned()),
            ("label_job", "server=1&job=77&tags=a".to_owned()),
        ] {
            let answer = submit(&site, function, &body, None).await;
            assert!(answer.header(header::LOCATION).contains("__err="), "{body}: {answer:?}");
        }
        for (function, body) in [("label_server", "server=1&tags=a"), ("label_job", "server=1&job=1")] {
            let request = post(&format!("/api/fn/{function}"), "application/x-www-form-urlencoded", body);
            assert_eq!(site.send(request).await.status, 400, "{body}: an absent field is no empty one");
        }
        assert_eq!(site.get("/servers/77/labels").await.status, StatusCode::NOT_FOUND);
        assert!(!site.get("/").await.body.contains("name=\"group\""), "nothing was changed");
    });
}

#[test]
fn a_viewer_looks_and_an_operator_changes() {
    deep(|| async {
        let site = site().await;
        let viewer = site.sign_in("vera", Role::Viewer).await;
        let operator = site.sign_in("olaf", Role::Operator).await;
        let as_somebody = async |path: &str, cookie: &str| {
            let mut request = get(path);
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
            site.send(request).await
        };
        let body = "server=1&group=A&tags=b";
        submit(&site, "label_server", body, Some(&viewer)).await;
        submit(&site, "label_job", "server=1&job=1&tags=b", Some(&viewer)).await;
        assert!(!site.get("/").await.body.contains("name=\"group\""), "a viewer changed it");
        let page = as_somebody("/servers/1/labels", &viewer).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "who may not change them has no such page");
        assert!(!as_somebody("/servers/1", &viewer).await.body.contains("/servers/1/labels"));

        assert!(as_somebody("/servers/1", &operator).await.body.contains("/servers/1/labels"));
        assert_eq!(as_somebody("/servers/1/labels", &operator).await.status, StatusCode::OK);
        let done = submit(&site, "label_server", body, Some(&operator)).await;
        assert_eq!(done.header(header::LOCATION), "/servers/1", "{done:?}");
        assert!(as_somebody("/?group=a", &viewer).await.body.contains("href=\"/servers/1\""));
        let trail = site.get("/settings/audit").await.body;
        assert!(trail.contains("Change the group and tags of a server") && trail.contains("olaf"), "{trail}");
    });
}
