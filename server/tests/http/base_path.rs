//! Everything is served under the base path, and nothing outside of it.

use axum::http::{StatusCode, header};
use duplistatus::service::Actor;

use crate::site::{Site, deep, post, report};

fn site() -> Site {
    Site::with("/duplistatus", |options| options.open_ingest = true, |_| {})
}

#[test]
fn all_doors_are_under_the_prefix() {
    deep(|| async {
        let site = site();
        assert_eq!(site.get("/duplistatus/api/health").await.status, StatusCode::OK);
        assert_eq!(site.post("/duplistatus/api/upload", report(2)).await.json()["result"], "stored");
        let key = site.key("").await;
        assert_eq!(
            site.post(&format!("/duplistatus/api/upload/{key}"), report(2)).await.json()["result"],
            "duplicate"
        );
        for path in ["/duplistatus", "/duplistatus/", "/duplistatus/settings/keys", "/duplistatus/servers/1"]
        {
            let answer = site.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(answer.body.contains("data-base=\"/duplistatus\""), "{path}");
            let urls = ["href=\"", "src=\"", "action=\"", "import('", "module_or_path:'"]
                .into_iter()
                .flat_map(|before| answer.body.split(before).skip(1))
                .filter(|rest| rest.starts_with('/'))
                .filter_map(|rest| rest.split(['"', '\'']).next());
            let outside: Vec<&str> = urls.filter(|url| !url.starts_with("/duplistatus")).collect();
            assert!(outside.is_empty(), "{path}: {outside:?}");
        }
    });
}

#[test]
fn server_functions_are_under_the_prefix_and_redirect_under_it() {
    deep(|| async {
        let site = site();
        let answer = site.post("/duplistatus/api/fn/keys", "{}").await;
        assert_eq!((answer.status, answer.json()["open_ingest"].as_bool()), (StatusCode::OK, Some(true)));
        let form = "application/x-www-form-urlencoded";
        let mut request = post("/duplistatus/api/fn/create_key", form, "server=nas&page=%2F");
        request.headers_mut().insert(header::ACCEPT, "text/html".parse().unwrap());
        request.headers_mut().insert(header::REFERER, "http://backup.example/duplistatus/".parse().unwrap());
        let answer = site.send(request).await;
        assert!(answer.status.is_redirection(), "{answer:?}");
        assert!(answer.header(header::LOCATION).starts_with("/duplistatus/?shown="), "{answer:?}");
        let keys =
            duplistatus::service::ingest_keys::list(&site.state.services, &Actor::CommandLine).await.unwrap();
        assert_eq!(keys.keys.len(), 1);
    });
}

#[test]
fn beside_the_prefix_there_is_nothing() {
    deep(|| async {
        let site = site();
        for path in
            ["/", "/api/health", "/settings/keys", "/other/", "/duplistatusx", "/duplistatusx/api/health"]
        {
            let answer = site.get(path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert!(site.get("/").await.body.contains("/duplistatus/"), "it says where it is");
        let lost = site.post("/api/upload", report(2)).await;
        assert_eq!(lost.status, StatusCode::PERMANENT_REDIRECT, "a report is not lost for a prefix");
        assert_eq!(lost.header(header::LOCATION), "/duplistatus/api/upload");
        assert_eq!(site.post("/api/fn/keys", "{}").await.status, StatusCode::NOT_FOUND);
    });
}
