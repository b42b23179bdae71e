use super::*;
use crate::{
    noticing::{live::Message, run::Report, schedule::Schedule, settings::Tolerance},
    outcome::RunOutcome,
    report::LiveState,
    status::Status,
    zone::Zone,
};

const START: i64 = 1_769_997_600;

fn at(day: i64, seconds: i64) -> Timestamp {
    Timestamp::from_unix(START + day * DAY + seconds)
}

fn report(day: i64, outcome: RunOutcome) -> Report {
    Report {
        begin: at(day, 0),
        received: at(day, 600),
        duration: 600,
        status: if outcome.is_failure() { Status::Fatal } else { Status::Success },
        outcome,
        next: None,
        figures: Default::default(),
        warnings: Vec::new(),
        mixes_jobs: false,
    }
}

/// A daily job after some good days.
fn daily(days: i64) -> (Facts, Settings) {
    let settings = Settings::new(Zone::utc());
    let mut facts = Facts::default();
    for day in 0..days {
        facts.report(&report(day, RunOutcome::Good), &settings);
    }
    (facts, settings)
}

fn verdict(facts: &Facts, settings: &Settings, now: Timestamp) -> Verdict {
    evaluate(facts, settings, &[], now).verdict
}

const LATE: Verdict = Verdict::Wrong(Problem::Late);

#[test]
fn a_job_is_late_at_the_second_that_was_told_before() {
    let (facts, settings) = daily(10);
    let state = evaluate(&facts, &settings, &[], at(9, 700));
    assert_eq!((state.verdict, state.slot), (Verdict::Ok, Some(at(10, 0))));
    let due = state.next_change_at.unwrap();
    assert_eq!(due, at(10, 600 + 6 * 3600));
    assert_eq!(verdict(&facts, &settings, due.plus(-1)), Verdict::Ok);
    let late = evaluate(&facts, &settings, &[], due);
    assert_eq!((late.verdict, late.worst().map(|wrong| wrong.since)), (LATE, Some(due)));
    assert_eq!(late.next_change_at, None, "only a run changes that");
}

#[test]
fn the_next_change_is_never_in_the_past_and_nothing_changes_before_it() {
    let (mut facts, mut settings) = daily(12);
    settings.pauses = vec![Span { from: at(13, 0), until: Some(at(14, 3600)) }];
    facts.report(&report(12, RunOutcome::Failed), &settings);
    let mut now = at(12, 700);
    for _ in 0..20 {
        let state = evaluate(&facts, &settings, &[], now);
        let Some(next) = state.next_change_at else { return };
        assert!(next > now);
        let just_before = evaluate(&facts, &settings, &[], next.plus(-1));
        assert_eq!((just_before.verdict, just_before.silent_since), (state.verdict, state.silent_since));
        now = next;
    }
    panic!("the clock alone changes it again and again");
}

#[test]
fn green_must_be_earned() {
    let (none, settings) = daily(0);
    assert_eq!(verdict(&none, &settings, at(0, 0)), Verdict::New);
    assert_eq!(verdict(&daily(3).0, &settings, at(2, 700)), Verdict::New);
    assert_eq!(verdict(&daily(4).0, &settings, at(3, 700)), Verdict::Ok);
}

#[test]
fn silence_without_a_schedule_is_stale_after_two_weeks_and_after_a_single_run_in_five() {
    for (days, patience) in [(1, 35), (2, 14), (3, 14)] {
        let (facts, settings) = daily(days);
        let due = at(days - 1, 600 + patience * DAY);
        assert_eq!(evaluate(&facts, &settings, &[], at(days - 1, 700)).next_change_at, Some(due));
        assert_eq!(verdict(&facts, &settings, due), Verdict::Wrong(Problem::Stale), "{days}");
    }
    let (facts, mut settings) = daily(3);
    settings.schedule = Some(Schedule::Never);
    assert_eq!(evaluate(&facts, &settings, &[], at(400, 0)).next_change_at, None);
    assert_eq!(verdict(&facts, &settings, at(400, 0)), Verdict::Ok);
}

