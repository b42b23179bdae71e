//! Sets of weekdays.

use serde::{Deserialize, Serialize};

use crate::time::Day;

/// A set of weekdays; bit 0 is Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weekdays(u8);

impl Weekdays {
    /// The first three letters of the English names, Monday first: what [`Self::named`] reads.
    pub const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);
    /// None.
    pub const NONE: Self = Self(0);

    /// One weekday more, 0 for Monday to 6 for Sunday.
    #[must_use]
    pub const fn with(self, weekday: i64) -> Self {
        Self(self.0 | (1 << weekday.rem_euclid(7)))
    }

    /// Whether a day is in it.
    #[must_use]
    pub fn has(self, day: Day) -> bool {
        self.0 & (1 << day.weekday()) != 0
    }

    /// Its weekdays, 0 for Monday to 6 for Sunday.
    pub fn iter(self) -> impl Iterator<Item = i64> {
        (0..7).filter(move |weekday| self.0 & (1 << weekday) != 0)
    }

    /// Their [names](Self::NAMES).
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .zip(0..)
            .filter(move |(_, day)| self.0 & (1 << day) != 0)
            .map(|(name, _)| name)
    }

    /// How many.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// Each of them so many days later.
    #[must_use]
    pub fn moved(self, days: i64) -> Self {
        self.iter().fold(Self::NONE, |moved, weekday| moved.with(weekday + days))
    }

    /// The fewest days from one of them to the next, 7 where there is one.
    #[must_use]
    pub fn shortest_distance(self) -> i64 {
        let next = |day: i64| (1..=7).find(|more| self.0 & (1 << ((day + more) % 7)) != 0);
        self.iter().filter_map(next).min().unwrap_or(7)
    }

    /// A weekday by the first three letters of its English name.
    #[must_use]
    pub fn named(name: &str) -> Option<i64> {
        let name = name.to_ascii_lowercase();
        Self::NAMES.into_iter().zip(0..).find(|(short, _)| name.starts_with(short)).map(|(_, number)| number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(days: &[i64]) -> Weekdays {
        days.iter().fold(Weekdays::NONE, |all, day| all.with(*day))
    }

    #[test]
    fn the_shortest_distance_goes_around_the_week() {
        for (days, distance) in
            [(vec![0, 1, 2, 3, 4], 1), (vec![6], 7), (vec![0, 3], 3), (vec![0, 6], 1), (vec![0, 2, 4], 2)]
        {
            assert_eq!(of(&days).shortest_distance(), distance, "{days:?}");
        }
    }

    #[test]
    fn moved_past_midnight_they_are_the_next_days() {
        assert_eq!(of(&[4, 6]).moved(1), of(&[5, 0]));
        assert_eq!(of(&[0]).moved(-1), of(&[6]));
        assert_eq!(Weekdays::named("Wednesday"), Some(2));
        assert_eq!(Weekdays::named("x"), None);
    }
}
