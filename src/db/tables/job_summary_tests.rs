//! Summaries of jobs, without a database.

use super::*;

const DAY: i64 = 86_400;

/// The kinds of runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Good,
    /// Good, but without figures, like a text report.
    Text,
    /// Complete, with errors.
    Errors,
    Failed,
    Partial,
    Stopped,
    Skipped,
    Unknown,
}

const KINDS: [Kind; 8] = [
    Kind::Good,
    Kind::Text,
    Kind::Errors,
    Kind::Failed,
    Kind::Partial,
    Kind::Stopped,
    Kind::Skipped,
    Kind::Unknown,
];

/// Creates a run of a day; its figures identify the day.
fn run(day: i64, kind: Kind) -> RunRecord {
    let figure = (kind != Kind::Text).then_some(1000 + day);
    let (status, outcome, [interrupted, partial]) = match kind {
        Kind::Good | Kind::Text => ("success", RunOutcome::Good, [false, false]),
        Kind::Errors => ("error", RunOutcome::Errors, [false, false]),
        Kind::Failed => ("fatal", RunOutcome::Failed, [false, false]),
        Kind::Partial => ("warning", RunOutcome::Partial, [false, true]),
        Kind::Stopped => ("warning", RunOutcome::Stopped, [true, false]),
        Kind::Skipped => ("warning", RunOutcome::Skipped, [true, false]),
        Kind::Unknown => ("unknown", RunOutcome::Unknown, [false, false]),
    };
    let is_idle = kind == Kind::Skipped;
    let run = RunRecord {
        status: status.into(),
        start_time: Timestamp::from_unix(day * DAY).to_string(),
        created_at: Timestamp::from_unix(day * DAY + 600).to_string(),
        duration: figure,
        files_count: if is_idle { Some(0) } else { figure },
        files_size: figure,
        storage_size: figure,
        uploaded_size: if is_idle { Some(0) } else { Some(10) },
        versions: figure,
        quota_total: figure,
        quota_free: figure,
        warnings_count: figure,
        headline: Some(format!("{kind:?} {day}")),
        interrupted,
        partial,
        ..RunRecord::default()
    };
    assert_eq!(run.outcome(), outcome, "{kind:?}");
    run
}

/// Creates the runs of a job, one a day.
fn runs(kinds: &[Kind]) -> Vec<RunRecord> {
    (0..).zip(kinds).map(|(day, kind)| run(day, *kind)).collect()
}

fn newest_first(runs: &[RunRecord]) -> Vec<SummaryRun> {
    let mut all: Vec<SummaryRun> = (1..).zip(runs).map(|(id, run)| SummaryRun::of(RunId(id), run)).collect();
    all.reverse();
    all
}

/// Computes the summary from the history.
fn read(runs: &[RunRecord]) -> Summary {
    let newest = newest_first(runs);
    let (latest, older) = newest.split_at(newest.len().min(31));
    let older = |fits: fn(RunOutcome) -> bool| {
        let is_missing = !latest.iter().any(|run| fits(run.outcome()));
        older.iter().find(|run| fits(run.outcome())).filter(|_| is_missing).cloned()
    };
    let uploaded = newest.iter().map(|run| run.counted.uploaded()).sum();
    let history = History {
        older_good: older(RunOutcome::is_good),
        older_complete: older(RunOutcome::is_complete),
        latest: latest.to_vec(),
    };
    let count = i64::try_from(runs.len()).unwrap_or(i64::MAX);
    let mut summary = Summary::of(&history, (count, uploaded));
    if history.may_have_failed_before() {
        let failures: Vec<&SummaryRun> = failing(&newest).collect();
        summary.failures = i64::try_from(failures.len()).unwrap_or(i64::MAX);
        summary.failing_since = failures.last().map(|run| run.start().to_string());
    }
    summary
}

/// Computes the summary of all runs but the last and adds the last; `None` if the history must be read.
fn carried_on(runs: &[RunRecord]) -> Option<Summary> {
    let (last, before) = runs.split_last()?;
    let id = RunId(i64::try_from(runs.len()).ok()?);
    read(before).followed_by(&NewRun::of(id, last))
}

/// Removes the fields that only an incrementally updated summary has.
fn comparable(summary: Summary) -> Summary {
    Summary { last_headline: None, last_checks: None, ..summary }
}

/// Histories as long as the recent runs, and shorter and longer by one.
fn histories() -> Vec<Vec<Kind>> {
    let mut all = vec![Vec::new()];
    for length in [1, 29, 30] {
        for first in KINDS {
            for rest in [Kind::Good, Kind::Text, Kind::Failed, Kind::Stopped] {
                let mut kinds = vec![first];
                kinds.resize(length, rest);
                all.push(kinds);
            }
        }
    }
    all
}

#[test]
fn a_summary_that_is_carried_on_is_the_one_that_is_read() {
    let mut carried = 0;
    for history in histories() {
        for first in KINDS {
            for second in [Kind::Good, Kind::Text, Kind::Failed, Kind::Stopped] {
                let kinds: Vec<Kind> = history.iter().copied().chain([first, second]).collect();
                let runs = runs(&kinds);
                if let Some(summary) = carried_on(&runs) {
                    assert_eq!(comparable(summary), read(&runs), "{kinds:?}");
                    carried += 1;
                }
            }
        }
    }
    assert!(carried > 1000, "only {carried}");
}

