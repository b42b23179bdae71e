//! Slots: the moments at which a run should begin.

use serde::{Deserialize, Serialize};

use super::{
    cron::Cron,
    local::{DAY, HOUR, Local, day_in, month_of},
    weekdays::Weekdays,
};
use crate::{
    time::{Day, Timestamp},
    zone::Zone,
};

/// Which moments are slots, in some zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Pattern {
    /// Every so many seconds, whatever the clock shows.
    Elapsed {
        /// A slot.
        anchor: Timestamp,
        /// Seconds from one to the next.
        period: i64,
        /// Days on which there are slots.
        weekdays: Weekdays,
    },
    /// Every so many calendar days.
    Days {
        /// How many.
        every: i64,
        /// A day with a slot.
        anchor: Day,
        /// Second of the day.
        at: i64,
        /// Days on which there are slots.
        weekdays: Weekdays,
    },
    /// Every so many weeks, on some weekdays.
    Weeks {
        /// How many.
        every: i64,
        /// A day of a week with slots.
        anchor: Day,
        /// Second of the day.
        at: i64,
        /// The weekdays.
        weekdays: Weekdays,
    },
    /// Every so many months.
    Months {
        /// How many.
        every: i64,
        /// A month with a slot, counted from year 0.
        anchor: i64,
        /// Day of the month; in a shorter month its last day.
        day: i64,
        /// Second of the day.
        at: i64,
    },
    /// As a cron expression says.
    Cron {
        /// The expression.
        expression: Cron,
    },
    /// One slot that was told, and what follows it.
    Told {
        /// The slot.
        next: Timestamp,
        /// Those after it.
        then: Box<Pattern>,
    },
}

impl Pattern {
    /// Every day at a second of the day.
    #[must_use]
    pub const fn daily(anchor: Day, at: i64, weekdays: Weekdays) -> Self {
        Self::Days { every: 1, anchor, at, weekdays }
    }

    /// The slots from a time on, where the pattern has any: for slots that go on in the same distance.
    #[must_use]
    pub fn following(from: Timestamp, distance: i64, zone: &Zone) -> Self {
        let local = Local::of(from, zone);
        let days = (distance + DAY / 2).div_euclid(DAY);
        // Days of 23 and 25 hours are days.
        if days >= 1 && (distance - days * DAY).abs() <= HOUR {
            Self::Days { every: days, anchor: local.day, at: local.second, weekdays: Weekdays::ALL }
        } else {
            Self::Elapsed { anchor: from, period: distance.max(60), weekdays: Weekdays::ALL }
        }
    }

    /// The first slot after a time.
    #[must_use]
    pub fn next_after(&self, after: Timestamp, zone: &Zone) -> Option<Timestamp> {
        match self {
            Self::Elapsed { anchor, period, weekdays } => {
                elapsed(*anchor, (*period).max(1), *weekdays, after, zone)
            }
            Self::Days { every, anchor, at, weekdays } => {
                let every = (*every).max(1);
                let behind = |day: Day| (day.number() - anchor.number()).rem_euclid(every);
                let first = Local::of(after, zone).day.plus(-1);
                let first = first.plus((every - behind(first)) % every);
                (0..=8)
                    .map(|step| first.plus(step * every))
                    .filter(|day| weekdays.has(*day))
                    .map(|day| Local { day, second: *at }.instant(zone))
                    .find(|slot| *slot > after)
            }
            Self::Weeks { every, anchor, at, weekdays } => {
                let week = |day: Day| (day.number() + 3).div_euclid(7);
                let first = Local::of(after, zone).day.plus(-1);
                (0..=(*every).clamp(1, 500) * 7 + 8)
                    .map(|more| first.plus(more))
                    .filter(|day| {
                        weekdays.has(*day) && (week(*day) - week(*anchor)).rem_euclid((*every).max(1)) == 0
                    })
                    .map(|day| Local { day, second: *at }.instant(zone))
                    .find(|slot| *slot > after)
            }
            Self::Months { every, anchor, day, at } => {
                let every = (*every).max(1);
                let first = month_of(Local::of(after, zone).day.plus(-1));
                let first = first + (every - (first - anchor).rem_euclid(every)) % every;
                (0..=2)
                    .map(|step| day_in(first + step * every, *day))
                    .map(|day| Local { day, second: *at }.instant(zone))
                    .find(|slot| *slot > after)
            }
            Self::Cron { expression } => expression.next_after(after, zone),
            Self::Told { next, then } => {
                if after < *next {
                    Some(*next)
                } else {
                    // What follows begins with the told one, by its own rule.
                    then.next_after(after.max(next.plus(HOUR.min(then.interval() / 4))), zone)
                }
            }
        }
    }

