//! Compares the alarms of a rehearsal with those that a scenario expects.

use super::{
    replay::{Alarm, Closed},
    scenario::{Expected, Kinds},
};
use crate::time::Timestamp;

/// What does not hold, in a sentence each; nothing when all of it does.
#[must_use]
pub fn unmet(expected: &[Expected], alarms: &[Alarm]) -> Vec<String> {
    // Which expectation each alarm is. Those that must hold come first, so an optional one takes the place of none of them.
    let mut of_alarm: Vec<Option<usize>> = vec![None; alarms.len()];
    let mut order: Vec<usize> = (0..expected.len()).collect();
    order.sort_by_key(|at| expected.get(*at).is_some_and(|expected| expected.optional));
    let mut missing = Vec::new();
    for at in order {
        let mut tried = vec![false; alarms.len()];
        if !place(at, expected, alarms, &mut of_alarm, &mut tried) {
            missing.extend(expected.get(at).filter(|expected| !expected.optional).map(missed));
        }
    }
    let unexpected =
        alarms.iter().zip(&of_alarm).filter(|(_, of)| of.is_none()).map(|(alarm, _)| surplus(alarm));
    missing.into_iter().chain(unexpected).collect()
}

/// Finds an alarm for an expectation; others may move to another alarm.
fn place(
    at: usize,
    expected: &[Expected],
    alarms: &[Alarm],
    of_alarm: &mut Vec<Option<usize>>,
    tried: &mut Vec<bool>,
) -> bool {
    let Some(wanted) = expected.get(at) else { return false };
    for (number, alarm) in alarms.iter().enumerate() {
        if !fits(wanted, alarm) || tried.get(number).copied().unwrap_or(true) {
            continue;
        }
        if let Some(tried) = tried.get_mut(number) {
            *tried = true;
        }
        let other = of_alarm.get(number).copied().flatten();
        if other.is_none_or(|other| place(other, expected, alarms, of_alarm, tried)) {
            if let Some(of) = of_alarm.get_mut(number) {
                *of = Some(at);
            }
            return true;
        }
    }
    false
}

fn fits(expected: &Expected, alarm: &Alarm) -> bool {
    let is_in = |(from, until): (Timestamp, Timestamp), at: Timestamp| from <= at && at <= until;
    let is_closed = match (alarm.closed, expected.closed) {
        (Closed::OfAnother, _) | (Closed::At(None), None) => true,
        (Closed::At(Some(at)), Some(window)) => is_in(window, at),
        (Closed::At(_), _) => false,
    };
    expected.job == alarm.job
        && expected.kind.has(alarm.kind)
        && expected.within == alarm.within
        && is_in(expected.opened, alarm.opened)
        && is_closed
}

fn missed(expected: &Expected) -> String {
    let kind = match &expected.kind {
        Kinds::One(kind) => kind.clone(),
        Kinds::Any(kinds) => kinds.join(" or "),
    };
    let (from, until) = expected.opened;
    let within = if expected.within { " within another one" } else { "" };
    let closed = match expected.closed {
        _ if expected.within => String::new(),
        Some((from, until)) => format!(", closed from {from} to {until}"),
        None => ", still open".to_owned(),
    };
    format!("missing: {} {kind}{within}, opened from {from} to {until}{closed}", expected.job)
}

fn surplus(alarm: &Alarm) -> String {
    let within = if alarm.within { " within another one" } else { "" };
    let closed = match alarm.closed {
        Closed::OfAnother => String::new(),
        Closed::At(Some(at)) => format!(", closed {at}"),
        Closed::At(None) => ", still open".to_owned(),
    };
    format!("not expected: {} {}{within}, opened {}{closed}", alarm.job, alarm.kind, alarm.opened)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(json: &str) -> Vec<Expected> {
        serde_json::from_str(json).unwrap()
    }

    fn alarm(kind: &'static str, opened: &str, closed: Option<&str>) -> Alarm {
        Alarm {
            job: "nas/x".into(),
            kind,
            opened: opened.parse().unwrap(),
            closed: Closed::At(closed.map(|at| at.parse().unwrap())),
            within: false,
        }
    }

    const TWO: &str = r#"[
        {"job": "nas/x", "kind": ["late", "stale"], "opened": ["2026-01-01T00:00:00Z", "2026-01-09T00:00:00Z"], "closed": null},
        {"job": "nas/x", "kind": "late", "opened": ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"], "closed": null}
    ]"#;

    #[test]
    fn each_alarm_is_one_expectation_whatever_the_order() {
        let both = [alarm("late", "2026-01-01T12:00:00Z", None), alarm("late", "2026-01-05T00:00:00Z", None)];
        assert_eq!(unmet(&expected(TWO), &both), Vec::<String>::new());
        let one = unmet(&expected(TWO), &both[..1]);
        assert_eq!(one.len(), 1, "{one:?}");
    }

    #[test]
    fn what_is_outside_of_a_window_is_missing_and_false() {
        let unmet = unmet(&expected(TWO)[1..], &[alarm("late", "2026-01-02T00:00:01Z", None)]);
        assert_eq!(unmet.len(), 2, "{unmet:?}");
        assert!(unmet[0].starts_with("missing: nas/x late"), "{unmet:?}");
        assert!(unmet[1].starts_with("not expected: nas/x late"), "{unmet:?}");
    }

    #[test]
    fn open_and_closed_are_not_the_same() {
        let closed = [alarm("late", "2026-01-01T00:00:00Z", Some("2026-01-01T01:00:00Z"))];
        assert_eq!(unmet(&expected(TWO)[1..], &closed).len(), 2);
    }

    #[test]
    fn an_optional_one_may_be_missing() {
        let optional = TWO.replace(r#""closed": null"#, r#""closed": null, "optional": true"#);
        assert_eq!(unmet(&expected(&optional), &[]), Vec::<String>::new());
        assert_eq!(
            unmet(&expected(&optional), &[alarm("late", "2026-01-01T00:00:00Z", None)]),
            Vec::<String>::new()
        );
    }
}
