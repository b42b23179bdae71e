//! A schedule that is kept never alarms, and each slot that is missed does.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    super::schedule::local::Local,
    replay::Closed,
    story_tests::{at, story, told},
};
use crate::{
    time::{Day, Timestamp},
    zone::Zone,
};

/// Zones of every kind: both hemispheres, half and quarter hours, half-hour changes, none, changes on other days and at midnight.
pub(super) const ZONES: [&str; 20] = [
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Los_Angeles",
    "America/Santiago",
    "America/Havana",
    "America/Phoenix",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Australia/Adelaide",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Casablanca",
    "UTC",
];

fn clock(second: i64) -> String {
    format!("{:02}:{:02}", second / 3600, second / 60 % 60)
}

/// Runs as a scenario says them, and the job's own settings.
fn job(every: &str, second: i64, zone: &str, days: (&str, &str), jitter: i64, duration: i64) -> Value {
    json!({"runs": [{
        "every": every, "at": clock(second), "zone": zone, "from": days.0, "until": days.1,
        "jitter": jitter, "duration": duration, "status": "success",
    }]})
}

#[test]
fn a_daily_schedule_that_is_kept_for_ten_years_never_alarms_in_any_zone() {
    for (zone, number) in ZONES.into_iter().zip(0..) {
        // Times around the changes of the clock, and around midnight.
        let second = [2 * 3600 + 1800, 0, 23 * 3600 + 3000, 3 * 3600, 60, 12 * 3600, 1800][number % 7];
        let job = job("1D", second, zone, ("2026-01-05", "2035-12-31"), 600, 600);
        let alarms = told(&story(zone, "2026-01-01T00:00:00Z", "2035-12-30T00:00:00Z", job));
        assert_eq!(alarms, [], "{zone} {}", clock(second));
    }
}

/// The first four runs give a period that is minutes too long, which must not add up from slot to slot.
#[test]
fn a_period_that_few_runs_give_inexactly_does_not_drift() {
    for every in ["1h", "90m", "2h", "3h", "4h"] {
        for jitter in (1..600).step_by(13) {
            let job = job(every, 69_300, "Europe/Berlin", ("2026-01-01", "2026-01-08"), jitter, 5);
            let alarms = told(&story("Europe/Berlin", "2025-12-30T00:00:00Z", "2026-01-07T00:00:00Z", job));
            assert!(alarms.is_empty(), "{every} {jitter}: {alarms:?}");
        }
    }
}

