use super::*;
use crate::{noticing::run::Figures, status::Status};

fn report(number: i64, files: i64) -> (Report, Run) {
    let begin = Timestamp::from_unix(1_770_000_000 + number * 86_400);
    let figures = Figures {
        files: Some(files),
        size: Some(files * 1000),
        versions: Some(9),
        stored: Some(9),
        ..Figures::default()
    };
    let report = Report {
        begin,
        received: begin.plus(60),
        duration: 60,
        status: Status::Success,
        outcome: RunOutcome::Good,
        next: None,
        figures,
        warnings: Vec::new(),
        mixes_jobs: false,
    };
    let run = Run {
        told: begin,
        begin,
        received: begin.plus(60),
        duration: 60,
        outcome: RunOutcome::Good,
        figures,
        is_bad: false,
    };
    (report, run)
}

/// Checks after some runs, and the runs.
fn after(files: &[i64]) -> (Checks, Vec<Run>) {
    let (mut checks, mut runs) = (Checks::default(), Vec::new());
    for (files, number) in files.iter().zip(0..) {
        let (report, mut run) = report(number, *files);
        run.is_bad = checks.report(&report, &run, &runs);
        runs.push(run);
    }
    (checks, runs)
}

fn kinds(checks: &Checks) -> Vec<CheckKind> {
    checks.open(&[], &[]).iter().map(|open| open.finding.kind()).collect()
}

#[test]
fn a_missing_source_is_never_usual() {
    let missing = "Duplicati.Library.Main.Controller-SourceIsMissing: The source path <path> does not exist";
    let (mut checks, mut runs) = (Checks::default(), Vec::new());
    let mut run_with = |checks: &mut Checks, number: i64, warnings: &[&str]| {
        let (mut report, run) = report(number, 500);
        report.warnings = warnings.iter().map(|kind| (*kind).to_owned()).collect();
        checks.report(&report, &run, &runs);
        runs.push(run);
    };
    for number in 0..15 {
        run_with(&mut checks, number, &[missing, "usual"]);
        let open = checks.open(&[], &[]);
        let expected = Finding::NewWarnings { kinds: vec![missing.into()] };
        assert_eq!(open.iter().map(|open| &open.finding).collect::<Vec<_>>(), [&expected], "{number}");
        assert_eq!(checks.open(&[], &[missing.into()]), [], "a user can accept it");
    }
    run_with(&mut checks, 15, &["usual"]);
    assert_eq!(kinds(&checks), [], "it is back");
}

#[test]
fn a_collapse_stays_open_until_the_figures_are_what_they_were() {
    assert_eq!(kinds(&after(&[1000, 1000, 1000, 100]).0), [CheckKind::Shrank]);
    assert_eq!(kinds(&after(&[1000, 1000, 1000, 100, 100, 100, 120]).0), [CheckKind::Shrank]);
    assert_eq!(kinds(&after(&[1000, 1000, 1000, 100, 100, 700]).0), [CheckKind::Shrank]);
    assert_eq!(kinds(&after(&[1000, 1000, 1000, 100, 100, 950]).0), []);
}

#[test]
fn what_a_person_expects_is_compared_with_from_then_on() {
    let (mut checks, mut runs) = after(&[1000, 1000, 1000, 100]);
    checks.expect(CheckKind::Shrank, runs[3].received);
    assert_eq!(kinds(&checks), []);
    runs[3].is_bad = false;
    for (number, files, found) in [(4, 100, vec![]), (5, 101, vec![]), (6, 30, vec![CheckKind::Shrank])] {
        let (report, run) = report(number, files);
        checks.report(&report, &run, &runs);
        assert_eq!(kinds(&checks), found, "{number}");
        runs.push(run);
    }
}

#[test]
fn only_a_verification_says_that_the_destination_is_whole() {
    let (mut checks, mut runs) = after(&[1000; 12]);
    checks.verified(false, Timestamp::from_unix(1));
    checks.verified(false, Timestamp::from_unix(2));
    let (report, run) = report(12, 1000);
    checks.report(&report, &run, &runs);
    runs.push(run);
    let open = checks.open(&[], &[]);
    assert_eq!(open, [Open { since: Timestamp::from_unix(1), finding: Finding::Damaged }]);
    checks.verified(true, Timestamp::from_unix(3));
    assert_eq!(kinds(&checks), []);
}

#[test]
fn a_kind_of_warning_is_new_once_and_can_be_accepted() {
    let (mut checks, runs) = after(&[1000; 12]);
    let (mut told, run) = report(12, 1000);
    told.warnings = vec!["a".into(), "a".into()];
    checks.report(&told, &run, &runs);
    assert_eq!(kinds(&checks), [CheckKind::NewWarnings]);
    assert_eq!(checks.open(&[], &["a".to_owned()]), []);
    assert_eq!(checks.open(&[CheckKind::NewWarnings], &[]), []);
    checks.report(&told, &run, &runs);
    assert_eq!(kinds(&checks), []);
}

#[test]
fn a_dry_run_and_a_failure_say_nothing_about_figures() {
    for outcome in [RunOutcome::Rehearsal, RunOutcome::Failed] {
        let (mut checks, runs) = after(&[1000, 1000, 1000, 100]);
        let (told, mut run) = report(4, 1000);
        run.outcome = outcome;
        checks.report(&told, &run, &runs);
        assert_eq!(kinds(&checks), [CheckKind::Shrank], "{outcome}");
    }
}
