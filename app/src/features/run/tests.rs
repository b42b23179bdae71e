//! The run page and the raw report as HTML, from made-up data.

use duplistatus::{
    checks::Check,
    dto::{
        Paging,
        run::{
            CompleteRun, Figure, FigureKind, LastGood, LogFilter, NotSent, RawReport, Reporting, RunPage,
            RunQuery, Unit,
        },
    },
    ids::{JobId, RunId, ServerId},
    outcome::RunOutcome,
    report::{Level, LogLine},
    status::Status,
};
use leptos::prelude::*;

use super::{RawView, RunView};
use crate::testing::{HOSTILE, ago, assert_harmless, html, preview};

fn line(level: Level, text: &str) -> LogLine {
    LogLine {
        time: Some(ago(7200).at.unix()),
        level,
        tag: Some("Duplicati.Library.Main.Operation.FilelistProcessor-MissingRemoteHash".into()),
        text: text.into(),
    }
}

fn sample_value(kind: FigureKind, i: i64) -> i64 {
    match (kind, kind.unit()) {
        (FigureKind::ExaminedSize, _) => 2_001_111_162_519,
        (FigureKind::StorageSize, _) => 1_803_886_264_320,
        (FigureKind::ExaminedFiles, _) => 612_904,
        (FigureKind::Versions, _) => 41,
        (_, Unit::Bytes) => i * i * 27_310_007,
        (_, Unit::Count) => (i % 4) * i * 11,
    }
}

fn sample() -> RunPage {
    let figures = FigureKind::ALL.iter().zip(1_i64..).map(|(kind, i)| Figure {
        kind: *kind,
        value: sample_value(*kind, i),
        previous: (i % 3 != 0).then_some(sample_value(*kind, i) * 97 / 100),
    });
    RunPage {
        now: ago(0),
        id: RunId(500),
        server_id: ServerId(3),
        server_name: "Basement NAS".into(),
        job_id: JobId(1),
        job_name: "photos".into(),
        status: Status::Warning,
        outcome: RunOutcome::Good,
        checks: Vec::new(),
        last_good: None,
        started: ago(7300),
        ended: Some(ago(6458)),
        received: ago(6450),
        clock_skew: None,
        contradicts: Vec::new(),
        start_assumed: false,
        start_claim: None,
        reporting: None,
        not_sent: NotSent::default(),
        duration: Some(842),
        neighbours: (Some(RunId(499)), Some(RunId(501))),
        interrupted: false,
        partial: false,
        dry_run: false,
        figures: figures.collect(),
        warnings_count: Some(2),
        errors_count: Some(0),
        messages_count: Some(41),
        headline: Some("remote file duplicati-b1f0.dblock.zip.aes is listed as Deleting".into()),
        exception: None,
        lines: vec![
            line(
                Level::Warning,
                "remote file duplicati-b1f0.dblock.zip.aes is listed as Deleting with size 52391213",
            ),
            line(Level::Information, "The operation Backup has started"),
            line(Level::Information, &"Backend event: List - Completed: (1.44 KB)\n".repeat(9)),
            line(Level::Retry, "Operation Put with file duplicati-i9.dindex.zip attempt 1 of 5 failed"),
        ],
        paging: Paging::new(1, 4, 43),
        line_counts: (0, 2, 41),
        lines_dropped: (12, 0),
        versions: (0..14).map(|i| ago(7200 + i * 86_400)).collect(),
        versions_count: Some(41),
        duplicati_version: Some("2.1.0.5".into()),
        destination_type: Some("s3".into()),
        has_raw: true,
        damaged: false,
    }
}

fn failed() -> RunPage {
    let zeros = sample().figures.into_iter().map(|f| Figure { value: 0, ..f });
    RunPage {
        status: Status::Fatal,
        outcome: RunOutcome::Failed,
        figures: zeros.collect(),
        headline: Some("The remote server returned an error: (403) Forbidden.".into()),
        exception: Some(
            "The remote server returned an error: (403) Forbidden.\n   at Duplicati.Library.Main…".into(),
        ),
        lines: Vec::new(),
        paging: Paging::new(1, 100, 0),
        line_counts: (0, 0, 0),
        lines_dropped: (0, 0),
        versions: Vec::new(),
        interrupted: true,
        clock_skew: Some(-5400),
        contradicts: vec![RunId(77)],
        ..sample()
    }
}

fn query() -> RunQuery {
    RunQuery { run: RunId(500), lines: LogFilter::All, page: 1 }
}

fn page(page: RunPage) -> String {
    html(move || view! { <RunView query=query() page=page /> })
}

#[test]
fn a_failed_run_with_zeros_reads_sensibly() {
    let html = page(failed());
    assert!(html.contains("Duplicati stopped with an error"));
    assert!(html.contains("(403) Forbidden"));
    assert!(html.contains("this run has no figures"));
    assert!(html.contains("clock is 1 h 30 min behind"));
    assert!(
        html.contains("Another run has the same start time") && html.contains("href=\"/runs/77\""),
        "{html}"
    );
    assert!(!html.contains("0 B"), "zeros of a run that counted nothing are not shown");
    assert_eq!(html.matches("class=\"tile\"").count(), 3);
}

#[test]
fn a_failed_run_keeps_what_it_had_counted() {
    let figures = vec![Figure { kind: FigureKind::RetryAttempts, value: 5, previous: None }];
    let html = page(RunPage { figures, errors_count: Some(1), warnings_count: Some(0), ..failed() });
    assert!(html.contains("Retries") && html.contains("counted until the run failed"));
    assert_eq!(html.matches("<dd>–").count(), 4, "what was not counted is a dash: {html}");
    assert!(html.contains("0 warnings, 1 error<"), "{html}");
}

