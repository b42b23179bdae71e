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
    all_shown(incident.into_iter().collect(), 0)
}

fn all_shown(incidents: Vec<LinkedIncident>, more: usize) -> String {
    html(move || {
        let is_open = incidents.iter().any(LinkedIncident::is_open);
        let page = LinkPage { now: ago(0), incidents, more, is_open, expires: ago(-86_400) };
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
fn a_link_for_several_jobs_names_them_and_counts_the_rest() {
    let other = LinkedIncident { name: "nas / mail".into(), used: Some(ago(60)), ..incident() };
    let html = all_shown(vec![incident(), other.clone()], 17);
    for part in ["nas / photos", "nas / mail", "17", "19", "Acknowledge all", "use_snooze_link"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!all_shown(vec![other.clone(), other], 0).contains("<form"));
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
