//! The page as HTML, from made-up data.

use duplistatus::{
    dto::push::{PushPage, PushRow, SharedChannel},
    ids::ChannelId,
    topic::Topic,
};
use leptos::prelude::*;

use super::OwnNotificationsView;
use crate::testing::{HOSTILE, ago, assert_harmless, html};

fn page() -> PushPage {
    PushPage {
        now: ago(0),
        key: Some("BPublicKey".into()),
        topics: Topic::OF_JOBS.to_vec(),
        browsers: vec![PushRow {
            id: ChannelId(3),
            name: "ada: Firefox on Linux".into(),
            topics: vec![Topic::Failed],
            is_enabled: true,
            delivered: Some(ago(300)),
            failing: None,
            quiet_until: None,
        }],
        shared: vec![SharedChannel {
            id: ChannelId(4),
            name: "family".into(),
            topics: vec![Topic::Failed, Topic::Late],
            is_enabled: true,
            failing_since: None,
            quiet_until: None,
        }],
    }
}

fn shown(page: PushPage, done: Option<&'static str>) -> String {
    html(move || view! { <OwnNotificationsView page=page done=done /> })
}

#[test]
fn browsers_are_listed_and_this_one_can_be_subscribed() {
    let html = shown(page(), Some("subscribed"));
    for part in [
        "ada: Firefox on Linux",
        "data-push-key=\"BPublicKey\"",
        "/push_worker.js",
        "subscribe_browser",
        "test_browser",
        "unsubscribe_browser",
        "role=\"status\"",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("value=\"system\""), "what the viewer may not hear of is not offered: {html}");
}

#[test]
fn without_a_key_nothing_can_be_subscribed_and_a_failure_says_why() {
    let mut broken = page();
    broken.key = None;
    broken.browsers[0].failing = Some((ago(60), "403: forbidden".into()));
    let html = shown(broken, None);
    assert!(!html.contains("/api/fn/subscribe_browser\"") && html.contains("403: forbidden"), "{html}");
}

#[test]
fn shared_channels_say_what_they_send_and_whether_they_work() {
    assert!(shown(page(), None).contains("Sends: failed, overdue<"));
    let mut changed = page();
    changed.shared[0].failing_since = Some(ago(60));
    changed.shared[0].topics = Vec::new();
    let html = shown(changed, None);
    assert!(html.contains("Messages have not arrived since") && html.contains("Sends only what"), "{html}");
    let mut none = page();
    none.shared.clear();
    assert!(shown(none, None).contains("Administrators have added no channels."));
}

#[test]
fn hostile_names_are_text() {
    let mut hostile = page();
    hostile.browsers[0].name = HOSTILE.into();
    hostile.shared[0].name = HOSTILE.into();
    hostile.browsers[0].failing = Some((ago(60), HOSTILE.into()));
    assert_harmless(&shown(hostile, None));
}
