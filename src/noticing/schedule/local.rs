//! Local days and times. Invariant: a local time that does not exist is the next instant that does, and one that exists twice is the
//! first of the two.

use jiff::tz::AmbiguousOffset;

use crate::{
    time::{Day, Timestamp},
    zone::Zone,
};

/// An hour: seconds.
pub const HOUR: i64 = 3600;
/// A day of 24 hours: seconds.
pub const DAY: i64 = 86_400;

/// A day and a second of it, by the clock of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Local {
    /// The calendar day.
    pub day: Day,
    /// Second of the day, 0 to 86399.
    pub second: i64,
}

impl Local {
    /// What the clock of a zone shows at a time.
    #[must_use]
    pub fn of(at: Timestamp, zone: &Zone) -> Self {
        let local = at.unix() + i64::from(zone.offset(at));
        Self { day: Day::from_number(local.div_euclid(DAY)), second: local.rem_euclid(DAY) }
    }

    /// The instant at which the clock of a zone shows this.
    #[must_use]
    pub fn instant(self, zone: &Zone) -> Timestamp {
        let local = self.day.number() * DAY + self.second;
        let by = |offset: jiff::tz::Offset| Timestamp::from_unix(local - i64::from(offset.seconds()));
        let tz = zone.time_zone();
        match self.civil().map(|time| tz.to_ambiguous_timestamp(time).offset()) {
            Some(AmbiguousOffset::Unambiguous { offset }) => by(offset),
            Some(AmbiguousOffset::Fold { before, .. }) => by(before),
            Some(AmbiguousOffset::Gap { before, after }) => {
                // The clock was set on between these two.
                jiff::Timestamp::from_second(by(after).unix())
                    .ok()
                    .and_then(|earlier| tz.following(earlier).next())
                    .map_or_else(|| by(before), |change| Timestamp::from_unix(change.timestamp().as_second()))
            }
            None => Timestamp::from_unix(local),
        }
    }

    fn civil(self) -> Option<jiff::civil::DateTime> {
        let (year, month, day) = self.day.civil();
        let narrow = |number: i64| i8::try_from(number).ok();
        jiff::civil::DateTime::new(
            i16::try_from(year).ok()?,
            narrow(month)?,
            narrow(day)?,
            narrow(self.second / HOUR)?,
            narrow(self.second / 60 % 60)?,
            narrow(self.second % 60)?,
            0,
        )
        .ok()
    }
}

/// The month of a day, counted from year 0.
#[must_use]
pub fn month_of(day: Day) -> i64 {
    let (year, month, _) = day.civil();
    year * 12 + month - 1
}

/// A day of a month; a month that is shorter ends with it.
#[must_use]
pub fn day_in(month: i64, day: i64) -> Day {
    let (year, number) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    Day::from_civil(year, number, day.clamp(1, month_length(month)))
}

/// Days of a month.
#[must_use]
pub fn month_length(month: i64) -> i64 {
    let first = |month: i64| Day::from_civil(month.div_euclid(12), month.rem_euclid(12) + 1, 1).number();
    first(month + 1) - first(month)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(zone: &str, day: &str, second: i64) -> String {
        let day = day.parse().unwrap();
        Local { day, second }.instant(&Zone::named(zone).unwrap()).to_string()
    }

    #[test]
    fn what_does_not_exist_is_the_next_instant_that_does() {
        for (zone, day, second, expected) in [
            ("Europe/Berlin", "2026-03-29", 9000, "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-03-29", 2 * HOUR, "2026-03-29T01:00:00Z"),
            ("America/New_York", "2026-03-08", 2 * HOUR + 59, "2026-03-08T07:00:00Z"),
            // Half an hour only.
            ("Australia/Lord_Howe", "2026-10-04", 2 * HOUR + 900, "2026-10-03T15:30:00Z"),
            // Midnight does not exist.
            ("Asia/Beirut", "2026-03-29", 0, "2026-03-28T22:00:00Z"),
            ("Africa/Cairo", "2026-04-24", 600, "2026-04-23T22:00:00Z"),
            // A whole day does not exist.
            ("Pacific/Apia", "2011-12-30", 12 * HOUR, "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(instant(zone, day, second), expected, "{zone} {day} {second}");
        }
    }

    #[test]
    fn of_two_it_is_the_first() {
        for (zone, day, second, expected) in [
            ("Europe/Berlin", "2026-10-25", 9000, "2026-10-25T00:30:00Z"),
            ("America/New_York", "2026-11-01", 5400, "2026-11-01T05:30:00Z"),
            ("Australia/Lord_Howe", "2026-04-05", 6300, "2026-04-04T14:45:00Z"),
            ("Australia/Sydney", "2026-04-05", 9000, "2026-04-04T15:30:00Z"),
        ] {
            assert_eq!(instant(zone, day, second), expected, "{zone} {day} {second}");
        }
    }

    #[test]
    fn an_ordinary_time_is_itself() {
        assert_eq!(instant("Asia/Kathmandu", "2026-06-01", 12_000), "2026-05-31T21:35:00Z");
        let zone = Zone::named("Asia/Kathmandu").unwrap();
        for unix in (0..2_000_000_000).step_by(86_399 * 97) {
            let at = Timestamp::from_unix(unix);
            assert_eq!(Local::of(at, &zone).instant(&zone), at);
        }
    }

    #[test]
    fn months_end_where_they_end() {
        let month = |text: &str| month_of(text.parse().unwrap());
        for (text, length) in [
            ("2026-02-01", 28),
            ("2028-02-01", 29),
            ("2100-02-01", 28),
            ("2026-04-09", 30),
            ("2026-12-31", 31),
        ] {
            assert_eq!(month_length(month(text)), length, "{text}");
        }
        assert_eq!(day_in(month("2028-02-01"), 31).to_string(), "2028-02-29");
        assert_eq!(day_in(month("2026-12-01") + 1, 1).to_string(), "2027-01-01");
    }
}
