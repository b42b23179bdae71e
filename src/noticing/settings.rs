//! What people set for a job: schedule, tolerance, pauses, checks that are off.

use serde::{Deserialize, Serialize};

use super::{
    checks::CheckKind,
    schedule::{
        Pattern, Schedule, Source,
        local::{DAY, HOUR},
    },
};
use crate::{time::Timestamp, zone::Zone};

/// How long after slot and usual duration a good run may be unknown before a job is late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tolerance {
    /// A quarter of the interval, at least one hour, at most twelve.
    #[default]
    Server,
    /// A day, counted from the slot.
    Desktop,
    /// Three days, counted from the slot.
    Laptop,
    /// A third of the interval, at least one hour.
    Archive,
    /// So many seconds.
    Seconds(i64),
}

impl Tolerance {
    /// In seconds, for an interval.
    #[must_use]
    pub fn seconds(self, interval: i64) -> i64 {
        match self {
            Self::Server => (interval / 4).clamp(HOUR, 12 * HOUR),
            Self::Desktop => DAY,
            Self::Laptop => 3 * DAY,
            Self::Archive => (interval / 3).max(HOUR),
            Self::Seconds(seconds) => seconds.max(0),
        }
    }

    /// Whether it is counted from the slot, and not from the usual end of its run.
    #[must_use]
    pub const fn is_from_slot(self) -> bool {
        matches!(self, Self::Desktop | Self::Laptop)
    }
}

/// A time span; without an end it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Option<Timestamp>,
}

impl Span {
    /// Whether a time is in it.
    #[must_use]
    pub fn has(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// Seconds that it shares with `from..until`.
    #[must_use]
    pub fn overlap(&self, from: Timestamp, until: Timestamp) -> i64 {
        let end = self.until.map_or(until, |end| end.min(until));
        end.since(self.from.max(from)).max(0)
    }
}

/// A maintenance window: slots in it are no slots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// Once.
    Once(Span),
    /// Every time it begins anew.
    Repeated {
        /// When it begins, by the clock of the job's zone.
        begins: Pattern,
        /// How long it lasts: seconds.
        length: i64,
        /// When it was given up: what begins from then on is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
}

impl Window {
    /// The end of the window that a time is in.
    #[must_use]
    pub fn end_at(&self, at: Timestamp, zone: &Zone) -> Option<Timestamp> {
        match self {
            Self::Once(span) => span.has(at).then(|| span.until.unwrap_or(Timestamp::MAX)),
            Self::Repeated { begins, length, until } => begins
                .last_before(at, zone)
                .filter(|begin| until.is_none_or(|until| *begin < until))
                .map(|begin| begin.plus(*length))
                .map(|end| until.map_or(end, |until| end.min(until)))
                .filter(|end| *end > at),
        }
    }

    /// It, given up at a time: what lay in it before stays in it. `None` when nothing of it was before.
    #[must_use]
    pub fn ended(self, now: Timestamp) -> Option<Self> {
        match self {
            Self::Once(span) if span.from >= now => None,
            Self::Once(span) => {
                Some(Self::Once(Span { until: Some(span.until.map_or(now, |until| until.min(now))), ..span }))
            }
            Self::Repeated { begins, length, until } => {
                let until = Some(until.map_or(now, |until| until.min(now)));
                Some(Self::Repeated { begins, length, until })
            }
        }
    }

    /// Whether some of it is still to come at a time.
    #[must_use]
    pub fn is_ahead(&self, now: Timestamp) -> bool {
        match self {
            Self::Once(span) => span.until.is_none_or(|until| until > now),
            Self::Repeated { until, .. } => until.is_none_or(|until| until > now),
        }
    }
}

/// [`Settings`] as they are stored. What is not set is not written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are those of the settings")]
pub struct StoredSettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule_set: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerance: Option<Tolerance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announced: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Span>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Window>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_archived: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub off: Vec<CheckKind>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Accepted>,
}

/// A kind of warnings that a person expects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The kind ([`super::warnings::kind`]).
    pub kind: String,
    /// Until when.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Timestamp>,
}

impl StoredSettings {
    /// The settings at a time, in a site with this zone. A zone that is no longer known is the site's.
    #[must_use]
    pub fn at(self, now: Timestamp, site: &Zone) -> Settings {
        let named = |name: Option<String>| name.and_then(|name| Zone::named(&name).ok());
        Settings {
            zone: named(self.zone).unwrap_or_else(|| site.clone()),
            schedule: self.schedule,
            schedule_zone: named(self.schedule_zone),
            schedule_set: self.schedule_set,
            tolerance: self.tolerance.unwrap_or_default(),
            announced: self.announced,
            pauses: self.pauses,
            windows: self.windows,
            is_archived: self.is_archived,
            off: self.off,
            accepted: self
                .accepted
                .into_iter()
                .filter(|accepted| accepted.until.is_none_or(|until| now < until))
                .map(|accepted| accepted.kind)
                .collect(),
        }
    }
}

