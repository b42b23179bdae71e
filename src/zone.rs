//! The site's time zone. It decides which day a run belongs to, and the local times on pages.

use jiff::tz::TimeZone;

use crate::{
    dto::Moment,
    time::{Day, Timestamp},
};

/// An IANA time zone. It always has a name, because data stored under one zone must not be read under another.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

/// A name that is not an IANA time zone.
#[derive(Debug, thiserror::Error)]
#[error("“{name}” is not a time zone: use an IANA name such as Europe/Berlin or UTC")]
pub struct UnknownZone {
    /// The name.
    name: String,
    /// The cause, unless the name is only unsuitable.
    source: Option<jiff::Error>,
}

/// The system's time zone has no name.
#[derive(Debug, thiserror::Error)]
#[error(
    "the time zone of this system has no name ({why}), but a named time zone is required: set it with \
     --time-zone {example} or DUPLISTATUS_TIME_ZONE={example}"
)]
pub struct NamelessZone {
    /// What the system has instead.
    why: String,
    /// A name that the message suggests.
    example: String,
}

/// The system's own settings of the time zone.
#[derive(Debug, Default)]
struct System {
    /// The variable `TZ`.
    tz: Option<String>,
    /// Whether `/etc/localtime` exists; true on systems other than Unix.
    has_file: bool,
    /// The name in `/etc/timezone`, which may be out of date.
    noted: Option<String>,
}

impl System {
    fn read() -> Self {
        Self {
            tz: std::env::var_os("TZ").map(|tz| tz.to_string_lossy().into_owned()),
            has_file: !cfg!(unix) || std::fs::symlink_metadata("/etc/localtime").is_ok(),
            noted: std::fs::read_to_string("/etc/timezone").ok(),
        }
    }

    /// Returns the zone by its name. `found` is what jiff detected.
    fn zone(self, found: Result<TimeZone, jiff::Error>) -> Result<Zone, NamelessZone> {
        let Self { tz, has_file, noted } = self;
        let tz = tz.map(|tz| tz.trim_start_matches(':').to_owned());
        if tz.is_none() && !has_file {
            // The system has no time zone set, which means UTC.
            return Ok(Zone::utc());
        }
        let by_name = |name: &str| Zone::named(name).ok();
        let named = found.ok().as_ref().and_then(TimeZone::iana_name).and_then(by_name);
        // Names that could also be read as a POSIX rule.
        let named = named.or_else(|| match tz.as_deref()? {
            "" | "UTC0" => Some(Zone::utc()),
            name => by_name(name),
        });
        named.ok_or_else(|| NamelessZone {
            why: match tz {
                Some(tz) => format!("TZ={tz}"),
                None => "/etc/localtime is a copy, not a link to a time zone".to_owned(),
            },
            example: noted
                .and_then(|name| by_name(name.trim()))
                .map_or_else(|| "Europe/Berlin".to_owned(), |zone| zone.name().to_owned()),
        })
    }
}

impl Zone {
    /// Returns the system's zone, or UTC if none is set.
    ///
    /// # Errors
    /// [`NamelessZone`] if the system's zone has no name, because `TZ` is a rule or the zone file is a copy.
    pub fn system() -> Result<Self, NamelessZone> {
        System::read().zone(TimeZone::try_system())
    }

