//! Points in time and calendar days, without time-zone data so that the browser can use them too.
//!
//! A [`Timestamp`] is whole seconds since 1970 in UTC. Its text form is fixed-width (`2026-11-23T22:06:37Z`), so
//! comparing the texts, as SQLite does, compares the times.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Seconds since 1970-01-01T00:00:00Z, always between the years 0001 and 9999, so that the text form has 20
/// characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

const MIN_SECOND: i64 = -62_135_596_800;
const MAX_SECOND: i64 = 253_402_300_799;

/// A text that is not a time or a day in this program's format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a UTC time like 2026-11-23T22:06:37Z or a day like 2026-11-23")]
pub struct TimeFormatError(String);

impl Timestamp {
    /// The start of the year 1, the earliest time.
    pub const MIN: Self = Self(MIN_SECOND);
    /// The end of the year 9999, the latest time.
    pub const MAX: Self = Self(MAX_SECOND);

    /// Creates a time from Unix seconds. Times outside the years 0001–9999 are clamped.
    pub const fn from_unix(seconds: i64) -> Self {
        // `Ord::clamp` is not const.
        if seconds < MIN_SECOND {
            Self::MIN
        } else if seconds > MAX_SECOND {
            Self::MAX
        } else {
            Self(seconds)
        }
    }

    /// Returns Unix seconds.
    pub fn unix(self) -> i64 {
        self.0
    }

    /// Returns this time moved by a number of seconds.
    pub fn plus(self, seconds: i64) -> Self {
        Self::from_unix(self.0.saturating_add(seconds))
    }

    /// Returns the seconds from `earlier` to this time; negative if `earlier` is later.
    pub fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Returns the calendar day of this time in UTC.
    pub fn utc_day(self) -> Day {
        Day(self.0.div_euclid(86_400))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.0.rem_euclid(86_400);
        write!(f, "{}T{:02}:{:02}:{:02}Z", self.utc_day(), second / 3600, second / 60 % 60, second % 60)
    }
}

impl FromStr for Timestamp {
    type Err = TimeFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || TimeFormatError(text.chars().take(40).collect());
        let (day, clock) = text.strip_suffix('Z').and_then(|t| t.split_once('T')).ok_or_else(error)?;
        let day: Day = day.parse()?;
        let mut parts = clock.split(':').map(|p| (p.len() == 2).then(|| p.parse::<i64>().ok()).flatten());
        match (parts.next().flatten(), parts.next().flatten(), parts.next().flatten(), parts.next()) {
            (Some(h @ 0..=23), Some(m @ 0..=59), Some(s @ 0..=59), None) => {
                Ok(Self(day.0 * 86_400 + h * 3600 + m * 60 + s))
            }
            _ => Err(error()),
        }
    }
}

/// A calendar day, counted in days since 1970-01-01. Which moments belong to it depends on the site's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Day(i64);

impl Day {
    /// Creates a day from the days since 1970-01-01.
    pub fn from_number(days: i64) -> Self {
        Self(days.clamp(MIN_SECOND / 86_400, MAX_SECOND / 86_400))
    }

    /// Creates a day from a civil date; `month` 1–12, `day` 1–31.
    pub fn from_civil(year: i64, month: i64, day: i64) -> Self {
        // Howard Hinnant's public-domain algorithm `days_from_civil`.
        let shifted_year = if month <= 2 { year - 1 } else { year };
        let era = shifted_year.div_euclid(400);
        let year_of_era = shifted_year.rem_euclid(400);
        let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self::from_number(era * 146_097 + day_of_era - 719_468)
    }

    /// Returns the days since 1970-01-01.
    pub fn number(self) -> i64 {
        self.0
    }

    /// Returns this day moved by a number of days.
    pub fn plus(self, days: i64) -> Self {
        Self::from_number(self.0.saturating_add(days))
    }

    /// Returns year, month (1–12) and day of the month (1–31).
    pub fn civil(self) -> (i64, i64, i64) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_index = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_index + 2) / 5 + 1;
        let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
        (era * 400 + year_of_era + i64::from(month <= 2), month, day)
    }

    /// Returns 0 for Monday to 6 for Sunday.
    pub fn weekday(self) -> i64 {
        (self.0 + 3).rem_euclid(7)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = TimeFormatError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || TimeFormatError(text.chars().take(40).collect());
        let mut parts = text.splitn(3, '-').map(|p| {
            p.bytes()
                .all(|b| b.is_ascii_digit())
                .then(|| p.parse::<i64>().ok().map(|n| (p.len(), n)))
                .flatten()
        });
        match (parts.next().flatten(), parts.next().flatten(), parts.next().flatten()) {
            (Some((4, year @ 1..)), Some((2, month @ 1..=12)), Some((2, day @ 1..=31))) => {
                let found = Self::from_civil(year, month, day);
                // 31 February would silently become a day in March.
                if found.civil() == (year, month, day) { Ok(found) } else { Err(error()) }
            }
            _ => Err(error()),
        }
    }
}

macro_rules! serde_as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}
serde_as_text!(Timestamp);
serde_as_text!(Day);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_a_fixed_width_and_sorts_like_time() {
        let texts: Vec<String> = [i64::MIN, -1, 0, 951_782_400, 1_795_471_597, i64::MAX]
            .map(|s| Timestamp::from_unix(s).to_string())
            .into();
        assert!(texts.iter().all(|t| t.len() == 20), "{texts:?}");
        assert!(texts.is_sorted());
        assert_eq!(texts[2], "1970-01-01T00:00:00Z");
        assert_eq!(texts[3], "2000-02-29T00:00:00Z");
    }

    #[test]
    fn text_round_trips() {
        for seconds in (-5_000_000_000..5_000_000_000).step_by(86_399 * 371) {
            let time = Timestamp::from_unix(seconds);
            assert_eq!(time.to_string().parse(), Ok(time));
            assert_eq!(time.utc_day().to_string().parse(), Ok(time.utc_day()));
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "2026-02-30T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-1-1T00:00:00Z",
            "2026-01-01T00:00:00",
            "+026-01-01T00:00:00Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn monday_is_the_first_weekday() {
        assert_eq!("2026-11-23".parse::<Day>().map(Day::weekday), Ok(0));
    }
}
