//! What of the timeline of an incident is told. Pure: the queue and the rehearsal ask the same function.

use crate::{
    noticing::{
        checks::CheckKind,
        incident::{Closing, Event},
        state::Problem,
    },
    time::Timestamp,
    topic::Topic,
};

/// How an incident stands when something happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What it is about.
    pub problem: Problem,
    /// Whether somebody wants to hear nothing of it for a time.
    pub is_snoozed: bool,
}

/// What is told of an event, and the words by which the same is told once; `None` for what somebody did, for what grows milder, and while it
/// is snoozed.
#[must_use]
pub fn told(event: &Event, standing: Standing, at: Timestamp) -> Option<(Topic, String)> {
    let told = match event {
        Event::Closed { why: Closing::Good } => return Some((Topic::Recovered, "recovered".to_owned())),
        Event::Opened { problem, .. } => (Topic::from(*problem), problem.as_str().to_owned()),
        Event::Changed { from, to } if to > from => (Topic::from(*to), to.as_str().to_owned()),
        Event::Silent { .. } => (Topic::Late, "silent".to_owned()),
        Event::Found { check } => (Topic::Check, format!("found {check:?}")),
        Event::Woke => (Topic::from(standing.problem), format!("woke {at}")),
        Event::Changed { .. }
        | Event::Set { .. }
        | Event::Acknowledged { .. }
        | Event::Noted { .. }
        | Event::Snoozed { .. }
        | Event::Closed { .. } => return None,
    };
    // What is worse than it ever was ends the snooze before.
    (!standing.is_snoozed).then_some(told)
}

/// What checks that found something are about.
#[must_use]
pub fn about_checks(checks: &[CheckKind]) -> Topic {
    match checks.split_first() {
        Some((CheckKind::Quota, rest)) if rest.iter().all(|check| *check == CheckKind::Quota) => Topic::Quota,
        Some((CheckKind::NewWarnings, rest)) if rest.iter().all(|check| *check == CheckKind::NewWarnings) => {
            Topic::NewWarning
        }
        _ => Topic::Check,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_of_one_kind_are_a_part() {
        assert_eq!(about_checks(&[CheckKind::Quota]), Topic::Quota);
        assert_eq!(about_checks(&[CheckKind::NewWarnings]), Topic::NewWarning);
        for mixed in [&[][..], &[CheckKind::Slow], &[CheckKind::Quota, CheckKind::NewWarnings]] {
            assert_eq!(about_checks(mixed), Topic::Check);
        }
    }

    #[test]
    fn nothing_but_the_recovery_is_told_while_it_is_snoozed() {
        let at = Timestamp::from_unix(1_800_000_000);
        let awake = Standing { problem: Problem::Failed, is_snoozed: false };
        let snoozed = Standing { is_snoozed: true, ..awake };
        let topic = |event: &Event, standing| told(event, standing, at).map(|(topic, _)| topic);
        for (event, expected) in [
            (Event::Opened { problem: Problem::Stale, since: at }, Topic::Late),
            (Event::Changed { from: Problem::Check, to: Problem::Late }, Topic::Late),
            (Event::Silent { since: at }, Topic::Late),
            (Event::Found { check: CheckKind::Slow }, Topic::Check),
            (Event::Woke, Topic::Failed),
        ] {
            assert_eq!(topic(&event, awake), Some(expected), "{event:?}");
            assert_eq!(topic(&event, snoozed), None, "{event:?}");
        }
        assert_eq!(topic(&Event::Closed { why: Closing::Good }, snoozed), Some(Topic::Recovered));
        for event in [
            Event::Changed { from: Problem::Stuck, to: Problem::Failed },
            Event::Acknowledged { by: "jo".into(), note: String::new() },
            Event::Closed { why: Closing::Paused },
        ] {
            assert_eq!(topic(&event, awake), None, "{event:?}");
        }
    }
}