/// What is set for a job, with what it inherits from its server and the site.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The zone in which the job's schedule is known: the job's, else the server's, else the site's.
    pub zone: Zone,
    /// The schedule that a person set.
    pub schedule: Option<Schedule>,
    /// The zone of that schedule, when it is another one.
    pub schedule_zone: Option<Zone>,
    /// When it was set: slots before are none.
    pub schedule_set: Option<Timestamp>,
    /// The tolerance.
    pub tolerance: Tolerance,
    /// When the job was announced, if it was known before it reported.
    pub announced: Option<Timestamp>,
    /// Pauses of the job and of its server, in any order.
    pub pauses: Vec<Span>,
    /// Maintenance windows of the job, its server and its group.
    pub windows: Vec<Window>,
    /// Whether it is archived: nothing is expected of it.
    pub is_archived: bool,
    /// Checks that are switched off.
    pub off: Vec<CheckKind>,
    /// Kinds of warnings that were accepted.
    pub accepted: Vec<String>,
}

impl Settings {
    /// Nothing is set.
    #[must_use]
    pub fn new(zone: Zone) -> Self {
        Self {
            zone,
            schedule: None,
            schedule_zone: None,
            schedule_set: None,
            tolerance: Tolerance::default(),
            announced: None,
            pauses: Vec::new(),
            windows: Vec::new(),
            is_archived: false,
            off: Vec::new(),
            accepted: Vec::new(),
        }
    }

    /// The zone by whose clock the slots of a schedule are, by where the schedule comes from.
    #[must_use]
    pub fn zone_of(&self, source: Source) -> &Zone {
        self.schedule_zone.as_ref().filter(|_| source == Source::Set).unwrap_or(&self.zone)
    }

    /// Whether a person said that there is no schedule.
    #[must_use]
    pub fn is_never_late(&self) -> bool {
        self.schedule == Some(Schedule::Never)
    }

    /// Whether the job is paused, and until when.
    #[must_use]
    pub fn paused(&self, now: Timestamp) -> Option<Option<Timestamp>> {
        if self.is_archived {
            return Some(None);
        }
        let mut end = now;
        // One pause may begin before another one ends.
        while let Some(span) = self.pauses.iter().find(|span| span.has(end)) {
            end = match span.until {
                Some(until) => until,
                None => return Some(None),
            };
        }
        (end > now).then_some(Some(end))
    }

    /// When the last pause ended.
    #[must_use]
    pub fn resumed(&self, now: Timestamp) -> Option<Timestamp> {
        self.pauses.iter().filter_map(|span| span.until).filter(|until| *until <= now).max()
    }

    /// When the next pause begins.
    #[must_use]
    pub fn pauses_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.pauses.iter().map(|span| span.from).filter(|from| *from > now).min()
    }

    /// The end of the maintenance that a time is in.
    #[must_use]
    pub fn maintained_until(&self, at: Timestamp) -> Option<Timestamp> {
        self.windows.iter().filter_map(|window| window.end_at(at, &self.zone)).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noticing::schedule::Weekdays;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_tolerance_is_bounded_and_profiles_replace_it() {
        for (tolerance, interval, hours) in [
            (Tolerance::Server, HOUR, 1),
            (Tolerance::Server, 6 * HOUR, 1),
            (Tolerance::Server, DAY, 6),
            (Tolerance::Server, 28 * DAY, 12),
            (Tolerance::Desktop, HOUR, 24),
            (Tolerance::Laptop, 7 * DAY, 72),
            (Tolerance::Archive, 30 * DAY, 240),
            (Tolerance::Seconds(7200), DAY, 2),
        ] {
            assert_eq!(tolerance.seconds(interval) / HOUR, hours, "{tolerance:?} {interval}");
        }
    }

    #[test]
    fn pauses_that_touch_are_one() {
        let mut settings = Settings::new(Zone::utc());
        settings.pauses = vec![
            Span { from: at("2026-02-02T00:00:00Z"), until: Some(at("2026-02-04T00:00:00Z")) },
            Span { from: at("2026-02-01T00:00:00Z"), until: Some(at("2026-02-02T00:00:00Z")) },
        ];
        assert_eq!(settings.paused(at("2026-02-01T12:00:00Z")), Some(Some(at("2026-02-04T00:00:00Z"))));
        assert_eq!(settings.paused(at("2026-02-04T00:00:00Z")), None);
        assert_eq!(settings.pauses_at(at("2026-01-01T00:00:00Z")), Some(at("2026-02-01T00:00:00Z")));
        settings.pauses.push(Span { from: at("2026-02-03T00:00:00Z"), until: None });
        assert_eq!(settings.paused(at("2026-02-01T12:00:00Z")), Some(None));
    }

    #[test]
    fn a_weekly_window_is_by_the_clock_of_its_zone() {
        let sunday = Pattern::daily("2026-01-04".parse().unwrap(), HOUR, Weekdays::NONE.with(6));
        let mut settings = Settings::new(Zone::named("Europe/Berlin").unwrap());
        settings.windows.push(Window::Repeated { begins: sunday, length: 3 * HOUR, until: None });
        assert_eq!(settings.maintained_until(at("2026-02-01T02:59:59Z")), Some(at("2026-02-01T03:00:00Z")));
        assert_eq!(settings.maintained_until(at("2026-02-01T03:00:00Z")), None);
        assert_eq!(settings.maintained_until(at("2026-07-04T23:00:00Z")), Some(at("2026-07-05T02:00:00Z")));
        assert_eq!(settings.maintained_until(at("2026-02-02T01:00:00Z")), None);
    }
}
