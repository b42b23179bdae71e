//! The page of a link as HTML, from made-up data.

use duplistatus::{
    dto::snooze_link::{LinkPage, LinkedIncident},
    verdict::Verdict,
};
use leptos::prelude::*;

use super::LinkView;
use crate::testing::{HOSTILE, ago, assert_harmless, html};

fn incident() -> LinkedIncident {
    LinkedIncident {
        name: "nas / photos".into(),
        problem: Verdict::Failed,
        since: ago(7200),
        closed: None,
        is_acknowledged: false,
        snoozed_until: None,
        used: None,
    }
}

fn shown(incident: Option<LinkedIncident>) -> String {
    html(move || {
        let page = LinkPage { now: ago(0), incident, expires: ago(-86_400) };
        view! { <LinkView token="abc".to_owned() page=page /> }
    })
}

#[test]
fn the_page_names_the_job_and_asks_before_it_acts() {
    let html = shown(Some(incident()));
    for part in ["nas / photos", "Failed", "since", "use_snooze_link", "value=\"abc\"", "value=\"week\""] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn what_is_done_or_over_has_no_buttons() {
    let used = LinkedIncident { used: Some(ago(60)), is_acknowledged: true, ..incident() };
    let html = shown(Some(used));
    assert!(html.contains("Done.") && html.contains("is acknowledged") && !html.contains("<form"), "{html}");
    let closed = LinkedIncident { closed: Some(ago(60)), ..incident() };
    assert!(!shown(Some(closed)).contains("<form"));
    let html = shown(None);
    assert!(html.contains("has expired") && !html.contains("<form") && !html.contains("photos"), "{html}");
}

#[test]
fn hostile_names_are_text() {
    assert_harmless(&shown(Some(LinkedIncident { name: HOSTILE.into(), ..incident() })));
}
