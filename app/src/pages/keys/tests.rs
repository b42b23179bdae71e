//! The page of keys as HTML, from made-up data.

use duplistatus::{
    dto::key::{KeyRow, KeysPage},
    ids::{KeyId, ServerId},
};
use leptos::prelude::*;

use super::KeysView;
use crate::pages::server::tests::{HOSTILE, assert_harmless, html, preview, sample::ago};

fn key(id: i64, server: Option<&str>, used: bool, revoked: bool) -> KeyRow {
    KeyRow {
        id: KeyId(id),
        server: server.map(|name| (ServerId(id), name.to_owned())),
        prefix: format!("k7f{id}"),
        created: ago(id * 400_000),
        last_used: used.then(|| ago(2280)),
        uses: if used { 1184 } else { 0 },
        revoked: revoked.then(|| ago(90_000)),
        expires: None,
        expired: false,
    }
}

fn page() -> KeysPage {
    KeysPage {
        now: ago(0),
        keys: vec![
            key(1, Some("nas"), true, false),
            key(2, None, false, false),
            key(3, Some("laptop-jo"), true, true),
        ],
        servers: vec![(ServerId(1), "nas".into()), (ServerId(3), "laptop-jo".into())],
        open_ingest: true,
    }
}

fn view(page: KeysPage) -> impl IntoView {
    view! { <KeysView page=page create=ServerAction::new() revoke=ServerAction::new() /> }
}

#[test]
fn revoking_names_what_will_stop_and_works_without_a_script() {
    let html = html(|| view(page()));
    assert!(html.contains("nas stops reporting until it gets a new one"));
    assert_eq!(html.matches("action=\"/api/fn/revoke_key\"").count(), 2, "a revoked key has no button");
    assert!(html.contains("name=\"key\" value=\"1\""));
}

#[test]
fn hostile_text_stays_text() {
    let mut page = page();
    page.servers = vec![(ServerId(1), format!("\"{HOSTILE}"))];
    page.keys = vec![key(1, Some(HOSTILE), true, false)];
    assert_harmless(&html(|| view(page)));
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview_keys() {
    preview("keys", || {
        view! {
            <header class="page-head">
                <h1>"Ingest keys"</h1>
            </header>
            {view(page())}
        }
    })
    .unwrap();
}
