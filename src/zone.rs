//! The site's time zone: decides to which day a run belongs, and what clock the pages show.

use jiff::tz::TimeZone;

use crate::{
    dto::Moment,
    time::{Day, Timestamp},
};

/// An IANA time zone.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

/// A name that is not a time zone.
#[derive(Debug, thiserror::Error)]
#[error("“{name}” is not a time zone: use an IANA name such as Europe/Berlin or UTC")]
pub struct UnknownZone {
    /// The name.
    name: String,
    /// Why.
    source: jiff::Error,
}

impl Zone {
    /// The system's zone; UTC where it has none.
    pub fn system() -> Self {
        Self(TimeZone::system())
    }

    /// UTC.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// A zone by its IANA name.
    ///
    /// # Errors
    /// When there is no such zone.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        TimeZone::get(name).map(Self).map_err(|source| UnknownZone { name: name.into(), source })
    }

    /// IANA name, or `UTC` when the system's zone has none.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Seconds east of UTC at a time.
    pub fn offset(&self, at: Timestamp) -> i32 {
        jiff::Timestamp::from_second(at.unix()).map_or(0, |at| self.0.to_offset(at).seconds())
    }

    /// A time with this zone's offset.
    pub fn moment(&self, at: Timestamp) -> Moment {
        Moment { at, offset: self.offset(at) }
    }

    /// The day to which a time belongs here.
    pub fn day(&self, at: Timestamp) -> Day {
        self.moment(at).day()
    }

    /// First moment of a day here. Where a daylight-saving change skips midnight, the first moment that exists.
    pub fn start(&self, day: Day) -> Timestamp {
        self.at(day, 0, 0)
    }

    /// A time of a day here. Where a daylight-saving change skips it, so much later as the clock is set on; where it comes
    /// twice, the first one.
    pub fn at(&self, day: Day, hour: i8, minute: i8) -> Timestamp {
        let (year, month, date) = day.civil();
        let narrow =
            || Some((i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(date).ok()?));
        let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60;
        narrow()
            .and_then(|(year, month, date)| {
                jiff::civil::DateTime::new(year, month, date, hour, minute, 0, 0).ok()
            })
            .and_then(|time| time.to_zoned(self.0.clone()).ok())
            .map_or(Timestamp::from_unix(day.number() * 86_400 + seconds), |at| {
                Timestamp::from_unix(at.timestamp().as_second())
            })
    }
}

/// The names of all time zones, to choose from.
pub fn zone_names() -> Vec<String> {
    jiff::tz::db().available().map(|name| name.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_follow_the_site_also_when_clocks_change() -> Result<(), Box<dyn std::error::Error>> {
        let berlin = Zone::named("Europe/Berlin")?;
        let spring: Day = "2026-03-29".parse()?;
        let autumn: Day = "2026-10-25".parse()?;
        assert_eq!(berlin.start(spring).to_string(), "2026-03-28T23:00:00Z");
        assert_eq!(berlin.start(spring.plus(1)).since(berlin.start(spring)), 23 * 3600);
        assert_eq!(berlin.start(autumn.plus(1)).since(berlin.start(autumn)), 25 * 3600);
        assert_eq!(berlin.day("2026-03-28T23:00:00Z".parse()?), spring);
        assert_eq!(berlin.day("2026-03-28T22:59:59Z".parse()?), spring.plus(-1));
        Ok(())
    }

    #[test]
    fn midnight_may_not_exist() -> Result<(), Box<dyn std::error::Error>> {
        let beirut = Zone::named("Asia/Beirut")?;
        let day: Day = "2022-03-27".parse()?;
        assert_eq!(beirut.day(beirut.start(day)), day);
        Ok(())
    }
}
