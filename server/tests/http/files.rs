//! The files of the site. Tests are compiled with the site of the last build, or without one.

use axum::http::{StatusCode, header};
use server::site::{paths, site_files};

use crate::site::{Site, deep, get};

#[tokio::test]
async fn every_file_is_served_under_the_prefix_with_its_media_type() {
    let site = Site::with("/duplistatus", |_| {}, |_| {});
    for path in paths() {
        let answer = site.call(get(&format!("/duplistatus{path}"))).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let media_type = answer.headers()[header::CONTENT_TYPE].to_str().unwrap();
        assert_ne!(media_type, "application/octet-stream", "{path}");
        let caching = answer.headers()[header::CACHE_CONTROL].to_str().unwrap();
        assert_eq!(caching.contains("immutable"), path.starts_with("/pkg/"), "{path}: {caching}");
    }
}

#[test]
fn pages_name_files_that_exist() {
    let files = site_files();
    let named = [files.js, files.wasm, files.css, files.lazy_js, files.lazy_wasm];
    let all: Vec<&str> = paths().collect();
    assert!(all.is_empty() || named.iter().all(|file| all.contains(file)), "{named:?} in {all:?}");
}

#[test]
fn only_lazy_pages_ask_for_the_second_wasm_file_at_once() {
    deep(|| async {
        let site = Site::with("/duplistatus", |_| {}, |_| {});
        for (path, late) in [
            ("/", false),
            ("/?search=/runs/", false),
            ("/nope", false),
            ("/servers/1", true),
            ("/runs/1", true),
            ("/runs/1/raw", true),
            ("/rejected", true),
            ("/settings/keys", true),
        ] {
            let page = site.get(&format!("/duplistatus{path}")).await.body;
            let asked = page.contains(&format!("href=\"/duplistatus{}\"", site_files().lazy_wasm));
            assert_eq!(asked, late, "{path}");
        }
    });
}
