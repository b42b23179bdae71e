use std::{fs, path::Path};

use serde_json::json;

use super::super::{
    Scenario, rehearse,
    story_tests::{alarms, kinds, story},
    unmet,
};

/// Every story in the folder of scenarios.
#[test]
fn all_scenarios_raise_what_they_expect() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/scenarios");
    let (mut count, mut wrong) = (0, Vec::new());
    for group in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
    {
        for file in fs::read_dir(group).unwrap().map(|entry| entry.unwrap().path()) {
            let scenario = Scenario::read(&fs::read(&file).unwrap()).unwrap();
            let alarms = rehearse(&scenario).unwrap();
            let unmet = unmet(&scenario.expect, &alarms);
            count += 1;
            if !unmet.is_empty() {
                wrong.push(format!("{}: {unmet:?}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 250, "only {count} stories were found");
}

#[test]
fn what_became_due_while_nobody_was_there_opens_at_the_restart() {
    let runs = json!({"runs": [{"every": "1D", "at": "02:00", "from": "2026-06-01", "until": "2026-06-20", "duration": 600, "except": ["2026-06-15"]}]});
    let mut told = story("UTC", "2026-05-31T00:00:00Z", "2026-06-20T03:00:00Z", runs);
    told["down"] = json!([["2026-06-15T07:30:00Z", "2026-06-15T10:00:00Z"]]);
    assert_eq!(alarms(&told), ["late 2026-06-15T10:00:00Z 2026-06-16T02:10:00Z"]);
}

#[test]
fn a_live_end_is_no_verdict_and_a_report_is() {
    let ended = json!({"begin": "2026-06-15T02:00:00Z", "duration": 600, "live": true, "status": "error", "received": "2026-06-15T02:20:00Z"});
    let runs = json!({"runs": [
        {"every": "1D", "at": "02:00", "from": "2026-06-01", "until": "2026-06-20", "duration": 600, "live": true, "except": ["2026-06-15"]},
        ended
    ]});
    let told = story("UTC", "2026-05-31T00:00:00Z", "2026-06-20T03:00:00Z", runs);
    assert_eq!(alarms(&told), ["failed 2026-06-15T02:20:00Z 2026-06-16T02:10:00Z"]);
}

#[test]
fn one_output_line_says_what_the_format_promises() {
    let runs = json!({"runs": [{"every": "1D", "at": "02:00", "from": "2026-06-01", "until": "2026-06-15", "duration": 600,
                               "but": {"2026-06-15": {"status": "fatal"}}}]});
    let told = story("UTC", "2026-05-31T00:00:00Z", "2026-06-20T03:00:00Z", runs);
    assert_eq!(kinds(&told), ["failed", "+late"]);
    let scenario = Scenario::read(told.to_string().as_bytes()).unwrap();
    assert_eq!(
        serde_json::to_value(rehearse(&scenario).unwrap()).unwrap(),
        json!([
            {"job": "nas/job", "kind": "failed", "opened": "2026-06-15T02:10:00Z", "closed": null},
            {"job": "nas/job", "kind": "late", "opened": "2026-06-16T08:10:00Z", "within": true},
        ])
    );
}

#[test]
fn files_that_are_no_scenarios_are_refused() {
    for text in [
        "",
        "{}",
        "[]",
        r#"{"name": 1}"#,
        r#"{"name": "x", "zone": "UTC", "from": "x", "until": "y", "jobs": []}"#,
    ] {
        assert!(Scenario::read(text.as_bytes()).is_err(), "{text}");
    }
    let nowhere = json!({"name": "x", "zone": "Middle/Earth", "from": "2026-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z", "jobs": []});
    assert!(rehearse(&Scenario::read(nowhere.to_string().as_bytes()).unwrap()).is_err());
}