#[test]
fn our_own_downtime_excuses_a_slot_and_the_next_one_decides() {
    let (facts, settings) = daily(10);
    let down = |from: i64, until: i64| [Span { from: at(10, from), until: Some(at(10, until)) }];
    let state = |down: &[Span], now| evaluate(&facts, &settings, down, now);
    for (from, until, excused) in [
        // At the report, and just around it.
        (0, 1200, true),
        (-600, -200, true),
        (1400, 1600, true),
        (-900, -300, false),
        (1500, 1700, false),
        // More than half of the tolerance, and less.
        (2 * 3600, 5 * 3600 + 1, true),
        (2 * 3600, 5 * 3600, false),
        (6 * 3600, 20 * 3600, false),
    ] {
        let found = state(&down(from, until), at(10, 7 * 3600));
        assert_eq!(found.excused.is_some(), excused, "{from} {until}");
        assert_eq!(found.verdict == LATE, !excused, "{from} {until}");
    }
    assert_eq!(state(&down(0, 1200), at(11, 7 * 3600)).verdict, LATE);
}

#[test]
fn a_pause_holds_everything_and_on_resuming_the_next_slot_counts() {
    let (facts, mut settings) = daily(10);
    settings.pauses = vec![Span { from: at(10, 7 * 3600), until: Some(at(11, 3600)) }];
    assert_eq!(verdict(&facts, &settings, at(10, 6 * 3600 + 600)), LATE);
    let paused = evaluate(&facts, &settings, &[], at(10, 8 * 3600));
    assert_eq!((paused.verdict, paused.next_change_at), (Verdict::Paused, Some(at(11, 3600))));
    assert_eq!(evaluate(&facts, &settings, &[], at(11, 3600)).slot, Some(at(12, 0)));
    settings.is_archived = true;
    assert_eq!(evaluate(&facts, &settings, &[], at(50, 0)).next_change_at, None);
}

#[test]
fn a_run_under_way_holds_lateness_back_while_it_reports_progress() {
    let (mut facts, settings) = daily(10);
    let message = |state, seconds| Message { state, started: Some(at(10, 0)), received: at(10, seconds) };
    facts.hear(message(LiveState::Started, 5));
    let limit = at(10, 2 * 600 + 6 * 3600);
    facts.hear(message(LiveState::Progress, 6 * 3600 + 500));
    assert_eq!(verdict(&facts, &settings, limit.plus(-1)), Verdict::Ok);
    assert_eq!(verdict(&facts, &settings, limit), Verdict::Wrong(Problem::Stuck));
    // The next run begins; this one stays lost until a good run.
    facts.hear(Message { state: LiveState::Started, started: Some(at(11, 0)), received: at(11, 0) });
    assert_eq!(verdict(&facts, &settings, at(11, 60)), Verdict::Wrong(Problem::Stuck));
    facts.report(&report(11, RunOutcome::Good), &settings);
    assert_eq!(verdict(&facts, &settings, at(11, 700)), Verdict::Ok);
}

#[test]
fn a_run_that_ended_without_a_report_is_late_and_one_by_hand_is_to_be_checked() {
    let message =
        |state, day, seconds| Message { state, started: Some(at(day, seconds)), received: at(day, seconds) };
    let (mut facts, settings) = daily(10);
    facts.hear(message(LiveState::Started, 10, 0));
    facts.hear(Message { received: at(10, 1800), ..message(LiveState::Completed, 10, 0) });
    let late = evaluate(&facts, &settings, &[], at(10, 1800 + 6 * 3600));
    assert!(
        matches!(
            late.worst().map(|wrong| &wrong.reason),
            Some(Reason::Overdue { overdue: Overdue::NoReport, .. })
        ),
        "{late:?}"
    );
    let (mut facts, settings) = daily(10);
    facts.hear(message(LiveState::Started, 9, 30_000));
    facts.hear(Message { received: at(9, 31_000), ..message(LiveState::Failed, 9, 30_000) });
    assert_eq!(verdict(&facts, &settings, at(9, 32_000)), Verdict::Ok);
    assert_eq!(verdict(&facts, &settings, at(9, 31_000 + 6 * 3600)), Verdict::Wrong(Problem::Check));
}

#[test]
fn the_profile_of_a_laptop_waits_three_days_from_the_slot() {
    let (facts, mut settings) = daily(10);
    settings.tolerance = Tolerance::Laptop;
    assert_eq!(verdict(&facts, &settings, at(13, -1)), Verdict::Ok);
    assert_eq!(verdict(&facts, &settings, at(13, 0)), LATE);
}

#[test]
fn a_verdict_is_one_word() {
    for (verdict, word) in [(Verdict::Ok, "\"ok\""), (Verdict::Paused, "\"paused\""), (LATE, "\"late\"")] {
        assert_eq!(serde_json::to_string(&verdict).unwrap(), word);
        assert_eq!(serde_json::from_str::<Verdict>(word).unwrap(), verdict);
    }
}
