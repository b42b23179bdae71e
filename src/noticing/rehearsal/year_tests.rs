//! Every slot of a year left out, one after the other, in every zone; and schedules of weeks and months that are kept for ten years.

use super::{
    super::{
        facts::Facts,
        run::{Figures, Report},
        schedule::local::{HOUR, Local},
        settings::Settings,
        state::{Problem, Verdict, evaluate},
    },
    kept_tests::ZONES,
    story_tests::at,
};
use crate::{
    outcome::RunOutcome,
    status::Status,
    time::{Day, Timestamp},
    zone::Zone,
};

const DURATION: i64 = 600;
/// What a change of the clock may move.
const AROUND: i64 = HOUR / 2;

/// A schedule by the calendar.
#[derive(Debug, Clone, Copy)]
enum Calendar {
    Days(i64),
    MondayToFriday,
    /// On this day, or the last one of a shorter month.
    Month(i64),
}

impl Calendar {
    fn is_on(self, first: Day, day: Day) -> bool {
        match self {
            Self::Days(every) => (day.number() - first.number()) % every == 0,
            Self::MondayToFriday => day.weekday() < 5,
            Self::Month(date) => {
                let is_last = day.plus(1).civil().2 == 1;
                day.civil().2 == date || is_last && day.civil().2 < date
            }
        }
    }

    fn slots(self, zone: &Zone, second: i64, from: &str, days: i64) -> Vec<Timestamp> {
        let first = at(from).utc_day();
        let on = (0..days).map(|number| first.plus(number)).filter(|day| self.is_on(first, *day));
        on.map(|day| Local { day, second }.instant(zone)).collect()
    }

    fn tolerance(self) -> i64 {
        match self {
            Self::Days(1) | Self::MondayToFriday => 6 * HOUR,
            _ => 12 * HOUR,
        }
    }

    /// Runs until the schedule is known, each weekday of it twice.
    const fn learnt(self) -> usize {
        match self {
            Self::Days(1) | Self::MondayToFriday => 15,
            _ => 6,
        }
    }
}

fn good(begin: Timestamp) -> Report {
    Report {
        begin,
        received: begin.plus(DURATION),
        duration: DURATION,
        status: Status::Success,
        outcome: RunOutcome::Good,
        next: None,
        figures: Figures::default(),
        warnings: Vec::new(),
        mixes_jobs: false,
    }
}

/// A time of the day for each zone: around the changes of the clock, around midnight, and noon.
fn second(number: usize) -> i64 {
    [2 * HOUR + 1800, 0, 23 * HOUR + 3000, 3 * HOUR, 60, 12 * HOUR, 1800][number % 7]
}

#[test]
fn every_single_slot_of_a_year_that_is_missed_is_noticed_within_its_tolerance_in_every_zone() {
    let mut missed = 0;
    for (number, name) in ZONES.into_iter().enumerate() {
        let zone = Zone::named(name).unwrap();
        let settings = Settings::new(zone.clone());
        for (calendar, days) in [
            (Calendar::Days(1), 400),
            (Calendar::MondayToFriday, 400),
            (Calendar::Days(7), 450),
            (Calendar::Month([1, 15, 31][number % 3]), 600),
        ] {
            let mut facts = Facts::default();
            let slots = calendar.slots(&zone, second(number), "2027-02-01T00:00:00Z", days);
            for (runs, slot) in slots.into_iter().enumerate() {
                let what = || format!("{name} {calendar:?} {slot}");
                if runs >= calendar.learnt() {
                    let due = slot.plus(DURATION + calendar.tolerance());
                    let before = evaluate(&facts, &settings, &[], due.plus(-AROUND));
                    assert_eq!(before.verdict, Verdict::Ok, "{}", what());
                    let wakes = before.next_change_at.expect("time changes it");
                    assert!(wakes <= due.plus(AROUND), "{} only at {wakes}", what());
                    let late = evaluate(&facts, &settings, &[], wakes);
                    assert_eq!(late.verdict, Verdict::Wrong(Problem::Late), "{}", what());
                    missed += 1;
                }
                facts.report(&good(slot), &settings);
                let after = evaluate(&facts, &settings, &[], slot.plus(DURATION));
                assert!(matches!(after.verdict, Verdict::Ok | Verdict::New), "{}: {after:?}", what());
            }
        }
    }
    assert!(missed > 12_000, "{missed}");
}

#[test]
fn a_schedule_of_weeks_or_months_that_is_kept_for_ten_years_never_alarms_in_any_zone() {
    for (number, name) in ZONES.into_iter().enumerate() {
        let zone = Zone::named(name).unwrap();
        let settings = Settings::new(zone.clone());
        for calendar in [Calendar::Days(7), Calendar::Days(14), Calendar::Month([1, 15, 31][number % 3])] {
            let mut facts = Facts::default();
            for slot in calendar.slots(&zone, second(number), "2026-01-05T00:00:00Z", 3650) {
                // The moment at which most time has passed.
                let arrives = slot.plus(DURATION);
                let state = evaluate(&facts, &settings, &[], arrives.plus(-1));
                let is_quiet = matches!(state.verdict, Verdict::Ok | Verdict::New);
                assert!(is_quiet, "{name} {calendar:?} {slot}: {state:?}");
                facts.report(&good(slot), &settings);
            }
        }
    }
}
