//! The page of refused reports as HTML, from made-up data.

use duplistatus::{
    access::Role,
    dto::{
        Paging,
        rejected::{RejectedPage, RejectedRow},
    },
};
use leptos::prelude::*;

use super::RejectedView;
use crate::{
    context::viewer::Viewer,
    testing::{HOSTILE, ago, assert_harmless, html, preview},
};

fn row(id: i64, count: i64, reason: &str) -> RejectedRow {
    RejectedRow {
        id,
        first: ago(90_000),
        last: ago(600 * id),
        count,
        http_status: 400,
        reason: reason.into(),
        field: Some("Data.BeginTime".into()),
        hint: "Set --send-http-result-output-format=Json in Duplicati, so that times are not in the words of a language.".into(),
        machine: Some("nas".into()),
        job: Some("Photos".into()),
        source: "192.168.1.20".into(),
        size: 4213,
        sample: "{\"Data\":{\"DeletedFiles\":0,\"BeginTime\":\"mañana\"},\"Extra\":{\"OperationName\":\"Backup\"}}".into(),
    }
}

fn shown(page: RejectedPage) -> impl IntoView {
    provide_context(Viewer { role: Some(Role::Operator), ..Viewer::default() });
    view! { <RejectedView page=page dismiss=ServerAction::new() dismiss_all=ServerAction::new() /> }
}

fn page() -> RejectedPage {
    RejectedPage {
        now: ago(0),
        rows: vec![row(1, 14, "The start time cannot be read"), row(2, 1, "The report is not JSON")],
        paging: Paging::new(1, 50, 2),
    }
}

#[test]
fn nothing_refused_is_good_news() {
    let page = RejectedPage { rows: Vec::new(), ..page() };
    assert!(html(move || shown(page)).contains("No rejected reports"));
}

#[test]
fn an_entry_says_in_a_sentence_what_and_whose_and_asks_before_it_is_dismissed() {
    let mut page = page();
    page.rows[0].reason = "the start time cannot be read".into();
    page.rows[1].machine = None;
    let html = html(move || shown(page));
    assert!(html.contains("<h2>The start time cannot be read</h2>"), "{html}");
    assert!(
        html.contains("Report from nas, job Photos") && html.contains("Report from job Photos"),
        "{html}"
    );
    assert!(html.contains("14 rejected reports from 192.168.1.20 are removed from this list"), "{html}");
    assert!(html.contains("All 2 entries are removed"), "{html}");
    assert!(
        html.contains("name=\"reason\" value=\"the start time cannot be read\""),
        "as it is stored: {html}"
    );
}

#[test]
fn hostile_text_stays_text() {
    let mut page = page();
    for row in &mut page.rows {
        row.reason = HOSTILE.into();
        row.hint = HOSTILE.into();
        row.source = HOSTILE.into();
        row.machine = Some(HOSTILE.into());
        row.job = Some(HOSTILE.into());
        row.field = Some(HOSTILE.into());
        row.sample = format!("</pre>{HOSTILE}");
    }
    assert_harmless(&html(move || shown(page)));
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview_rejected() {
    preview("rejected", || shown(page())).unwrap();
    preview("rejected-empty", || shown(RejectedPage { rows: Vec::new(), ..page() })).unwrap();
}
