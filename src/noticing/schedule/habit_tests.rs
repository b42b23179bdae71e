use super::*;
use crate::time::Day;

fn zone() -> Zone {
    Zone::named("Europe/Berlin").unwrap()
}

/// Runs at a local time of days counted from Thursday, 1 January 2026, each some minutes later than the one before.
fn runs(days: impl IntoIterator<Item = i64>, second: i64) -> Vec<Timestamp> {
    let first: Day = "2026-01-01".parse().unwrap();
    let begin =
        |number: i64| Local { day: first.plus(number), second }.instant(&zone()).plus(number * 37 % 200);
    days.into_iter().map(begin).collect()
}

/// What is known after each of them in turn.
fn learn(begins: &[Timestamp]) -> Option<Habit> {
    let mut known = None;
    for count in 1..=begins.len() {
        known = Habit::learn(known, &begins[..count], &zone());
    }
    known
}

fn next(habit: &Option<Habit>, after: &str) -> String {
    let slot = habit.as_ref().and_then(|habit| habit.pattern.next_after(after.parse().unwrap(), &zone()));
    slot.map(|slot| slot.to_string()[..16].to_owned()).unwrap_or_default()
}

#[test]
fn four_runs_are_a_schedule_and_three_are_none() {
    assert_eq!(learn(&runs(0..3, 7200)), None);
    assert_eq!(
        next(&learn(&runs(0..4, 7200)), "2026-01-04T12:00:00Z")[..13],
        *"2026-01-08T01",
        "the days that were seen"
    );
    assert_eq!(learn(&runs([0, 3, 4, 9], 7200)), None, "they do not agree");
}

#[test]
fn runs_by_hand_change_nothing() {
    let mut begins = runs(0..20, 7200);
    begins.extend(runs([20, 20, 20], 50_000));
    begins.extend(runs(21..22, 7200));
    let habit = learn(&begins);
    assert_eq!(next(&habit, "2026-01-23T00:00:00Z")[..13], *"2026-01-23T01");
    assert_eq!(habit.clone().unwrap().evidence(&begins, &zone()), (21, 24), "{habit:?}");
}

#[test]
fn another_time_is_learnt_from_the_third_run_on() {
    for count in 1..=3 {
        let mut begins = runs(0..20, 7200);
        begins.extend(runs(20..20 + count, 50_400));
        let hour = &next(&learn(&begins), "2026-01-30T00:00:00Z")[11..13];
        assert_eq!(hour, if count < 3 { "01" } else { "13" }, "{count}");
    }
}

#[test]
fn gaps_teach_no_longer_period_until_it_was_seen_three_times() {
    let after = |gaps: &[i64]| {
        let mut days: Vec<i64> = (0..20).collect();
        for gap in gaps {
            days.push(days.last().unwrap() + gap);
        }
        learn(&runs(days, 7200)).map(|habit| habit.pattern.interval() / DAY)
    };
    assert_eq!(after(&[2]), Some(1));
    assert_eq!(after(&[2, 2]), Some(1));
    assert_eq!(after(&[40, 1, 1]), Some(1));
    assert_eq!(after(&[2, 2, 2]), Some(2));
    assert_eq!(after(&[7, 7, 7]), Some(7));
}

#[test]
fn a_clock_that_is_changed_does_not_lose_the_time() {
    // Over the last Sunday of March.
    let habit = learn(&runs(60..95, 9000));
    assert_eq!(next(&habit, "2026-04-06T00:00:00Z")[..15], *"2026-04-06T00:3");
}

#[test]
fn a_job_that_runs_at_any_time_has_no_schedule_any_more() {
    let mut begins = runs(0..20, 7200);
    for (day, second) in
        (20..40).zip([30_000, 61_000, 45_000, 80_000, 37_000, 70_000, 52_000, 25_000].into_iter().cycle())
    {
        begins.extend(runs([day * 2 - 20 + day % 3], second));
    }
    begins.sort_unstable();
    assert_eq!(learn(&begins), None);
}

#[test]
fn what_is_stored_is_read_back() {
    let habit = learn(&runs(0..9, 7200)).unwrap();
    let json = serde_json::to_string(&habit).unwrap();
    assert_eq!(serde_json::from_str::<Habit>(&json).unwrap(), habit);
}
