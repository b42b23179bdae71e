//! Charts and calendar of the page, and the day that its history is limited to.

use duplistatus::dto::server::{JobSeries, RunSort, ServerQuery};
use leptos::prelude::*;

use super::{super::ServerView, page, sample, server_query};
use crate::testing::{HOSTILE, ago, assert_harmless, html};

#[test]
fn uploads_of_several_jobs_stand_one_upon_the_other() {
    let text = page(|page| {
        let whole = page.trends.uploaded_size.clone();
        let series = |job: Option<&str>| JobSeries { job: job.map(str::to_owned), values: whole.clone() };
        page.trends.uploaded_by_job = vec![series(Some(HOSTILE)), series(Some("music")), series(None)];
    });
    assert_eq!(text.matches("class=\"chart-line\"").count(), 8);
    for layer in ["1", "2", "3"] {
        // The drawing, and its name beside it.
        assert_eq!(text.matches(&format!("data-layer=\"{layer}\"")).count(), 2, "{layer}");
    }
    assert!(text.contains(">Other jobs<") && text.contains(">Total<"), "{text}");
    assert_harmless(&text);
}

#[test]
fn a_bar_that_is_cut_says_how_high_it_is() {
    let text = page(|page| {
        page.trends.uploaded_size =
            std::iter::once(Some(270 << 30)).chain((1..30).map(|i| Some((20 + i % 5) << 20))).collect();
    });
    assert!(text.contains("class=\"chart-break\"") && text.contains(">bar of 270 GiB cut off<"), "{text}");
    assert!(text.contains("text-anchor=\"start\">270 GiB</text>"), "{text}");
    assert!(!page(|_| {}).contains("chart-break"), "where nothing is cut");
}

#[test]
fn failed_and_missed_runs_are_marked_on_the_axis() {
    let text = page(|page| {
        for day in &mut page.trends.calendar {
            (day.failed, day.missed) = (0, 0);
        }
        let days = page.trends.calendar.len();
        page.trends.calendar[days - 1].failed = 2;
        page.trends.calendar[days - 2].missed = 1;
    });
    for mark in ["failed", "missed"] {
        let circle = format!("data-mark=\"{mark}\"");
        // One in each of the five charts, and the legend.
        assert_eq!(text.matches(&circle).count(), 6, "{mark}: {text}");
    }
    assert!(text.contains(">failed run<") && text.contains(">missed run<"), "{text}");
}

#[test]
fn days_lead_to_their_runs_and_keep_the_other_choices() {
    let day = ago(0).day().to_string();
    let text = page(|_| {});
    assert!(text.contains(&format!("href=\"/servers/3?day={day}#history\"")), "{text}");
    let query = ServerQuery { day: Some(ago(0).day()), sort: RunSort::Stored, ..server_query() };
    let chosen = html({
        let query = query.clone();
        move || view! { <ServerView query=query page=sample::server() cursor=RwSignal::new(None) /> }
    });
    assert!(chosen.contains("href=\"/servers/3?sort=stored#history\""), "the way back to all days: {chosen}");
    assert!(chosen.contains("23 Nov 2026<span aria-hidden=\"true\"> ×</span>"), "{chosen}");
    assert!(chosen.contains(&format!("day={day}&amp;sort=stored&amp;page=2#history")), "{chosen}");
    let empty = html(move || {
        let mut page = sample::server();
        page.runs.clear();
        if let Some(today) = page.trends.calendar.last_mut() {
            (today.worst, today.runs, today.missed) = (None, 0, 2);
        }
        view! { <ServerView query=query page=page cursor=RwSignal::new(None) /> }
    });
    assert!(empty.contains("No runs started on 23 Nov 2026"), "{empty}");
    assert!(empty.contains("2 expected runs were missed on that day."), "{empty}");
}
