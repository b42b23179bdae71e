use super::*;

const START: i64 = 1_767_571_200;

/// Begins from distances in minutes.
fn begins(distances: &[i64]) -> Vec<Timestamp> {
    let mut at = Timestamp::from_unix(START);
    let mut all = vec![at];
    for minutes in distances {
        at = at.plus(minutes * 60);
        all.push(at);
    }
    all
}

fn interval(distances: &[i64]) -> Option<i64> {
    fresh(&begins(distances), &Zone::utc()).map(|habit| habit.pattern.interval() / 60)
}

#[test]
fn periods_from_minutes_to_months_are_found() {
    for (distance, count) in [
        (15, 14),
        (20, 12),
        (45, 8),
        (60, 6),
        (90, 6),
        (120, 4),
        (360, 4),
        (720, 4),
        (1440, 6),
        (2880, 4),
        (2160, 6),
        (7200, 4),
        (10_080, 4),
        (20_160, 4),
    ] {
        assert_eq!(interval(&vec![distance; count]), Some(distance), "{distance}");
    }
    let months = [31, 28, 31, 30, 31].map(|days| days * 1440);
    let found = fresh(&begins(&months[..4]), &Zone::utc()).map(|habit| habit.pattern);
    assert!(matches!(found, Some(Pattern::Months { every: 1, day: 5, .. })), "{found:?}");
}

#[test]
fn what_does_not_agree_is_no_schedule() {
    for distances in [
        &[100, 700, 3000, 40, 900][..],
        // Twice a day, at noon and in the evening: no period.
        &[480, 960, 480, 960, 480, 960, 480, 960],
        // A few minutes by hand.
        &[20, 21, 20, 22],
        &[1440, 4320, 1440, 5760, 2880, 7200],
    ] {
        assert_eq!(interval(distances), None, "{distances:?}");
    }
}

#[test]
fn some_missed_ones_do_not_hide_it() {
    assert_eq!(interval(&[1440, 1440, 2880, 1440, 1440, 1440, 1440, 2880, 1440, 1440]), Some(1440));
    assert_eq!(interval(&[360, 360, 360, 720, 360, 360, 360, 360, 360]), Some(360));
}

#[test]
fn what_agrees_lately_counts() {
    let mut distances = vec![100, 700, 3000, 40, 900, 5000, 200, 1234];
    distances.extend([1440; 8]);
    assert_eq!(interval(&distances), Some(1440));
}

#[test]
fn the_last_day_of_a_month_is_told_from_the_thirtieth() {
    let on = |days: &[&str]| {
        let begins: Vec<Timestamp> =
            days.iter().map(|day| format!("{day}T03:00:00Z").parse().unwrap()).collect();
        match fresh(&begins, &Zone::utc()).map(|habit| habit.pattern) {
            Some(Pattern::Months { day, .. }) => day,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(on(&["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]), 31);
    assert_eq!(on(&["2026-01-30", "2026-02-28", "2026-03-30", "2026-04-30"]), 30);
    assert_eq!(on(&["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]), 1);
}
