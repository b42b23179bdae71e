//! The page of refused reports as HTML, from made-up data.

use duplistatus::dto::{
    Paging,
    rejected::{RejectedPage, RejectedRow},
};
use leptos::prelude::*;

use super::RejectedView;
use crate::pages::server::tests::{HOSTILE, assert_harmless, html, preview, sample::ago};

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
        source: "192.168.1.20".into(),
        size: 4213,
        sample: "{\"Data\":{\"DeletedFiles\":0,\"BeginTime\":\"mañana\"},\"Extra\":{\"OperationName\":\"Backup\"}}".into(),
    }
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
    assert!(html(move || view! { <RejectedView page=page /> }).contains("Nothing was refused"));
}

#[test]
fn hostile_text_stays_text() {
    let mut page = page();
    for row in &mut page.rows {
        row.reason = HOSTILE.into();
        row.hint = HOSTILE.into();
        row.source = HOSTILE.into();
        row.field = Some(HOSTILE.into());
        row.sample = format!("</pre>{HOSTILE}");
    }
    assert_harmless(&html(move || view! { <RejectedView page=page /> }));
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview_rejected() {
    preview("rejected", || view! { <RejectedView page=page() /> }).unwrap();
    preview("rejected-empty", || view! { <RejectedView page=RejectedPage { rows: Vec::new(), ..page() } /> })
        .unwrap();
}
