use super::*;
use crate::{noticing::run::Figures, outcome::RunOutcome, report::LiveState, status::Status, zone::Zone};

const DAY: i64 = 86_400;
const START: i64 = 1_770_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(START + seconds)
}

fn report(begin: i64, outcome: RunOutcome) -> Report {
    Report {
        begin: at(begin),
        received: at(begin + 600),
        duration: 600,
        status: if outcome.is_failure() { Status::Fatal } else { Status::Success },
        outcome,
        next: None,
        figures: Figures::default(),
        warnings: Vec::new(),
        mixes_jobs: false,
    }
}

fn after(reports: &[Report]) -> Facts {
    let settings = Settings::new(Zone::utc());
    let mut facts = Facts::default();
    for report in reports {
        facts.report(report, &settings);
    }
    facts
}

#[test]
fn the_same_report_twice_is_one_run() {
    let settings = Settings::new(Zone::utc());
    let mut facts = after(&[report(0, RunOutcome::Good)]);
    let before = facts.clone();
    let again = Report { received: at(5400), ..report(0, RunOutcome::Good) };
    assert!(!facts.report(&again, &settings));
    assert_eq!(facts, before);
}

#[test]
fn reports_of_the_same_second_that_contradict_are_two_runs() {
    let sized = |files| Report {
        figures: Figures { files: Some(files), ..Figures::default() },
        ..report(1, RunOutcome::Good)
    };
    let good = Report { begin: at(0), ..sized(9) };
    for second in [report(1, RunOutcome::Failed), sized(0)] {
        for reports in [[good.clone(), second.clone()], [second.clone(), good.clone()]] {
            let facts = after(&reports);
            assert_eq!(facts.count(), 2);
            assert_eq!(facts.failing().is_some(), second.outcome.is_failure());
        }
    }
    // A copy that knows less.
    let text = Report { figures: Figures::default(), ..sized(9) };
    assert_eq!(after(&[good, text]).count(), 1);
}

#[test]
fn the_order_of_arrival_does_not_change_what_became_of_a_job() {
    let failed = report(DAY, RunOutcome::Failed);
    let good = report(2 * DAY, RunOutcome::Good);
    assert!(after(&[report(0, RunOutcome::Good), failed.clone()]).failing().is_some());
    for reports in [[failed.clone(), good.clone()], [good, failed]] {
        let facts = after(&reports);
        assert_eq!(facts.failing(), None);
        assert_eq!(facts.last_good().map(|run| run.begin), Some(at(2 * DAY)));
    }
}

#[test]
fn what_was_stopped_or_skipped_neither_fails_nor_cures() {
    for outcome in [RunOutcome::Stopped, RunOutcome::Skipped, RunOutcome::Partial, RunOutcome::Rehearsal] {
        let facts = after(&[report(0, RunOutcome::Failed), report(DAY, outcome)]);
        assert_eq!(facts.failing().map(|(first, _)| first.begin), Some(at(0)), "{outcome}");
        assert_eq!(after(&[report(0, RunOutcome::Good), report(DAY, outcome)]).failing(), None, "{outcome}");
    }
}

#[test]
fn facts_are_bounded_and_a_long_row_of_skips_does_not_push_out_what_is_usual() {
    let mut reports: Vec<Report> = (0..50).map(|day| report(day * DAY, RunOutcome::Good)).collect();
    reports.extend((50..400).map(|day| report(day * DAY, RunOutcome::Skipped)));
    let facts = after(&reports);
    assert!(facts.runs.len() <= RUNS, "{}", facts.runs.len());
    assert_eq!(facts.usual_duration(), 600);
    assert!(facts.plan(&Settings::new(Zone::utc())).is_some());
    assert_eq!(facts.count(), 400);
    let json = serde_json::to_string(&facts).unwrap();
    assert!(json.len() < 16_000, "{}", json.len());
    assert_eq!(serde_json::from_str::<Facts>(&json).unwrap(), facts);
}

#[test]
fn folding_stops_and_goes_on_from_what_was_stored() {
    let settings = Settings::new(Zone::named("Europe/Berlin").unwrap());
    let mut whole = Facts::default();
    let mut stored = Facts::default();
    for day in 0..100 {
        let outcome = if day % 17 == 3 { RunOutcome::Failed } else { RunOutcome::Good };
        let report = report(day * DAY + day * 7 % 100, outcome);
        whole.report(&report, &settings);
        stored = serde_json::from_str(&serde_json::to_string(&stored).unwrap()).unwrap();
        stored.report(&report, &settings);
    }
    assert_eq!(stored, whole);
}

#[test]
fn a_report_ends_what_was_heard_of_its_run_and_of_no_other() {
    let settings = Settings::new(Zone::utc());
    let mut facts = after(&[report(0, RunOutcome::Good)]);
    let started =
        |begin: i64| Message { state: LiveState::Started, started: Some(at(begin)), received: at(begin + 1) };
    facts.hear(started(DAY));
    facts.report(&Report { received: at(DAY + 60), ..report(7000, RunOutcome::Good) }, &settings);
    assert!(facts.live().is_some(), "an older one");
    facts.report(&report(DAY, RunOutcome::Failed), &settings);
    assert_eq!(facts.live(), None);
    // A message that was overtaken by the report.
    facts.hear(Message { state: LiveState::Completed, received: at(DAY + 700), ..started(DAY) });
    assert_eq!(facts.live(), None);
}
