use super::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn slots(pattern: &Pattern, zone: &str, after: &str, count: usize) -> Vec<String> {
    let zone = Zone::named(zone).unwrap();
    pattern.slots(after.parse().unwrap(), &zone).take(count).map(|at| at.to_string()).collect()
}

#[test]
fn a_daily_time_stays_over_both_changes_of_the_clock() {
    let daily = Pattern::daily(day("2026-01-01"), 9000, Weekdays::ALL);
    assert_eq!(
        slots(&daily, "Europe/Berlin", "2026-03-28T00:00:00Z", 3),
        ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]
    );
    assert_eq!(
        slots(&daily, "Europe/Berlin", "2026-10-24T00:00:00Z", 3),
        ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
    );
    assert_eq!(
        slots(&daily, "Australia/Lord_Howe", "2026-10-02T16:00:00Z", 3),
        ["2026-10-03T15:30:00Z", "2026-10-04T15:30:00Z", "2026-10-05T15:30:00Z"]
    );
}

#[test]
fn days_and_weeks_keep_their_distance() {
    let third = Pattern::Days { every: 3, anchor: day("2026-02-27"), at: 0, weekdays: Weekdays::ALL };
    assert_eq!(
        slots(&third, "UTC", "2026-02-27T00:00:00Z", 2),
        ["2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z"]
    );
    assert_eq!(slots(&third, "UTC", "2020-02-27T00:00:00Z", 1), ["2020-02-29T00:00:00Z"]);
    let fortnight = Pattern::Weeks {
        every: 2,
        anchor: day("2026-03-02"),
        at: HOUR,
        weekdays: Weekdays::NONE.with(0).with(2),
    };
    assert_eq!(
        slots(&fortnight, "UTC", "2026-03-02T00:00:00Z", 4),
        ["2026-03-02T01:00:00Z", "2026-03-04T01:00:00Z", "2026-03-16T01:00:00Z", "2026-03-18T01:00:00Z"]
    );
    assert_eq!(fortnight.interval(), 2 * DAY);
}

#[test]
fn a_month_that_is_shorter_ends_with_its_last_day() {
    let last = Pattern::Months { every: 1, anchor: month_of(day("2028-01-01")), day: 31, at: 23 * HOUR };
    assert_eq!(
        slots(&last, "UTC", "2028-01-31T23:00:00Z", 3),
        ["2028-02-29T23:00:00Z", "2028-03-31T23:00:00Z", "2028-04-30T23:00:00Z"]
    );
    let quarter = Pattern::Months { every: 3, anchor: month_of(day("2026-01-01")), day: 15, at: 0 };
    assert_eq!(
        slots(&quarter, "UTC", "2026-02-01T00:00:00Z", 2),
        ["2026-04-15T00:00:00Z", "2026-07-15T00:00:00Z"]
    );
    assert_eq!(slots(&last.shifted(HOUR), "UTC", "2028-02-10T00:00:00Z", 1), ["2028-03-01T00:00:00Z"]);
}

#[test]
fn hours_are_elapsed_time_and_jump_over_weekdays_without_slots() {
    let six = |weekdays| Pattern::Elapsed {
        anchor: "2026-03-27T00:00:00Z".parse().unwrap(),
        period: 6 * HOUR,
        weekdays,
    };
    assert_eq!(
        slots(&six(Weekdays::ALL), "Europe/London", "2026-03-28T18:00:00Z", 2),
        ["2026-03-29T00:00:00Z", "2026-03-29T06:00:00Z"]
    );
    let week = [0, 1, 2, 3, 4].into_iter().fold(Weekdays::NONE, Weekdays::with);
    // Friday 27 March 2026, then Monday.
    assert_eq!(
        slots(&six(week), "UTC", "2026-03-27T12:00:00Z", 3),
        ["2026-03-27T18:00:00Z", "2026-03-30T00:00:00Z", "2026-03-30T06:00:00Z"]
    );
    assert_eq!(slots(&six(Weekdays::NONE), "UTC", "2026-03-27T12:00:00Z", 1), [""; 0]);
}

#[test]
fn what_was_told_comes_first_and_goes_on_in_its_distance() {
    let zone = Zone::named("America/New_York").unwrap();
    let next: Timestamp = "2026-03-07T06:00:00Z".parse().unwrap();
    let told = Pattern::Told { next, then: Box::new(Pattern::following(next, DAY, &zone)) };
    assert_eq!(
        slots(&told, "America/New_York", "2026-03-07T05:00:00Z", 3),
        ["2026-03-07T06:00:00Z", "2026-03-08T06:00:00Z", "2026-03-09T05:00:00Z"]
    );
}

#[test]
fn a_slot_is_hit_within_its_width_only() {
    let daily = Pattern::daily(day("2026-01-01"), 0, Weekdays::ALL);
    let hit = |text: &str| daily.hit(text.parse().unwrap(), HOUR, &Zone::utc()).map(|at| at.to_string());
    assert_eq!(hit("2026-02-01T23:00:00Z").as_deref(), Some("2026-02-02T00:00:00Z"));
    assert_eq!(hit("2026-02-02T01:00:00Z").as_deref(), Some("2026-02-02T00:00:00Z"));
    assert_eq!(hit("2026-02-01T22:59:59Z"), None);
    assert_eq!(hit("2026-02-02T01:00:01Z"), None);
}
