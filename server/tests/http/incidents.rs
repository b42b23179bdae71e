//! Incidents on the pages: a report opens them, pages list them, and a form without JavaScript handles them.

use axum::http::header;

use crate::site::{Answer, Site, deep, post, report};

async fn submit(site: &Site, body: &str) -> Answer {
    let mut request = post("/api/fn/handle_incidents", "application/x-www-form-urlencoded", body);
    request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
    request.headers_mut().insert(header::HOST, "backup.example".parse().unwrap());
    request.headers_mut().insert(header::REFERER, "http://backup.example/incidents".parse().unwrap());
    site.send(request).await
}

#[test]
fn a_failed_run_opens_an_incident_that_is_acknowledged_snoozed_and_closed() {
    deep(|| async {
        let site = Site::open();
        let mut failed = report(2);
        failed["Data"]["ParsedResult"] = "Fatal".into();
        failed["LogLines"] =
            serde_json::json!(["2026-11-23 02:05:00 +00 - [Error-Backup]: The destination is full"]);
        site.post("/api/upload", &failed).await;
        let html = site.get("/incidents").await.body;
        assert!(html.contains("Failed") && html.contains("value=\"1\""), "{html}");
        assert!(html.contains("The destination is full"), "the reason: {html}");
        for (body, field) in [
            ("act=close&ids%5B%5D=1&note=", "reason"),
            ("act=snooze&ids%5B%5D=1&hours=0", "until"),
            ("act=acknowledge", "incidents"),
            ("act=acknowledge&ids%5B%5D=1+x", "incidents"),
            ("act=explode&ids%5B%5D=1", "act"),
        ] {
            let answer = submit(&site, body).await;
            let location = answer.header(header::LOCATION);
            assert!(location.contains("__err="), "{field}: {answer:?}");
        }
        let done = submit(&site, "act=acknowledge&ids%5B%5D=1&note=on+it").await;
        assert_eq!(done.header(header::LOCATION), "/incidents?done=acknowledge", "{done:?}");
        assert!(site.get("/incidents").await.body.contains("No open incidents"));
        let html = site.get("/incidents?state=acknowledged").await.body;
        assert!(html.contains("on it") && html.contains("acknowledged by"), "{html}");
        submit(&site, "act=snooze&ids%5B%5D=1&hours=4").await;
        assert!(site.get("/incidents?state=acknowledged").await.body.contains("snoozed until"));
        submit(&site, "act=close&ids%5B%5D=1&note=known").await;
        let html = site.get("/incidents?state=closed").await.body;
        assert!(html.contains("known") && html.contains("closed by a user"), "{html}");
        // The same report does not open another one.
        site.post("/api/upload", &failed).await;
        assert!(site.get("/incidents").await.body.contains("No open incidents"));
    });
}