#[test]
fn a_summary_is_carried_on_wherever_that_is_possible() {
    use Kind::{Errors, Failed, Good, Partial, Skipped, Stopped, Text, Unknown};
    let after = |length: usize, rest: Kind, last: Kind| {
        let mut kinds = vec![rest; length];
        kinds.push(last);
        carried_on(&runs(&kinds)).is_some()
    };
    for last in [Good, Text, Errors, Failed, Partial, Stopped, Skipped, Unknown] {
        assert!(after(0, Good, last), "the first run: {last:?}");
        assert_eq!(after(5, Good, last), last != Text, "{last:?}: its figures are those of a run before");
        assert!(after(5, Text, last), "no figure is known: {last:?}");
    }
    for last in [Good, Errors] {
        assert!(after(31, Good, last) && after(31, Failed, last) && after(30, Stopped, last), "{last:?}");
    }
    assert!(after(31, Failed, Failed), "what leaves is shown nowhere");
    assert!(!after(31, Good, Failed), "the figures may come from what leaves");
    assert!(after(30, Good, Failed), "none leaves");
    assert!(!after(31, Partial, Failed) && after(31, Stopped, Good));
}

#[test]
fn what_was_there_before_has_to_be_read_when_nothing_is_examined() {
    let with = |kind, files| {
        let mut runs = runs(&[Kind::Good, kind]);
        if let Some(last) = runs.last_mut() {
            last.files_count = files;
        }
        carried_on(&runs)
    };
    assert_eq!(with(Kind::Good, Some(0)), None);
    assert!(with(Kind::Good, Some(1)).is_some());
    assert!(with(Kind::Failed, Some(0)).is_some(), "it promises nothing");
}

#[test]
fn only_the_newest_run_that_came_last_carries_a_summary_on() {
    let with = |change: fn(&mut RunRecord)| {
        let mut runs = runs(&[Kind::Good, Kind::Good, Kind::Good]);
        runs.iter_mut().rev().take(1).for_each(change);
        carried_on(&runs).is_some()
    };
    assert!(with(|_| {}));
    assert!(!with(|run| run.start_time = Timestamp::from_unix(DAY).to_string()), "at the same time");
    assert!(!with(|run| run.start_time = Timestamp::from_unix(DAY - 1).to_string()));
    assert!(with(|run| run.created_at = Timestamp::from_unix(DAY + 600).to_string()), "at the same moment");
    assert!(!with(|run| run.created_at = Timestamp::from_unix(DAY + 599).to_string()));
    assert!(!with(|run| run.dry_run = true), "a rehearsal");
    let runs = runs(&[Kind::Good, Kind::Good]);
    let lost = Summary { run_count: 2, ..read(&runs[..1]) };
    assert_eq!(lost.followed_by(&NewRun::of(RunId(3), &runs[1])), None, "not all recent runs are listed");
}

#[test]
fn the_headline_is_that_of_the_last_run_but_a_failure_keeps_its_own() {
    let headline = |before: Kind, failures: i64, last: Kind| {
        let runs = runs(&[before, last]);
        let known = Summary { last_headline: Some("before".into()), failures, ..read(&runs[..1]) };
        known.followed_by(&NewRun::of(RunId(2), &runs[1])).and_then(|summary| summary.last_headline)
    };
    assert_eq!(headline(Kind::Good, 0, Kind::Failed).as_deref(), Some("Failed 1"));
    assert_eq!(headline(Kind::Failed, 1, Kind::Stopped).as_deref(), Some("before"), "it cures nothing");
    assert_eq!(headline(Kind::Good, 0, Kind::Stopped).as_deref(), Some("Stopped 1"));
    assert_eq!(headline(Kind::Failed, 1, Kind::Failed).as_deref(), Some("Failed 1"));
}

#[test]
fn what_contradicts_the_last_run_is_told() {
    let mut runs = runs(&[Kind::Good, Kind::Good]);
    runs[1].versions = Some(0);
    let checks = carried_on(&runs).map(|summary| summary.checks());
    assert_eq!(checks, Some(vec![Check::NoVersions]));
}

#[test]
fn failures_in_a_row_reach_back_past_what_was_stopped() {
    use Kind::{Failed, Good, Stopped};
    let summary = read(&runs(&[Good, Failed, Stopped, Failed]));
    assert_eq!((summary.failures, summary.failing_since), (2, Some(Timestamp::from_unix(DAY).to_string())));
    let history = |kinds: &[Kind]| History {
        latest: newest_first(&runs(kinds)),
        older_good: None,
        older_complete: None,
    };
    assert!(history(&[Failed; 31]).may_have_failed_before());
    assert!(history(&[Stopped; 31]).may_have_failed_before());
    assert!(!history(&[Failed; 30]).may_have_failed_before(), "there are no older ones");
    let mut with_a_good_one = [Failed; 31];
    with_a_good_one[0] = Good;
    assert!(!history(&with_a_good_one).may_have_failed_before());
}
