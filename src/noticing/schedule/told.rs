//! What Duplicati tells: `next-scheduled-run` of the reports of scheduled runs.

use serde::{Deserialize, Serialize};

use super::{
    local::{DAY, HOUR},
    pattern::Pattern,
};
use crate::{time::Timestamp, zone::Zone};

/// What was told, and whether it came true.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The next run, as the newest report that has one told it.
    next: Option<Timestamp>,
    /// Distances of the last told slots: seconds.
    distances: Vec<i64>,
    /// How many runs in a row came at another time.
    wrong: u8,
    /// How many runs in a row came as told.
    right: u8,
    /// Whether it lost its trust.
    distrusted: bool,
    /// Runs that told nothing since.
    silent: u8,
}

/// A next run further ahead than this is none.
const HORIZON: i64 = 400 * DAY;
/// So many distances say what the shortest one is.
const DISTANCES: usize = 10;

impl Told {
    /// Takes a run that began after all others: when it began, and what it tells.
    pub fn hear(&mut self, begin: Timestamp, next: Option<Timestamp>) {
        let next = next.filter(|next| *next > begin && next.since(begin) <= HORIZON);
        let Some(next) = next else {
            // Runs by hand tell nothing; when nothing else comes any more, the schedule is gone.
            if self.next.is_some_and(|told| told < begin) {
                self.silent = self.silent.saturating_add(1);
            }
            return;
        };
        self.silent = 0;
        if let Some(told) = self.next {
            let allowed = (self.interval().unwrap_or(DAY) / 4).min(HOUR);
            let is_as_told = begin.since(told).abs() <= allowed;
            if is_as_told {
                (self.right, self.wrong) = (self.right.saturating_add(1), 0);
            } else {
                (self.right, self.wrong) = (0, self.wrong.saturating_add(1));
            }
            if self.wrong >= 2 {
                self.distrusted = true;
            } else if self.right >= 3 {
                self.distrusted = false;
            }
        }
        // A run that is made up for later leaves the next one where it was.
        let ahead = next.since(begin);
        let distance =
            self.next.map(|told| next.since(told)).filter(|distance| (1..2 * ahead).contains(distance));
        self.distances.push(distance.unwrap_or(ahead));
        if self.distances.len() > DISTANCES {
            self.distances.remove(0);
        }
        self.next = Some(next);
    }

    /// The next run, as it was told last.
    #[must_use]
    pub const fn next(&self) -> Option<Timestamp> {
        self.next
    }

    /// The slots, where what is told can be trusted.
    #[must_use]
    pub fn pattern(&self, zone: &Zone) -> Option<Pattern> {
        let next = self.next.filter(|_| !self.distrusted && self.silent < 3)?;
        let then = Pattern::following(next, self.interval()?, zone);
        Some(Pattern::Told { next, then: Box::new(then) })
    }

    /// The shortest distance; one that was seen once only, when the schedule was changed, is none.
    fn interval(&self) -> Option<i64> {
        let alike =
            |one: i64| self.distances.iter().filter(|other| (**other - one).abs() <= one / 10).count();
        let usual = self.distances.iter().copied().filter(|distance| alike(*distance) >= 2).min();
        usual.or_else(|| self.distances.iter().copied().min())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_767_229_200;

    fn day(number: i64) -> Timestamp {
        Timestamp::from_unix(START + number * DAY)
    }

    fn next(told: &Told, after: Timestamp) -> Option<Timestamp> {
        told.pattern(&Zone::utc())?.next_after(after, &Zone::utc())
    }

    #[test]
    fn the_newest_told_run_counts_and_goes_on() {
        let mut told = Told::default();
        told.hear(day(0), Some(day(1)));
        assert_eq!(next(&told, day(0)), Some(day(1)));
        assert_eq!(next(&told, day(1)), Some(day(2)));
        // By hand.
        told.hear(day(0).plus(7 * HOUR), None);
        assert_eq!(next(&told, day(0)), Some(day(1)));
    }

    #[test]
    fn over_a_weekend_the_interval_stays_a_day() {
        let mut told = Told::default();
        for number in 0..5 {
            told.hear(day(number), Some(day(if number == 4 { 7 } else { number + 1 })));
        }
        assert_eq!(told.interval(), Some(DAY));
        assert_eq!(next(&told, day(4)), Some(day(7)));
    }

    #[test]
    fn what_lies_before_the_report_or_far_ahead_is_ignored() {
        for next in [day(-1), day(0), day(401)] {
            let mut told = Told::default();
            told.hear(day(0), Some(next));
            assert_eq!(told.pattern(&Zone::utc()), None, "{next}");
        }
    }

    #[test]
    fn two_wrong_ones_in_a_row_lose_the_trust_and_three_right_ones_win_it() {
        let mut told = Told::default();
        for number in 0..3 {
            told.hear(day(number), Some(day(number + 1)));
        }
        let noon = |number| day(number).plus(12 * HOUR);
        told.hear(noon(3), Some(day(4)));
        assert!(told.pattern(&Zone::utc()).is_some(), "once is a delay");
        told.hear(day(4), Some(day(5)));
        told.hear(noon(5), Some(day(6)));
        assert!(told.pattern(&Zone::utc()).is_some(), "not in a row");
        told.hear(noon(6), Some(day(7)));
        assert_eq!(told.pattern(&Zone::utc()), None);
        for number in 7..10 {
            assert_eq!(told.pattern(&Zone::utc()), None);
            told.hear(day(number), Some(day(number + 1)));
        }
        assert!(told.pattern(&Zone::utc()).is_some());
    }

    #[test]
    fn a_schedule_that_is_gone_is_told_no_more() {
        let mut told = Told::default();
        told.hear(day(0), Some(day(1)));
        for number in 2..5 {
            told.hear(day(number), None);
        }
        assert_eq!(told.pattern(&Zone::utc()), None);
    }
}