    /// Returns UTC.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Returns the zone with this IANA name.
    ///
    /// # Errors
    /// [`UnknownZone`] if there is no such zone.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        let unknown = |source| UnknownZone { name: name.into(), source };
        let zone = TimeZone::get(name).map_err(|error| unknown(Some(error)))?;
        // jiff has a named zone that means "unknown".
        if zone.is_unknown() || zone.iana_name().is_none() { Err(unknown(None)) } else { Ok(Self(zone)) }
    }

    /// Returns the IANA name.
    pub fn name(&self) -> &str {
        // The fallback is never used: every zone was found by its name.
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Returns the zone's rules.
    pub(crate) fn time_zone(&self) -> &TimeZone {
        &self.0
    }

    /// Returns the seconds east of UTC at a time.
    pub fn offset(&self, at: Timestamp) -> i32 {
        jiff::Timestamp::from_second(at.unix()).map_or(0, |at| self.0.to_offset(at).seconds())
    }

    /// Returns a time together with this zone's offset.
    pub fn moment(&self, at: Timestamp) -> Moment {
        Moment { at, offset: self.offset(at) }
    }

    /// Returns the day that a time belongs to in this zone.
    pub fn day(&self, at: Timestamp) -> Day {
        self.moment(at).day()
    }

    /// Returns the first moment of a day in this zone. Where a daylight-saving change skips midnight, the first moment
    /// that exists.
    pub fn start(&self, day: Day) -> Timestamp {
        self.at(day, 0, 0)
    }

    /// Returns a local time of a day. If a daylight-saving change skips it, the result is later by the length of the
    /// change; if it occurs twice, the first one.
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

/// Returns the names of all time zones.
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

    /// A zone without a name, as a copied file or a POSIX rule gives.
    fn nameless() -> Result<TimeZone, jiff::Error> {
        TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3")
    }

    fn of(
        tz: Option<&str>,
        noted: Option<&str>,
        found: Result<TimeZone, jiff::Error>,
    ) -> Result<String, String> {
        let system = System { tz: tz.map(str::to_owned), has_file: true, noted: noted.map(str::to_owned) };
        system.zone(found).map(|zone| zone.name().to_owned()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_zone_without_a_name_is_refused_with_what_to_say() -> Result<(), Box<dyn std::error::Error>> {
        let copied = of(None, None, nameless()).err().ok_or("a copied file was taken")?;
        assert!(
            copied.contains("--time-zone Europe/Berlin") && copied.contains("/etc/localtime"),
            "{copied}"
        );
        let noted = of(None, Some("Asia/Kathmandu\n"), nameless()).err().ok_or("taken")?;
        assert!(noted.contains("--time-zone Asia/Kathmandu"), "{noted}");
        let nonsense = of(None, Some("no zone"), nameless()).err().ok_or("taken")?;
        assert!(nonsense.contains("--time-zone Europe/Berlin"), "{nonsense}");
        for tz in [
            "CET-1CEST,M3.5.0,M10.5.0/3",
            ":/srv/zone",
            "/srv/zone",
            "<+03>-3",
            "Middle/Earth",
            "Etc/Unknown",
        ] {
            let refused = of(Some(tz), None, nameless()).err().ok_or(tz)?;
            assert!(refused.contains(&format!("TZ={}", tz.trim_start_matches(':'))), "{refused}");
        }
        assert!(of(Some("Middle/Earth"), None, TimeZone::get("Middle/Earth")).is_err());
        assert!(of(None, None, Ok(TimeZone::unknown())).is_err());
        assert!(Zone::named("Etc/Unknown").is_err());
        Ok(())
    }

    #[test]
    fn a_zone_with_a_name_is_taken_by_it() {
        let named = |name| TimeZone::get(name);
        for (tz, found, name) in [
            (None, named("Europe/Berlin"), "Europe/Berlin"),
            (Some("Asia/Tokyo"), named("Asia/Tokyo"), "Asia/Tokyo"),
            (Some(":/usr/share/zoneinfo/Asia/Tokyo"), named("Asia/Tokyo"), "Asia/Tokyo"),
            (Some("UTC"), named("UTC"), "UTC"),
            (Some(""), Ok(TimeZone::UTC), "UTC"),
            (Some("UTC0"), TimeZone::posix("UTC0"), "UTC"),
            (Some("GMT0"), TimeZone::posix("GMT0"), "GMT0"),
        ] {
            assert_eq!(of(tz, None, found).as_deref(), Ok(name), "{tz:?}");
        }
        let nowhere = System::default().zone(TimeZone::get("none"));
        assert_eq!(nowhere.map(|zone| zone.name().to_owned()).ok().as_deref(), Some("UTC"));
    }

    #[test]
    fn midnight_may_not_exist() -> Result<(), Box<dyn std::error::Error>> {
        let beirut = Zone::named("Asia/Beirut")?;
        let day: Day = "2022-03-27".parse()?;
        assert_eq!(beirut.day(beirut.start(day)), day);
        Ok(())
    }
}