#[test]
fn the_cause_is_said_once_and_without_its_class() {
    let exception = Some("System.IO.IOException: No space left on device\n   at A.B()".into());
    let html = page(RunPage { headline: Some("No space left on device".into()), exception, ..failed() });
    assert!(html.contains("<p class=\"exception-first\">No space left on device</p>"), "{html}");
    let second = "The second copy to s3://offsite/d failed";
    let html =
        page(RunPage { status: Status::Error, headline: Some(second.into()), exception: None, ..failed() });
    assert!(
        html.contains(second) && html.contains("What went wrong") && !html.contains("stopped with an error"),
        "{html}"
    );
    assert!(!page(sample()).contains("exception-first"), "a warning is no failure");
}

#[test]
fn a_run_that_was_stopped_did_not_give_up() {
    let html =
        page(RunPage { outcome: RunOutcome::Stopped, headline: Some("Stopped manually".into()), ..failed() });
    assert!(html.contains("Why the run ended") && !html.contains("stopped with an error"), "{html}");
}

#[test]
fn an_assumed_start_is_said_with_what_the_report_says() {
    let html = page(RunPage { start_assumed: true, start_claim: Some("29-Dec-17".into()), ..sample() });
    assert!(html.contains("by arrival time") && html.contains("The report says “29-Dec-17”"), "{html}");
    let html = page(RunPage { start_assumed: true, ..sample() });
    assert!(html.contains("The report has no start time"));
    assert!(!page(sample()).contains("by arrival time"));
}

#[test]
fn warnings_about_reporting_say_whose_address_it_is() {
    let reporting = |ours| page(RunPage { reporting: Some(Reporting { warnings: 1, ours }), ..sample() });
    assert!(reporting(true).contains("1 warning about reporting"));
    assert!(reporting(true).contains("to this server") && reporting(false).contains("another address"));
}

#[test]
fn what_was_counted_and_not_sent_is_said_with_the_usual_cause() {
    let html =
        page(RunPage { not_sent: NotSent { errors: 0, warnings: 1 }, lines_dropped: (0, 0), ..sample() });
    assert!(html.contains("1 warning was not sent with the report") && html.contains("exit code"), "{html}");
    let html =
        page(RunPage { not_sent: NotSent { errors: 2, warnings: 201 }, lines_dropped: (203, 0), ..sample() });
    assert!(html.contains("2 errors were not sent") && html.contains("201 warnings were not sent"));
    assert!(html.contains("max-log-lines") && !html.contains("exit code"));
}

#[test]
fn a_run_says_how_it_ended_what_contradicts_it_and_what_was_before() {
    let skipped = page(RunPage { outcome: RunOutcome::Skipped, ..failed() });
    assert_eq!(skipped.matches("Skipped by a script").count(), 2, "badge and notice: {skipped}");
    let checks = vec![Check::NothingExamined { before: 1 }];
    let gone = page(RunPage { checks, ..sample() });
    assert!(gone.contains("No files were examined, although an earlier run examined 1 file"), "{gone}");
    let version = CompleteRun {
        id: RunId(490),
        started: ago(200_000),
        files: Some(9),
        source_size: Some(5 << 30),
        storage_size: Some(4 << 30),
        versions: Some(12),
    };
    let good = LastGood {
        failures: 2,
        failing_since: Some(ago(90_000)),
        success: Some(ago(200_000)),
        version: Some(version),
    };
    let html = page(RunPage { last_good: Some(good.clone()), ..failed() });
    assert!(html.contains("failed twice since") && html.contains("12 versions"), "{html}");
    assert_eq!(html.matches("class=\"tile\"").count(), 6);
    // It left a complete version itself.
    let errors = page(RunPage { outcome: RunOutcome::Errors, last_good: Some(good), ..sample() });
    assert!(!errors.contains("last complete version") && errors.contains("Previous good run"), "{errors}");
}

#[test]
fn every_kind_of_line_can_be_chosen_and_empty_kinds_cannot() {
    let html = page(sample());
    assert!(html.contains("href=\"/runs/500?lines=warnings#log\""));
    assert!(!html.contains("lines=errors"));
    assert!(html.contains("Duplicati left out 12 lines"));
    assert_eq!(html.matches("<h1").count(), 1);
}

#[test]
fn hostile_text_stays_text() {
    let html = page(RunPage {
        server_name: HOSTILE.into(),
        job_name: HOSTILE.into(),
        headline: Some(HOSTILE.into()),
        exception: Some(format!("{HOSTILE}\n{HOSTILE}")),
        lines: vec![line(Level::Error, HOSTILE), line(Level::Error, &HOSTILE.repeat(40))],
        duplicati_version: Some(HOSTILE.into()),
        destination_type: Some(HOSTILE.into()),
        ..sample()
    });
    assert_harmless(&html);
}

fn raw() -> RawReport {
    RawReport {
        content_type: Some("application/json".into()),
        received: ago(6450),
        size: 8123,
        text: format!("{{\n  \"Data\": {{ \"ParsedResult\": \"Success\" }},\n  \"Note\": \"{HOSTILE}\"\n}}"),
        cut: true,
        damaged: false,
    }
}

#[test]
fn a_raw_report_stays_text() {
    assert_harmless(&html(|| view! { <RawView run=RunId(500) report=raw() /> }));
}

#[test]
#[ignore = "for the eye: writes target/preview/*.html"]
fn preview_run() {
    preview("run", || view! { <RunView query=query() page=sample() /> }).unwrap();
    preview("run-failed", || view! { <RunView query=query() page=failed() /> }).unwrap();
    preview("raw", || view! { <RawView run=RunId(500) report=raw() /> }).unwrap();
}
