//! The page of digests as HTML, from made-up data.

use duplistatus::{
    access::Role,
    dto::digest::{DigestForm, DigestPreview, DigestRow, DigestsPage, Every},
    ids::{ChannelId, DigestId},
};
use leptos::prelude::*;

use super::DigestsView;
use crate::{
    context::viewer::Viewer,
    testing::{HOSTILE, ago, assert_harmless, html},
};

fn digest() -> DigestRow {
    DigestRow {
        id: DigestId(4),
        form: DigestForm {
            name: "Monday".into(),
            channel: 2,
            every: Every::Weekly,
            at: "07:00".into(),
            month_day: 1,
            zone: "Europe/Berlin".into(),
            is_enabled: true,
            ..DigestForm::default()
        },
        channel: Some("family".into()),
        is_channel_off: false,
        is_group_gone: false,
        next: Some(ago(-3600)),
        last: Some((ago(7200), "sent".into(), Some("200".into()))),
    }
}

fn shown(role: Role, digests: Vec<DigestRow>, preview: Option<DigestPreview>, has_channel: bool) -> String {
    html(move || {
        provide_context(Viewer { role: Some(role), ..Viewer::default() });
        let channels = if has_channel { vec![(ChannelId(2), "family".to_owned())] } else { Vec::new() };
        let groups = vec!["Müller".to_owned()];
        let page = DigestsPage { now: ago(0), digests, channels, groups, zone: "UTC".into() };
        view! { <DigestsView page=page preview=preview sent=Some(4) /> }
    })
}

#[test]
fn a_digest_says_when_it_is_sent_and_what_became_of_the_last_one() {
    let html = shown(Role::Administrator, vec![digest()], None, true);
    for part in [
        "Monday",
        "Weekly on Mon at 07:00 (Europe/Berlin)",
        "All servers",
        "Next to family:",
        "Last one sent",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    for name in ["save_digest", "send_digest", "delete_digest", "form[zone]", "has-in_use"] {
        assert!(html.contains(name), "{name}: {html}");
    }
}

#[test]
fn a_digest_that_is_not_sent_says_why() {
    let row = |change: fn(&mut DigestRow)| {
        let mut row = DigestRow { next: None, ..digest() };
        change(&mut row);
        shown(Role::Administrator, vec![row], None, true)
    };
    assert!(row(|row| row.channel = None).contains("its channel was deleted"));
    assert!(row(|row| row.is_channel_off = true).contains("its channel is disabled"));
    assert!(row(|row| row.form.is_enabled = false).contains("Disabled"));
    let gone = row(|row| {
        row.is_group_gone = true;
        row.form.group = "Nobody".into();
    });
    assert!(gone.contains("No server is in this group") && gone.contains("value=\"Nobody\""), "{gone}");
}

#[test]
fn the_preview_is_beside_its_digest() {
    let preview = DigestPreview {
        id: DigestId(4),
        title: "Weekly summary: all 2 jobs are OK".into(),
        text: "All is well".into(),
        path: "/report?from=2026-11-23&to=2026-11-30".into(),
    };
    let html = shown(Role::Operator, vec![digest()], Some(preview), true);
    assert!(html.contains("Weekly summary: all 2 jobs are OK") && html.contains("/report?from="), "{html}");
    assert!(!html.contains("<form"), "who may not change settings sees no form: {html}");
}

#[test]
fn without_a_channel_the_page_leads_to_channels() {
    let html = shown(Role::Administrator, Vec::new(), None, false);
    assert!(html.contains("/settings/notifications") && !html.contains("save_digest"), "{html}");
}

#[test]
fn hostile_names_and_answers_are_text() {
    let hostile = || HOSTILE.to_owned();
    let form = DigestForm { name: hostile(), group: hostile(), zone: hostile(), ..digest().form };
    let row = DigestRow {
        form,
        channel: Some(hostile()),
        last: Some((ago(1), "failed".into(), Some(hostile()))),
        ..digest()
    };
    let preview =
        DigestPreview { id: DigestId(4), title: hostile(), text: hostile(), path: "/report".into() };
    assert_harmless(&shown(Role::Administrator, vec![row], Some(preview), true));
}
