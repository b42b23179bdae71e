//! How far the clock of a sender is believed. Lateness is measured by the receiver's clock: a wrong one makes no job fresh, and none
//! late.

use super::{
    run::Run,
    schedule::local::{DAY, HOUR},
};
use crate::time::Timestamp;

/// Clocks are set to within this: seconds.
const EXACT: i64 = 600;
/// Reports can come so late: seconds.
const DELAYED: i64 = 3 * DAY;
/// Offsets that differ by no more than this are one: seconds.
const SHARED: i64 = 120;
/// Before there was any Duplicati that reports: 2010.
const BEFORE_ALL: Timestamp = Timestamp::from_unix(1_262_304_000);

/// How far the clock is behind, when the report came at the end of its run: seconds.
fn behind(run: &Run) -> i64 {
    run.arrival().since(run.told)
}

/// Decides when a run began, from what was known before in the order of arrival. Returns how many of the newest of those share its
/// clock, and began when their reports say they arrived.
pub fn believe(run: &mut Run, before: &[&Run]) -> usize {
    let offset = behind(run);
    run.begin = run.told;
    if offset < -EXACT {
        run.begin = run.arrival();
        return 0;
    }
    if offset <= EXACT {
        return 0;
    }
    let sharing = before.iter().rev().take_while(|other| (behind(other) - offset).abs() <= SHARED).count();
    let needed = if offset > DELAYED { 1 } else { 2 };
    if sharing >= needed {
        run.begin = run.arrival();
        return sharing;
    }
    // A clock that begins anew at each start: it falls behind as fast as time goes on.
    let stands_still = before.last().is_some_and(|last| {
        let passed = run.received.since(last.received);
        behind(last) > DELAYED && passed > HOUR && offset - behind(last) > passed / 2
    });
    if offset > DELAYED && (run.told < BEFORE_ALL || stands_still) {
        run.begin = run.arrival();
    }
    0
}

/// Returns whether two reports are about one run: they began within a second of each other and do not contradict. Reports that contradict
/// are two runs, as they are where runs are stored.
#[must_use]
pub fn is_same(one: &Run, other: &Run) -> bool {
    let is_believed = one.told == one.begin && other.told == other.begin;
    let contradicts = one.outcome != other.outcome || one.figures.contradict(&other.figures);
    one.told.since(other.told).abs() <= 1
        && !contradicts
        && (is_believed || one.received.since(other.received).abs() <= HOUR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::RunOutcome;

    fn run(told: i64, received: i64) -> Run {
        Run {
            told: Timestamp::from_unix(told),
            begin: Timestamp::from_unix(told),
            received: Timestamp::from_unix(received),
            duration: 600,
            outcome: RunOutcome::Good,
            figures: Default::default(),
            is_bad: false,
        }
    }

    const NOW: i64 = 1_770_000_000;

    fn begin_of(told: i64, before: &[(i64, i64)]) -> i64 {
        let before: Vec<Run> = before.iter().map(|(told, received)| run(*told, *received)).collect();
        let mut new = run(told, NOW);
        believe(&mut new, &before.iter().collect::<Vec<_>>());
        new.begin.unix()
    }

    #[test]
    fn the_future_is_replaced_by_the_arrival_and_a_few_minutes_are_not() {
        assert_eq!(begin_of(NOW + 7 * 365 * DAY, &[]), NOW - 600);
        assert_eq!(begin_of(NOW + 3600, &[]), NOW - 600);
        assert_eq!(begin_of(NOW, &[]), NOW);
        assert_eq!(begin_of(NOW - 1200, &[]), NOW - 1200);
    }

    #[test]
    fn a_late_report_is_believed() {
        assert_eq!(begin_of(NOW - 8 * HOUR, &[]), NOW - 8 * HOUR);
        assert_eq!(begin_of(NOW - 20 * DAY, &[]), NOW - 20 * DAY);
        // Three of them at once: each is late by another time.
        let queue = [(NOW - 4 * DAY, NOW - 20), (NOW - 3 * DAY, NOW - 10)];
        assert_eq!(begin_of(NOW - 2 * DAY, &queue), NOW - 2 * DAY);
        let queue = [(NOW - 12 * DAY, NOW - 20), (NOW - 11 * DAY, NOW - 10)];
        assert_eq!(begin_of(NOW - 10 * DAY, &queue), NOW - 10 * DAY);
    }

    #[test]
    fn a_shared_offset_is_the_clocks() {
        let year = 400 * DAY;
        assert_eq!(begin_of(NOW - year, &[(NOW - year - DAY, NOW - DAY + 30)]), NOW - 600);
        let hours = 26 * HOUR;
        let two = [(NOW - hours - 2 * DAY, NOW - 2 * DAY), (NOW - hours - DAY, NOW - DAY + 30)];
        assert_eq!(begin_of(NOW - hours, &two), NOW - 600);
        assert_eq!(begin_of(NOW - hours, &two[1..]), NOW - hours, "once more is chance");
    }

    #[test]
    fn a_clock_that_starts_anew_each_day_is_none() {
        assert_eq!(begin_of(130, &[]), NOW - 600);
        let built = 1_554_854_400;
        assert_eq!(begin_of(built + 140, &[(built + 130, NOW - DAY)]), NOW - 600);
    }
}