    /// The slots after a time.
    pub fn slots<'a>(&'a self, after: Timestamp, zone: &'a Zone) -> impl Iterator<Item = Timestamp> + 'a {
        std::iter::successors(self.next_after(after, zone), |slot| self.next_after(*slot, zone))
    }

    /// The last slot that is not after a time.
    #[must_use]
    pub fn last_before(&self, at: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let interval = self.interval();
        [interval + DAY, 8 * interval.min(400 * DAY) + DAY]
            .into_iter()
            .find_map(|back| self.slots(at.plus(-back), zone).take_while(|slot| *slot <= at).last())
    }

    /// The second of the day of patterns that keep to one.
    #[must_use]
    pub const fn second_of_day(&self) -> Option<i64> {
        match self {
            Self::Days { at, .. } | Self::Weeks { at, .. } | Self::Months { at, .. } => Some(*at),
            Self::Elapsed { .. } | Self::Cron { .. } | Self::Told { .. } => None,
        }
    }

    /// The slot of a run that began at a time: the one that is no further away than `width`.
    #[must_use]
    pub fn hit(&self, begin: Timestamp, width: i64, zone: &Zone) -> Option<Timestamp> {
        self.next_after(begin.plus(-width - 1), zone).filter(|slot| *slot <= begin.plus(width))
    }

    /// The shortest distance between two slots: seconds.
    #[must_use]
    pub fn interval(&self) -> i64 {
        match self {
            Self::Elapsed { period, .. } => *period,
            Self::Days { every, weekdays, .. } if *every <= 1 => weekdays.shortest_distance() * DAY,
            Self::Days { every, .. } => every * DAY,
            Self::Weeks { every, weekdays, .. } => match weekdays.shortest_distance() {
                7 => every * 7 * DAY,
                days => days * DAY,
            },
            Self::Months { every, .. } => every * 28 * DAY,
            Self::Cron { expression } => expression.interval(),
            Self::Told { then, .. } => then.interval(),
        }
    }

    /// How far from its slot a run of it usually begins, at most.
    #[must_use]
    pub fn width(&self) -> i64 {
        (self.interval() / 8).min(2 * HOUR)
    }

    /// The same with each slot so many seconds later.
    #[must_use]
    pub fn shifted(self, seconds: i64) -> Self {
        match self {
            Self::Elapsed { anchor, period, weekdays } => {
                Self::Elapsed { anchor: anchor.plus(seconds), period, weekdays }
            }
            Self::Days { every, anchor, at, weekdays } => {
                let (days, at) = ((at + seconds).div_euclid(DAY), (at + seconds).rem_euclid(DAY));
                Self::Days { every, anchor: anchor.plus(days), at, weekdays: weekdays.moved(days) }
            }
            Self::Months { every, anchor, day, at } => {
                let (days, at) = ((at + seconds).div_euclid(DAY), (at + seconds).rem_euclid(DAY));
                let (anchor, day) = match day + days {
                    ..=0 => (anchor - 1, 31),
                    // The last day becomes the first of the next month.
                    32.. => (anchor + 1, 1),
                    day => (anchor, day),
                };
                Self::Months { every, anchor, day, at }
            }
            other => other,
        }
    }

    /// The same on other weekdays.
    #[must_use]
    pub fn on(self, weekdays: Weekdays) -> Self {
        match self {
            Self::Elapsed { anchor, period, .. } => Self::Elapsed { anchor, period, weekdays },
            Self::Days { every, anchor, at, .. } => Self::Days { every, anchor, at, weekdays },
            Self::Weeks { every, anchor, at, .. } => Self::Weeks { every, anchor, at, weekdays },
            other => other,
        }
    }
}

fn elapsed(
    anchor: Timestamp,
    period: i64,
    weekdays: Weekdays,
    after: Timestamp,
    zone: &Zone,
) -> Option<Timestamp> {
    let next =
        |after: Timestamp| anchor.plus((after.since(anchor).div_euclid(period) + 1).saturating_mul(period));
    let mut slot = next(after);
    for _ in 0..9 {
        let day = Local::of(slot, zone).day;
        if weekdays.has(day) {
            return Some(slot);
        }
        let tomorrow = Local { day: day.plus(1), second: 0 }.instant(zone);
        slot = next(tomorrow.plus(-1).max(slot));
    }
    None
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