/// Patterns that a job can have.
fn pattern() -> impl Strategy<Value = (String, Option<Vec<&'static str>>)> {
    let every = prop_oneof![
        Just("1h"),
        Just("2h"),
        Just("3h"),
        Just("4h"),
        Just("6h"),
        Just("8h"),
        Just("12h"),
        Just("90m"),
        Just("1D"),
        Just("1D"),
        Just("2D"),
        Just("3D"),
        Just("5D"),
        Just("10D"),
        Just("1W"),
        Just("2W"),
        Just("1M"),
        Just("36h"),
    ];
    let week = prop_oneof![
        Just(None),
        Just(Some(vec!["mon", "tue", "wed", "thu", "fri"])),
        Just(Some(vec!["mon", "wed", "fri"])),
        Just(Some(vec!["sat", "sun"])),
        Just(Some(vec!["tue", "wed", "thu", "fri", "sat"])),
        Just(Some(vec!["sun"])),
    ];
    (every, week).prop_map(|(every, week)| (every.to_owned(), week.filter(|_| every == "1D")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_pattern_that_is_kept_never_alarms(
        (every, week) in pattern(),
        zone in prop::sample::select(ZONES.to_vec()),
        second in (0_i64..1440).prop_map(|minute| minute * 60),
        jitter in prop_oneof![Just(0_i64), 1..300_i64, 300..600_i64],
        duration in prop_oneof![Just(5_i64), 30..600_i64],
        from in 0_i64..365,
    ) {
        let is_short = every.ends_with(['h', 'm']);
        let first = at("2026-01-01T00:00:00Z").utc_day().plus(from);
        let last = first.plus(if is_short { 40 } else { 420 });
        let mut job = job(&every, second, zone, (&first.to_string(), &last.to_string()), jitter, duration);
        if let Some(week) = week {
            job["runs"][0]["weekdays"] = json!(week);
        }
        let until = format!("{}T00:00:00Z", last.plus(-1));
        let alarms = told(&story(zone, &format!("{}T00:00:00Z", first.plus(-2)), &until, job));
        // Two runs far apart may be stale before it is known how far.
        let late: Vec<_> = alarms.iter().filter(|alarm| alarm.kind != "stale").collect();
        prop_assert!(late.is_empty(), "{every} {zone} {} {first}: {late:?}", clock(second));
    }
}

/// The slot of a date, and the distance to the next one that counts.
fn slot(zone: &str, day: Day, second: i64) -> Timestamp {
    Local { day, second }.instant(&Zone::named(zone).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn each_slot_that_is_missed_is_noticed_within_its_tolerance(
        every in prop::sample::select(vec![1_i64, 1, 1, 2, 3, 7, 14]),
        zone in prop::sample::select(ZONES.to_vec()),
        second in (0_i64..1440).prop_map(|minute| minute * 60),
        jitter in 0..300_i64,
        missed in 9..40_i64,
        from in 0_i64..365,
    ) {
        let first = at("2026-01-01T00:00:00Z").utc_day().plus(from);
        let (day, last) = (first.plus(missed * every), first.plus((missed + 4) * every));
        let mut job = job(&format!("{every}D"), second, zone, (&first.to_string(), &last.to_string()), jitter, 600);
        job["runs"][0]["except"] = json!([day.to_string()]);
        let end = slot(zone, last, second).plus(1200);
        let alarms = told(&story(zone, &format!("{}T00:00:00Z", first.plus(-2)), &end.to_string(), job));
        let tolerance = (every * 86_400 / 4).clamp(3600, 12 * 3600);
        let due = slot(zone, day, second).plus(600 + tolerance);
        let back = slot(zone, day.plus(every), second).plus(600);
        let late: Vec<_> = alarms.iter().filter(|alarm| alarm.kind != "stale").collect();
        prop_assert_eq!(late.len(), 1, "{} {} {} {}: {:?}", every, zone, clock(second), day, alarms);
        let opened = late[0].opened.since(due);
        // What was seen around a change of the clock is some minutes beside.
        prop_assert!((-1800..=jitter + 1800).contains(&opened), "{every} {zone} {} {day}: {opened}", clock(second));
        let closed = match late[0].closed { Closed::At(Some(closed)) => closed.since(back), _ => i64::MAX };
        prop_assert!((0..=jitter + 1).contains(&closed), "{closed}");
    }

    #[test]
    fn a_missed_run_of_a_schedule_of_hours_is_noticed_too(
        hours in prop::sample::select(vec![1_i64, 2, 3, 4, 6, 8, 12]),
        zone in prop::sample::select(ZONES.to_vec()),
        minute in 0_i64..60,
        jitter in 0..120_i64,
        later in 0..30_i64,
        from in 0_i64..365,
    ) {
        // In the first week, a weekday that was not seen yet has no slots.
        let missed = 9 * 24 / hours + later;
        let first = at("2026-01-01T00:00:00Z").utc_day().plus(from);
        let start = slot(zone, first, minute * 60);
        let runs: Vec<Value> = (0..missed + 20)
            .filter(|number| *number != missed && *number != missed + 1)
            .map(|number| start.plus(number * hours * 3600 + (number * 7919) % (jitter + 1)))
            .map(|begin| json!({"begin": begin.to_string(), "duration": 60, "status": "success"}))
            .collect();
        let end = start.plus((missed + 19) * hours * 3600 + 120);
        let story = story(zone, &start.plus(-86_400).to_string(), &end.to_string(), json!({"runs": runs}));
        let alarms = told(&story);
        let missed = start.plus(missed * hours * 3600);
        let due = missed.plus(60 + (hours * 900).max(3600));
        prop_assert_eq!(alarms.len(), 1, "{} {} {}: {:?}", hours, zone, missed, alarms);
        prop_assert!((-900..=3600 + 900).contains(&alarms[0].opened.since(due)), "{hours} {zone} {missed}: {alarms:?}");
    }
}
