//! On which of the last 64 days a job ran, and which weekdays follow from that.

use serde::{Deserialize, Serialize};

use super::weekdays::Weekdays;
use crate::time::Day;

/// The days on which a job ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The first one of all.
    first: Day,
    /// The latest.
    last: Day,
    /// Bit 0 is the latest, bit 1 the day before, and so on.
    bits: u64,
}

/// So many days without any run are an outage, and say nothing about weekdays.
const OUTAGE: usize = 7;
/// So often something has to be seen to be a change.
const CHANGED: usize = 3;

impl Days {
    /// One day.
    #[must_use]
    pub const fn of(day: Day) -> Self {
        Self { first: day, last: day, bits: 1 }
    }

    /// One more day, in any order.
    #[must_use]
    pub fn with(self, day: Day) -> Self {
        let later = day.number() - self.last.number();
        // A long outage is as good as one of two weeks: what was known of the weekdays before it stays known.
        let skipped = if later > 21 { later - later % 7 - 14 } else { 0 };
        let shift = u32::try_from((later - skipped).abs()).unwrap_or(u32::MAX);
        if later > 0 {
            let bits = self.bits.checked_shl(shift).unwrap_or(0) | 1;
            Self { first: self.first.plus(skipped), last: day, bits }
        } else {
            let bits = self.bits | 1_u64.checked_shl(shift).unwrap_or(0);
            Self { first: self.first.min(day), bits, ..self }
        }
    }

    /// All of them so many days later.
    #[must_use]
    pub fn moved(self, days: i64) -> Self {
        Self { first: self.first.plus(days), last: self.last.plus(days), ..self }
    }

    /// Weekdays on which the job is expected: seen on most of the last weeks. One that was missed three times is none any more, one
    /// that was seen three times is one; one that was not seen yet is none.
    #[must_use]
    pub fn weekdays(self) -> Weekdays {
        let outages = self.outages();
        let known = (self.last.number() - self.first.number()).clamp(0, 63);
        (0..7).fold(Weekdays::NONE, |all, weekday| {
            let behind = (self.last.weekday() - weekday).rem_euclid(7);
            let seen: Vec<bool> = (behind..=known)
                .step_by(7)
                .filter(|ago| outages & (1 << ago) == 0)
                .map(|ago| self.bits & (1 << ago) != 0)
                .collect();
            if is_expected(&seen) { all.with(weekday) } else { all }
        })
    }

    /// How many of the days from the first to the last have a run: of 100.
    #[must_use]
    pub fn percent(self) -> i64 {
        let known = (self.last.number() - self.first.number()).clamp(0, 63) + 1;
        i64::from(self.bits.count_ones()) * 100 / known
    }

    /// Days from the first to the last.
    #[must_use]
    pub fn span(self) -> i64 {
        self.last.number() - self.first.number()
    }

    /// The days of long gaps, and of what is further back than is known.
    fn outages(self) -> u64 {
        let (mut all, mut gap) = (0_u64, Vec::new());
        for ago in 0..64 {
            if self.bits & (1 << ago) == 0 {
                gap.push(ago);
                continue;
            }
            if gap.len() >= OUTAGE {
                all |= gap.iter().fold(0, |bits, ago| bits | 1 << ago);
            }
            gap.clear();
        }
        if gap.len() >= OUTAGE { gap.iter().fold(all, |bits, ago| bits | 1 << ago) } else { all }
    }
}

/// Whether a weekday is one of the schedule, from the last times it could have been seen, newest first.
fn is_expected(seen: &[bool]) -> bool {
    let missed = seen.iter().take_while(|seen| !**seen).count();
    let came = seen.iter().take_while(|seen| **seen).count();
    let before = seen.get(missed..).unwrap_or_default();
    let before = before.get(..8.min(before.len())).unwrap_or_default();
    let hits = before.iter().filter(|seen| **seen).count();
    missed < CHANGED && hits > 0 && (came >= CHANGED || hits * 2 >= before.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 5 January 2026.
    fn monday() -> Day {
        "2026-01-05".parse().unwrap()
    }

    fn of(days: &[i64]) -> Vec<i64> {
        let days = days.iter().map(|more| monday().plus(*more));
        let all =
            days.fold(None, |all: Option<Days>, day| Some(all.map_or(Days::of(day), |all| all.with(day))));
        all.map(|days| days.weekdays().iter().collect()).unwrap_or_default()
    }

    #[test]
    fn a_weekday_that_was_not_seen_is_none() {
        assert_eq!(of(&[0, 1, 2, 3]), [0, 1, 2, 3]);
        assert_eq!(of(&[0, 7, 14, 21]), [0]);
        assert_eq!(of(&[0, 1, 2, 3, 4, 5, 6, 7]), [0, 1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn one_that_was_missed_stays_and_one_that_is_given_up_goes_after_three() {
        let weeks = |weeks: i64, days: &[i64]| -> Vec<i64> {
            (0..weeks)
                .flat_map(|week| days.iter().map(move |day| week * 7 + day).collect::<Vec<_>>())
                .collect()
        };
        let every = [0, 1, 2, 3, 4, 5, 6];
        for missed in 1..=2 {
            let mut days = weeks(4, &every);
            days.extend(weeks(missed, &[0, 1, 2, 3, 4, 6]).iter().map(|day| day + 28));
            assert_eq!(of(&days), every, "{missed}");
        }
        let mut days = weeks(4, &every);
        days.extend(weeks(3, &[0, 1, 2, 3, 4, 6]).iter().map(|day| day + 28));
        assert_eq!(of(&days), [0, 1, 2, 3, 4, 6]);
    }

    #[test]
    fn one_run_by_hand_makes_no_weekday_and_three_do() {
        let mut days: Vec<i64> = (0..5).flat_map(|week| [0, 1, 2, 3, 4].map(|day| week * 7 + day)).collect();
        days.push(33);
        assert_eq!(of(&days), [0, 1, 2, 3, 4]);
        days.extend([35, 36, 37, 38, 39, 40, 42, 43, 44, 45, 46, 47]);
        assert_eq!(of(&days), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn an_outage_of_weeks_teaches_nothing() {
        for back in [35, 70, 71, 72, 100, 400, 4000] {
            let mut days: Vec<i64> = (0..28).collect();
            days.extend(back..back + 2);
            assert_eq!(of(&days), [0, 1, 2, 3, 4, 5, 6], "{back}");
        }
    }

    #[test]
    fn the_order_of_reports_does_not_matter() {
        assert_eq!(of(&[21, 0, 14, 7]), [0]);
        assert_eq!(of(&[0, 200]).len(), 2);
    }
}
