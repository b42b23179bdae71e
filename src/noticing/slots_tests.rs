use super::*;
use crate::noticing::{
    schedule::{Source, Weekdays},
    settings::Tolerance,
};

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;

fn noon(day: i64) -> Timestamp {
    Timestamp::from_unix(1_795_435_200 + day * DAY)
}

fn ran(day: i64, outcome: RunOutcome) -> Ran {
    let status = if outcome == RunOutcome::Failed { Status::Fatal } else { Status::Success };
    Ran { begin: noon(day).plus(60), status, outcome }
}

fn good(days: impl IntoIterator<Item = i64>) -> Vec<Ran> {
    days.into_iter().map(|day| ran(day, RunOutcome::Good)).collect()
}

fn daily() -> Plan {
    Plan::new(Source::Inferred, Pattern::daily(noon(0).utc_day(), 12 * HOUR, Weekdays::ALL))
}

/// A letter for each slot.
fn letters(plan: Option<&Plan>, settings: &Settings, down: &[Span], runs: &[Ran], now: Timestamp) -> String {
    let past = Past { plan, settings, usual: 600, down, now };
    let letter = |slot: &Slot| match slot.fate {
        SlotFate::Kept => 'k',
        SlotFate::Warned => 'w',
        SlotFate::Failed => 'f',
        SlotFate::Missed => 'm',
        SlotFate::Excused => 'e',
        SlotFate::Paused => 'p',
    };
    past.slots(runs).iter().map(letter).collect()
}

#[test]
fn each_slot_is_kept_failed_missed_excused_or_paused() {
    let mut settings = Settings::new(Zone::utc());
    settings.pauses.push(Span { from: noon(5).plus(-HOUR), until: Some(noon(5).plus(HOUR)) });
    let mut runs = good([0, 1]);
    runs.push(ran(2, RunOutcome::Failed));
    runs.push(ran(6, RunOutcome::Stopped));
    runs.extend(good([7]));
    let down = [Span { from: noon(4), until: Some(noon(4).plus(HOUR)) }];
    let plan = daily();
    let now = noon(8).plus(HOUR);
    assert_eq!(
        letters(Some(&plan), &settings, &down, &runs, now),
        "kkfmepwk",
        "the slot of today is awaited"
    );
    settings.tolerance = Tolerance::Seconds(60);
    assert_eq!(letters(Some(&plan), &settings, &down, &runs, now), "kkfmepwkm");
}

#[test]
fn a_retry_makes_its_slot_good_and_a_run_by_hand_is_no_slot() {
    let settings = Settings::new(Zone::utc());
    let mut runs = good([0]);
    runs.push(ran(1, RunOutcome::Failed));
    runs.push(Ran { begin: noon(1).plus(4 * HOUR), ..ran(1, RunOutcome::Good) });
    runs.push(ran(2, RunOutcome::Good));
    runs.push(Ran { begin: noon(2).plus(5 * HOUR), ..ran(2, RunOutcome::Rehearsal) });
    let plan = daily();
    assert_eq!(letters(Some(&plan), &settings, &[], &runs, noon(2).plus(6 * HOUR)), "kkk");
}

#[test]
fn slots_before_the_schedule_was_set_or_was_another_one_are_none() {
    let plan = daily();
    let mut settings = Settings::new(Zone::utc());
    // Once a week, then each day, with an outage of two days.
    let runs = good((0..=5).map(|week| week * 7).chain(36..40).chain(42..45));
    let now = noon(44).plus(HOUR);
    assert_eq!(letters(Some(&plan), &settings, &[], &runs, now), "kkkkkkkkkkmmkkk");
    // An outage of some days at the beginning is one.
    let runs = good([0, 1, 5, 6, 7]);
    assert_eq!(letters(Some(&plan), &settings, &[], &runs, noon(7).plus(HOUR)), "kkmmmkkk");
    settings.schedule_set = Some(noon(4));
    assert_eq!(letters(Some(&plan), &settings, &[], &runs, noon(7).plus(HOUR)), "kkmkkk");
}

#[test]
fn a_job_that_is_dead_has_missed_each_slot_since() {
    let settings = Settings::new(Zone::utc());
    let plan = daily();
    assert_eq!(letters(Some(&plan), &settings, &[], &good(0..3), noon(6).plus(-HOUR)), "kkkmmm");
}

#[test]
fn hours_follow_the_runs_and_without_a_schedule_there_are_only_runs() {
    let settings = Settings::new(Zone::utc());
    let drifting: Vec<Ran> = (0..6)
        .filter(|number| *number != 3)
        .map(|number| Ran { begin: noon(0).plus(number * (6 * HOUR + 600)), ..ran(0, RunOutcome::Good) })
        .collect();
    let last = drifting[drifting.len() - 1].begin;
    let pattern = Pattern::Elapsed { anchor: last, period: 6 * HOUR, weekdays: Weekdays::ALL };
    let plan = Plan::new(Source::Inferred, pattern);
    assert_eq!(letters(Some(&plan), &settings, &[], &drifting, last.plus(HOUR)), "kkkmkk");
    assert_eq!(letters(None, &settings, &[], &drifting, last.plus(90 * DAY)), "kkkkk");
}
