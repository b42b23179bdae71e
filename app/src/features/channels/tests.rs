//! The page of notifications as HTML, from made-up data.

use duplistatus::{
    access::Role,
    dto::{
        Paging,
        channel::{ChannelRow, ChannelsPage, KINDS, NotificationRow},
    },
    ids::ChannelId,
    topic::Topic,
};
use leptos::prelude::*;

use super::ChannelsView;
use crate::{
    context::viewer::Viewer,
    testing::{HOSTILE, ago, assert_harmless, html},
};

fn channel() -> ChannelRow {
    ChannelRow {
        id: ChannelId(4),
        name: "family".into(),
        kind: "ntfy".into(),
        target: "https://ntfy.example/backups".into(),
        topics: vec![Topic::Late, Topic::Failed],
        is_enabled: true,
        delay: 0,
        allows_private: false,
        delivered: Some(ago(240)),
        failing_since: None,
        failure: None,
    }
}

fn notification() -> NotificationRow {
    NotificationRow {
        id: 1,
        channel: "family".into(),
        topic: Some(Topic::Failed),
        subject: "nas / photos".into(),
        incident: Some(3),
        status: "sent".into(),
        created: ago(300),
        sent: Some(ago(240)),
        next_attempt: None,
        attempts: 1,
        answer: Some("200".into()),
    }
}

fn shown(
    role: Role,
    channels: Vec<ChannelRow>,
    rows: Vec<NotificationRow>,
    tested: Option<i64>,
    kind: &str,
) -> String {
    let kind = Some(kind.to_owned());
    html(move || {
        provide_context(Viewer { role: Some(role), ..Viewer::default() });
        let paging = Paging::new(1, 25, 1);
        let page = ChannelsPage { now: ago(0), channels, notifications: rows, paging, has_links: true };
        view! { <ChannelsView page=page tested=tested kind=kind /> }
    })
}

#[test]
fn a_channel_says_where_it_leads_and_whether_it_works() {
    let html = shown(Role::Administrator, vec![channel()], vec![notification()], None, "");
    for part in
        ["family", "https://ntfy.example/backups", "Last delivery", "Sends: failed, overdue", "nas / photos"]
    {
        assert!(html.contains(part), "{part}: {html}");
    }
    let failing =
        ChannelRow { failing_since: Some(ago(60)), failure: Some("403: forbidden".into()), ..channel() };
    let html = shown(Role::Administrator, vec![failing.clone()], Vec::new(), None, "");
    assert!(html.contains("Failing since") && html.contains("403: forbidden"), "{html}");
    let html = shown(Role::Administrator, vec![failing], Vec::new(), Some(4), "");
    assert!(html.contains("The test message was not delivered: 403: forbidden"), "{html}");
}

#[test]
fn who_may_not_change_settings_sees_no_form() {
    let html = shown(Role::Operator, vec![channel()], Vec::new(), None, "ntfy");
    assert!(!html.contains("<form"), "{html}");
}

#[test]
fn each_kind_asks_for_what_it_needs() {
    for kind in KINDS {
        let html = shown(Role::Administrator, Vec::new(), Vec::new(), None, kind);
        assert!(html.contains("save_channel"), "{kind}: {html}");
        assert_eq!(html.contains("name=\"form[to]\""), matches!(kind, "ntfy" | "telegram"), "{kind}");
        assert_eq!(html.contains("name=\"form[target]\""), kind != "telegram", "{kind}");
        assert_eq!(html.contains("name=\"form[token]\""), !matches!(kind, "slack" | "discord"), "{kind}");
    }
    let html = shown(Role::Administrator, Vec::new(), Vec::new(), None, "pigeon");
    assert!(!html.contains("save_channel"), "{html}");
}

#[test]
fn hostile_names_and_answers_are_text() {
    let hostile = ChannelRow {
        name: HOSTILE.into(),
        target: HOSTILE.into(),
        failing_since: Some(ago(60)),
        failure: Some(HOSTILE.into()),
        ..channel()
    };
    let row = NotificationRow { subject: HOSTILE.into(), answer: Some(HOSTILE.into()), ..notification() };
    assert_harmless(&shown(Role::Administrator, vec![hostile], vec![row], None, "ntfy"));
}
