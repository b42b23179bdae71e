//! The page of keys as HTML, from made-up data.

use duplistatus::{
    dto::key::{KeyRow, KeysPage},
    ids::{KeyId, ServerId},
};
use leptos::prelude::*;

use super::{KeysView, search::is_found};
use crate::testing::{HOSTILE, ago, assert_harmless, html, preview};

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
        redirected: None,
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
fn keys_are_found_by_their_server_and_by_how_they_begin() {
    let keys = page().keys;
    let found = |words: &str| -> Vec<i64> {
        keys.iter().filter(|key| is_found(key, words, "any server")).map(|key| key.id.0).collect()
    };
    for (words, expected) in [
        ("", &[1, 2, 3][..]),
        ("  ", &[1, 2, 3]),
        ("NAS", &[1]),
        ("jo laptop", &[3]),
        ("any", &[2]),
        ("k7f", &[1, 2, 3]),
        ("k7f2", &[2]),
        ("k7f3andtherestofthekey", &[3]),
        ("nas laptop", &[]),
    ] {
        assert_eq!(found(words), expected, "{words:?}");
    }
}

#[test]
fn a_search_says_how_many_and_works_without_a_script() {
    let search = |words: &'static str| {
        html(move || {
            view! { <KeysView page=page() words=words.to_owned() create=ServerAction::new() revoke=ServerAction::new() /> }
        })
    };
    let one = search("laptop");
    assert!(one.contains("1 of 3") && one.contains("laptop-jo") && !one.contains("k7f1"), "{one}");
    assert!(
        one.contains("action=\"/settings/keys\"")
            && one.contains("name=\"q\"")
            && one.contains("value=\"laptop\""),
        "{one}"
    );
    let none = search("<b>");
    assert!(none.contains("No matches") && !none.contains("No keys yet"), "{none}");
    assert!(!html(|| view(page())).contains("name=\"q\""), "three keys need no search");
}

#[test]
fn revoking_names_what_will_stop_and_works_without_a_script() {
    let html = html(|| view(page()));
    assert!(html.contains("nas cannot report until it gets a new key"));
    assert_eq!(html.matches("action=\"/api/fn/revoke_key\"").count(), 2, "a revoked key has no button");
    assert!(html.contains("name=\"key\" value=\"1\""));
}

#[test]
fn a_key_whose_reports_are_lost_on_the_way_says_so() {
    assert!(!html(|| view(page())).contains("A redirect lost a report of this key"));
    let lost = html(|| {
        let mut page = page();
        page.keys[0].redirected = Some(ago(60));
        view(page)
    });
    assert_eq!(lost.matches("A redirect lost a report of this key").count(), 1);
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
