use super::*;

fn begins(runs: &str, zone: &str) -> Vec<String> {
    let job = format!(r#"{{"job": "a/b", "runs": [{runs}]}}"#);
    let job: Job = serde_json::from_str(&job).unwrap();
    let runs = singles(&job, &Zone::named(zone).unwrap()).unwrap();
    runs.iter().map(|run| run.begin.to_string()).collect()
}

#[test]
fn jitter_is_the_same_every_time_and_counts_dates_that_are_left_out() {
    let all = begins(
        r#"{"every": "1D", "at": "02:00", "from": "2026-03-01", "until": "2026-03-04", "jitter": 240, "except": ["2026-03-02"]}"#,
        "UTC",
    );
    let third = 2 * 2_654_435_761_i64 % (1 << 32) % 241;
    assert_eq!(all.len(), 3);
    assert_eq!(all[0], "2026-03-01T02:00:00Z");
    assert_eq!(all[1], format!("2026-03-03T02:{:02}:{:02}Z", third / 60, third % 60));
}

#[test]
fn hours_are_elapsed_and_days_are_of_the_calendar() {
    let hours = r#"{"every": "12h", "at": "00:00", "from": "2026-03-28", "until": "2026-03-30"}"#;
    assert_eq!(
        begins(hours, "Europe/Berlin"),
        [
            "2026-03-27T23:00:00Z",
            "2026-03-28T11:00:00Z",
            "2026-03-28T23:00:00Z",
            "2026-03-29T11:00:00Z",
            "2026-03-29T23:00:00Z",
            "2026-03-30T11:00:00Z"
        ]
    );
    let days = r#"{"every": "1D", "at": "02:30", "zone": "Europe/Berlin", "from": "2026-03-28", "until": "2026-03-30"}"#;
    assert_eq!(begins(days, "UTC"), ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]);
    let months = r#"{"every": "1M", "at": "00:00", "from": "2028-01-31", "until": "2028-04-30"}"#;
    assert_eq!(
        begins(months, "UTC"),
        ["2028-01-31T00:00:00Z", "2028-02-29T00:00:00Z", "2028-03-31T00:00:00Z", "2028-04-30T00:00:00Z"]
    );
}

#[test]
fn a_date_can_be_changed_and_weekdays_left_out() {
    let runs = r#"{"every": "1D", "at": "00:00", "from": "2026-03-02", "until": "2026-03-08", "weekdays": ["mon", "sun"],
                   "but": {"2026-03-08": {"begin": "2026-03-08T05:00:00Z"}}}"#;
    assert_eq!(begins(runs, "UTC"), ["2026-03-02T00:00:00Z", "2026-03-08T05:00:00Z"]);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for runs in [
        r#"{"duration": 5}"#,
        r#"{"begin": "2026-03-01T00:00:00Z", "status": "splendid"}"#,
        r#"{"every": "1x", "from": "2026-03-01", "until": "2026-03-02"}"#,
        r#"{"every": "1m", "from": "1990-01-01", "until": "2090-01-01"}"#,
        r#"{"every": "1D", "at": "25:00", "from": "2026-03-01", "until": "2026-03-02"}"#,
        r#"{"every": "1D", "zone": "Middle/Earth", "from": "2026-03-01", "until": "2026-03-02"}"#,
        r#"{"every": "1D", "weekdays": ["noday"], "from": "2026-03-01", "until": "2026-03-02"}"#,
    ] {
        let job: Job = serde_json::from_str(&format!(r#"{{"job": "a/b", "runs": [{runs}]}}"#)).unwrap();
        assert!(singles(&job, &Zone::utc()).is_err(), "{runs}");
    }
}
