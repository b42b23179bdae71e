//! The page of all runs as HTML, from made-up data.

use duplistatus::{
    dto::{
        Paging,
        dashboard::Labels,
        runs::{RunsPage, RunsQuery, RunsRow, RunsSort},
        server::RunRow,
    },
    ids::{JobId, RunId, ServerId},
    outcome::RunOutcome,
    status::Status,
};
use leptos::prelude::*;

use super::{
    RunsView,
    filters::active,
    presets::failures_this_week,
    query::{files, path},
};
use crate::{
    locale::Locale,
    testing::{HOSTILE, ago, assert_harmless, html, preview},
};

fn row(id: i64, server: &str, job: &str, outcome: RunOutcome, headline: Option<&str>) -> RunsRow {
    let is_good = outcome == RunOutcome::Good;
    let status = match (is_good, headline) {
        (true, None) => Status::Success,
        (true, Some(_)) => Status::Warning,
        _ => Status::Fatal,
    };
    RunsRow {
        server_id: ServerId(id % 3),
        server_name: server.into(),
        headline: headline.map(Into::into),
        run: RunRow {
            id: RunId(id),
            job_id: JobId(100 + id),
            job_name: job.into(),
            status,
            outcome,
            started: ago(id * 21_000),
            start_assumed: id == 4,
            duration: Some(id * 611),
            files: is_good.then_some(id * 12_000),
            source_size: is_good.then_some(id * 84_000_000_000),
            storage_size: is_good.then_some(id * 61_000_000_000),
            uploaded_size: Some(id * 91_000_000),
            versions: Some(14),
            warnings: Some(0),
            errors: Some(0),
        },
    }
}

fn page(rows: Vec<RunsRow>) -> RunsPage {
    let total = rows.len() as i64;
    RunsPage {
        now: ago(0),
        rows,
        paging: Paging::new(1, 50, total),
        servers: 3,
        zone: "Europe/Berlin".into(),
        today: ago(0).day(),
        labels: Labels::default(),
    }
}

fn sample() -> RunsPage {
    page(vec![
        row(1, "adatum-pharmacy", "Database", RunOutcome::Good, None),
        row(
            2,
            "Müller & Söhne, file server",
            "Home folders of everybody",
            RunOutcome::Good,
            Some("The file D:\\pagefile.sys is locked"),
        ),
        row(
            3,
            "nas",
            "Photos",
            RunOutcome::Failed,
            Some("Found 3 remote files that are not recorded in local storage, please run repair"),
        ),
        row(4, "nas", "Documents", RunOutcome::Stopped, Some("Stopped manually")),
        row(5, "office-pc", "Home", RunOutcome::Errors, Some("The second copy failed")),
    ])
}

fn filtered() -> RunsQuery {
    RunsQuery {
        outcomes: RunOutcome::FAILURES.to_vec(),
        from: Some(ago(600_000).day()),
        text: "remote".into(),
        page: 1,
        ..RunsQuery::default()
    }
}

fn shown(query: RunsQuery, page: RunsPage) -> String {
    html(move || view! { <RunsView query=query page=page /> })
}

#[test]
fn a_row_leads_to_the_run_its_server_and_its_job() {
    let html = shown(RunsQuery::default(), sample());
    for link in ["\"/runs/3\"", "\"/servers/0\"", "\"/jobs/103\""] {
        assert!(html.contains(link), "{link} in {html}");
    }
    assert!(html.contains("5 runs, 3 servers"), "{html}");
    assert!(html.contains("Europe/Berlin"));
}

#[test]
fn filters_are_in_the_form_in_chips_and_in_the_files() {
    let html = shown(filtered(), sample());
    assert!(html.contains("<option value=\"errors,failed\" selected"), "{html}");
    assert!(html.contains("name=\"text\" value=\"remote\""), "{html}");
    let chips = active(Locale::en, &filtered());
    let words: Vec<&str> = chips.iter().map(|(words, _)| words.as_str()).collect();
    assert_eq!(words, ["Result: Failures", "From: 2026-11-17", "Error or warning: remote"]);
    assert_eq!(chips[0].1, "/runs?from=2026-11-17&text=remote");
    let (csv, json) = files(&RunsQuery { page: 3, sort: RunsSort::Stored, ..filtered() });
    let rest = "outcome=errors%2Cfailed&from=2026-11-17&text=remote&sort=stored";
    assert_eq!(csv, format!("/api/v1/runs/download?format=csv&{rest}"));
    assert_eq!(json, format!("/api/v1/runs/download?format=json&{rest}"));
}

#[test]
fn a_choice_that_is_in_no_list_stays_chosen() {
    let query = RunsQuery { outcomes: vec![RunOutcome::Good, RunOutcome::Failed], ..RunsQuery::default() };
    assert!(shown(query, sample()).contains("<option value=\"good,failed\" selected"));
}

#[test]
fn sending_the_form_keeps_the_order_and_a_heading_turns_it() {
    let html = shown(RunsQuery { sort: RunsSort::Duration, ..filtered() }, sample());
    assert!(html.contains("<input type=\"hidden\" name=\"sort\" value=\"duration\""), "{html}");
    assert!(html.contains("sort=duration&amp;dir=asc"), "{html}");
    assert!(html.contains("aria-sort=\"descending\""));
}

#[test]
fn failures_of_the_week_are_those_of_seven_days() {
    let today = ago(0).day();
    let expected = format!("/runs?outcome=errors%2Cfailed&from={}", today.plus(-6));
    assert_eq!(path(&failures_this_week(today)), expected);
}

#[test]
fn nothing_found_and_nothing_there_are_told_apart() {
    assert!(shown(filtered(), page(Vec::new())).contains("No matches"));
    assert!(shown(RunsQuery::default(), page(Vec::new())).contains("No runs yet"));
}

#[test]
fn names_and_headlines_are_text() {
    assert_harmless(&shown(
        RunsQuery { text: HOSTILE.into(), server: HOSTILE.into(), ..RunsQuery::default() },
        page(vec![row(1, HOSTILE, HOSTILE, RunOutcome::Failed, Some(HOSTILE))]),
    ));
}

#[test]
#[ignore = "writes files to be looked at"]
fn previews() -> std::io::Result<()> {
    preview("runs", || view! { <RunsView query=filtered() page=sample() /> })
}
