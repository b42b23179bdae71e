//! The history of messages as HTML, from made-up data.

use duplistatus::{
    access::Role,
    dto::{
        Paging,
        channel::NotificationRow,
        notification_history::{HistoryPage, HistoryQuery, HistoryRow},
    },
    ids::ChannelId,
    topic::Topic,
};
use leptos::prelude::*;

use super::HistoryView;
use crate::{
    context::viewer::Viewer,
    testing::{HOSTILE, ago, assert_harmless, html},
};

fn row(status: &str, reason: Option<&str>) -> HistoryRow {
    HistoryRow {
        row: NotificationRow {
            id: 1,
            channel: "family".into(),
            topic: Some(Topic::Failed),
            subject: "nas / photos".into(),
            is_digest: false,
            is_test: false,
            incident: Some(3),
            status: status.into(),
            created: ago(300),
            sent: None,
            next_attempt: None,
            attempts: 1,
            answer: None,
        },
        purpose: "event".into(),
        reason: reason.map(str::to_owned),
        can_resend: true,
    }
}

fn shown(role: Role, rows: Vec<HistoryRow>) -> String {
    html(move || {
        provide_context(Viewer { role: Some(role), ..Viewer::default() });
        let page = HistoryPage {
            now: ago(0),
            rows,
            paging: Paging::new(1, 25, 1),
            channels: vec![(ChannelId(4), "family".into())],
        };
        let query = HistoryQuery { page: 1, ..HistoryQuery::default() };
        view! { <HistoryView query=query page=page /> }
    })
}

#[test]
fn each_row_says_why_it_was_not_sent() {
    for (status, reason, words) in [
        ("dropped", Some("good"), "the job is good again"),
        ("dropped", Some("rule"), "a rule notifies nobody"),
        ("dropped", Some("off"), "the channel was disabled"),
        ("queued", Some("quiet"), "quiet hours"),
    ] {
        let html = shown(Role::Administrator, vec![row(status, reason)]);
        assert!(html.contains(words), "{words}: {html}");
    }
    let again = HistoryRow { purpose: "reminder".into(), ..row("sent", None) };
    assert!(shown(Role::Administrator, vec![again]).contains("(reminder)"));
}

#[test]
fn only_what_is_not_waiting_is_sent_again_and_only_by_those_who_may() {
    assert!(shown(Role::Administrator, vec![row("failed", None)]).contains("resend_notification"));
    assert!(!shown(Role::Administrator, vec![row("queued", None)]).contains("resend_notification"));
    assert!(!shown(Role::Operator, vec![row("failed", None)]).contains("resend_notification"));
    let gone = HistoryRow { can_resend: false, ..row("failed", None) };
    assert!(!shown(Role::Administrator, vec![gone]).contains("resend_notification"));
    assert!(shown(Role::Administrator, Vec::new()).contains("None match these filters"));
}

#[test]
fn hostile_names_and_answers_are_text() {
    let mut hostile = row("failed", Some(HOSTILE));
    hostile.row.channel = HOSTILE.into();
    hostile.row.subject = HOSTILE.into();
    hostile.row.answer = Some(HOSTILE.into());
    assert_harmless(&shown(Role::Administrator, vec![hostile]));
}
