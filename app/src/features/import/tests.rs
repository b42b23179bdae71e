//! The page of imports as HTML, from made-up data.

use duplistatus::dto::{
    import::{ImportFormat, ImportPhase, ImportProgress, ImportReport, Tally},
    work::{CurrentWork, Outcome, WorkEnded, WorkKind, WorkState},
};
use leptos::prelude::*;

use super::{ImportView, api::ImportPage};
use crate::testing::{HOSTILE, ago, assert_harmless, html, preview};

fn report() -> ImportReport {
    let mut report = ImportReport::new("backups.db".into(), ImportFormat::Node, false);
    report.version = Some("4.0".into());
    report.servers = Tally { found: 12, added: 11, known: 1, ..Tally::default() };
    report.runs = Tally { found: 43_210, added: 43_207, left_out: 3, ..Tally::default() };
    report.note("a time without a zone was read as UTC");
    report.problem("backups, row 33", "its time cannot be read");
    report.kept.push("node.smtp_config".into());
    report
}

fn page(outcome: Outcome) -> ImportPage {
    let last = WorkEnded { kind: WorkKind::Import, at: ago(120), outcome };
    ImportPage { now: ago(0), work: WorkState { now: None, last: Some(last) } }
}

fn show(page: ImportPage) -> String {
    html(move || view! { <ImportView page=page /> })
}

#[test]
fn a_file_is_sent_as_it_is() {
    let html = show(ImportPage { now: ago(0), work: WorkState::default() });
    assert!(html.contains("enctype=\"multipart/form-data\"") && html.contains("/api/v1/import"), "{html}");
    assert!(html.contains("name=\"key\"") && html.contains("name=\"dry_run\""), "{html}");
}

#[test]
fn while_one_runs_its_progress_takes_the_place_of_the_form() {
    let progress = ImportProgress { phase: ImportPhase::Runs, done: 12_000, total: Some(43_210) };
    let now = CurrentWork { kind: WorkKind::Import, since: ago(90), progress: Some(progress) };
    let html = show(ImportPage { now: ago(0), work: WorkState { now: Some(now), last: None } });
    assert!(html.contains("Runs: 12,000 of 43,210.") && html.contains("Running for 1 min."), "{html}");
    assert!(!html.contains("enctype"), "no second file meanwhile: {html}");
    let other = CurrentWork { kind: WorkKind::Vacuum, since: ago(1), progress: None };
    let html = show(ImportPage { now: ago(0), work: WorkState { now: Some(other), last: None } });
    assert!(html.contains("The file is being rewritten") && !html.contains("enctype"), "{html}");
}

#[test]
fn what_came_and_what_did_not_is_told() {
    let html = show(page(Outcome::Import(Box::new(report()))));
    for text in [
        "Imported, 3 entries skipped",
        "43,207",
        "schema 4.0",
        "backups, row 33",
        "1 × a time",
        "node.smtp_config",
    ] {
        assert!(html.contains(text), "{text}: {html}");
    }
    let mut rehearsed = ImportReport::new("runs.csv".into(), ImportFormat::Csv, true);
    rehearsed.more_problems = 7;
    let html = show(page(Outcome::Import(Box::new(rehearsed))));
    assert!(html.contains("nothing was stored") && html.contains("… and 7 more"), "{html}");
    assert!(!html.contains("Audit entries"), "{html}");
}

#[test]
fn hostile_texts_are_texts() {
    let mut hostile = report();
    hostile.file = HOSTILE.into();
    hostile.version = Some(HOSTILE.into());
    hostile.kept = vec![HOSTILE.into()];
    hostile.note(HOSTILE);
    hostile.problem(HOSTILE, HOSTILE);
    assert_harmless(&show(page(Outcome::Import(Box::new(hostile)))));
    let failed = show(page(Outcome::Failed(HOSTILE.into())));
    assert!(failed.contains("The last import failed"), "{failed}");
    assert_harmless(&failed);
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview_import() -> std::io::Result<()> {
    preview("import", || view! { <ImportView page=page(Outcome::Import(Box::new(report()))) /> })
}
