use super::*;

fn slots(expression: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let (cron, zone) = (Cron::parse(expression).unwrap(), Zone::named(zone).unwrap());
    let first = cron.next_after(after.parse().unwrap(), &zone);
    std::iter::successors(first, |at| cron.next_after(*at, &zone))
        .take(count)
        .map(|at| at.to_string())
        .collect()
}

#[test]
fn fields_mean_what_they_mean_everywhere() {
    for (expression, after, expected) in [
        ("30 1 * * 1-5", "2026-02-20T02:00:00Z", vec!["2026-02-23T01:30:00Z", "2026-02-24T01:30:00Z"]),
        ("0 0 * * 7", "2026-02-20T00:00:00Z", vec!["2026-02-22T00:00:00Z", "2026-03-01T00:00:00Z"]),
        ("0 0 * * sun", "2026-02-20T00:00:00Z", vec!["2026-02-22T00:00:00Z"]),
        (
            "0 4 * * fri-mon",
            "2026-02-20T05:00:00Z",
            vec![
                "2026-02-21T04:00:00Z",
                "2026-02-22T04:00:00Z",
                "2026-02-23T04:00:00Z",
                "2026-02-27T04:00:00Z",
            ],
        ),
        (
            "*/20 8-9 * * *",
            "2026-02-20T09:00:00Z",
            vec!["2026-02-20T09:20:00Z", "2026-02-20T09:40:00Z", "2026-02-21T08:00:00Z"],
        ),
        ("5/30 0 1 jan *", "2026-02-20T09:00:00Z", vec!["2027-01-01T00:05:00Z", "2027-01-01T00:35:00Z"]),
        ("0 23 L * *", "2028-02-01T00:00:00Z", vec!["2028-02-29T23:00:00Z", "2028-03-31T23:00:00Z"]),
        ("0 0 29 2 *", "2028-03-01T00:00:00Z", vec!["2032-02-29T00:00:00Z"]),
        ("0 0 29 2 *", "2096-03-01T00:00:00Z", vec!["2104-02-29T00:00:00Z"]),
        // Either day is enough.
        ("0 0 13 * 5", "2026-02-06T00:00:00Z", vec!["2026-02-13T00:00:00Z", "2026-02-20T00:00:00Z"]),
        (
            "0 0 13 * 5",
            "2026-03-28T00:00:00Z",
            vec!["2026-04-03T00:00:00Z", "2026-04-10T00:00:00Z", "2026-04-13T00:00:00Z"],
        ),
        ("@monthly", "2026-02-20T00:00:00Z", vec!["2026-03-01T00:00:00Z"]),
    ] {
        assert_eq!(slots(expression, "UTC", after, expected.len()), expected, "{expression}");
    }
}

#[test]
fn a_changed_clock_makes_one_slot_of_a_day() {
    let spring = slots("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3);
    assert_eq!(spring, ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
    let autumn = slots("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
    assert_eq!(autumn, ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]);
    // The 02:30 that does not exist is 03:00, which is a slot itself.
    let both = slots("*/30 2-3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 3);
    assert_eq!(both, ["2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:00:00Z"]);
}

#[test]
fn nonsense_is_refused_with_the_field() {
    for text in [
        "",
        "* * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "a * * * *",
        "1-0 * * * *",
        "*/0 * * * *",
        "0 0 31 2 *",
        "0 0 30 feb *",
        "1,,2 * * * *",
    ] {
        assert!(Cron::parse(text).is_err(), "{text}");
    }
    assert_eq!(Cron::parse("0 0 31 2 *"), Err(CronError::Never));
    assert!(Cron::parse("61 * * * *").unwrap_err().to_string().contains("minute"));
}

#[test]
fn the_interval_is_the_shortest_distance() {
    for (text, seconds) in [
        ("30 1 * * 1-5", 86_400),
        ("*/15 * * * *", 900),
        ("0 3 * * 0", 7 * 86_400),
        ("0 8,12 * * *", 4 * 3600),
        ("0 0 1 * *", 28 * 86_400),
    ] {
        assert_eq!(Cron::parse(text).unwrap().interval(), seconds, "{text}");
    }
}
