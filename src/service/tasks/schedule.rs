//! Schedules: an interval, or daily at a time in the site's zone.

use std::{fmt, str::FromStr};

use crate::{time::Timestamp, zone::Zone};

/// Allowed intervals in seconds, from a minute to a year.
const DISTANCES: std::ops::RangeInclusive<i64> = 60..=366 * 86_400;
/// Seconds between two daily runs.
const DAY: i64 = 86_400;

/// When a task runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// This many seconds after its last start.
    Every(i64),
    /// Daily at this local hour and minute. If a clock change skips that time, at the moment it would have been; if it
    /// occurs twice, only once.
    Daily(i8, i8),
}

/// A text that is not a schedule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use “every 90m”, “every 6h”, “every 7d” or “daily 03:10”, from one minute to one year")]
pub struct NoSchedule;

impl Schedule {
    /// Returns the first time after `at`.
    pub fn after(self, at: Timestamp, zone: &Zone) -> Timestamp {
        match self {
            Self::Every(seconds) => at.plus(seconds),
            Self::Daily(hour, minute) => {
                let today = zone.day(at);
                (0..3)
                    .map(|days| zone.at(today.plus(days), hour, minute))
                    .find(|time| *time > at)
                    .unwrap_or_else(|| at.plus(DAY))
            }
        }
    }

    /// Returns the usual seconds between two runs.
    pub fn distance(self) -> i64 {
        match self {
            Self::Every(seconds) => seconds,
            Self::Daily(..) => DAY,
        }
    }

    /// Returns the next run of a task: `stored`, unless the clock was set back since. Then the task must not wait until the
    /// clock has caught up. A step of less than one interval does not make it run twice.
    pub fn next(
        self,
        stored: Timestamp,
        last_run: Option<Timestamp>,
        now: Timestamp,
        zone: &Zone,
    ) -> Timestamp {
        let recent = last_run.filter(|last| *last > now && last.since(now) < self.distance());
        stored.min(self.after(recent.unwrap_or(now), zone))
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Every(seconds) if seconds % 86_400 == 0 => write!(f, "every {}d", seconds / 86_400),
            Self::Every(seconds) if seconds % 3600 == 0 => write!(f, "every {}h", seconds / 3600),
            Self::Every(seconds) if seconds % 60 == 0 => write!(f, "every {}m", seconds / 60),
            Self::Every(seconds) => write!(f, "every {seconds}s"),
            Self::Daily(hour, minute) => write!(f, "daily {hour:02}:{minute:02}"),
        }
    }
}

impl FromStr for Schedule {
    type Err = NoSchedule;

    fn from_str(text: &str) -> Result<Self, NoSchedule> {
        let two_digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.trim().split_once(' ') {
            Some(("every", distance)) => {
                let distance = distance.trim();
                let unit = distance.chars().last().ok_or(NoSchedule)?;
                let (number, seconds) = match unit {
                    's' => (distance.strip_suffix('s'), 1),
                    'm' => (distance.strip_suffix('m'), 60),
                    'h' => (distance.strip_suffix('h'), 3600),
                    'd' => (distance.strip_suffix('d'), 86_400),
                    _ => (Some(distance), 1),
                };
                let number: i64 = number.and_then(|number| number.parse().ok()).ok_or(NoSchedule)?;
                let seconds = number.checked_mul(seconds).ok_or(NoSchedule)?;
                if DISTANCES.contains(&seconds) { Ok(Self::Every(seconds)) } else { Err(NoSchedule) }
            }
            Some(("daily", time)) => {
                let (hour, minute) = time.trim().split_once(':').ok_or(NoSchedule)?;
                if !two_digits(hour) || !two_digits(minute) {
                    return Err(NoSchedule);
                }
                match (hour.parse(), minute.parse()) {
                    (Ok(hour @ 0..=23), Ok(minute @ 0..=59)) => Ok(Self::Daily(hour, minute)),
                    _ => Err(NoSchedule),
                }
            }
            _ => Err(NoSchedule),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type TestResult = Result<(), Box<dyn std::error::Error>>;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn what_is_shown_is_what_is_understood() {
        for text in ["every 90m", "every 6h", "every 7d", "every 61s", "daily 00:00", "daily 23:59"] {
            assert_eq!(text.parse::<Schedule>().map(|schedule| schedule.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("every 3600".parse(), Ok(Schedule::Every(3600)));
        for wrong in [
            "",
            "every",
            "every ",
            "every h",
            "every 0h",
            "every 5s",
            "every -1h",
            "every 999d",
            "daily",
            "daily 3",
            "daily 3:10",
            "daily 24:00",
            "daily 12:60",
            "daily +1:10",
            "every 9223372036854775807d",
            "é",
            "every é",
        ] {
            assert_eq!(wrong.parse::<Schedule>(), Err(NoSchedule), "{wrong}");
        }
    }

    #[test]
    fn daily_is_once_a_day_also_when_clocks_change() -> TestResult {
        let zone = Zone::named("Europe/Berlin")?;
        // In spring there is no 02:30, in autumn there are two.
        for (day, expected) in [
            ("2026-03-28T00:00:00Z", "2026-03-28T01:30:00Z"),
            ("2026-03-28T12:00:00Z", "2026-03-29T01:30:00Z"),
            ("2026-03-29T12:00:00Z", "2026-03-30T00:30:00Z"),
            ("2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"),
            ("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"),
            ("2026-10-25T01:00:00Z", "2026-10-26T01:30:00Z"),
        ] {
            assert_eq!(Schedule::Daily(2, 30).after(at(day), &zone), at(expected), "{day}");
        }
        Ok(())
    }

    #[test]
    fn a_clock_that_goes_back_neither_stops_a_task_nor_doubles_it() {
        let (zone, daily) = (Zone::utc(), Schedule::Daily(3, 0));
        let next = |stored: &str, last: &str, now: &str| {
            daily.next(at(stored), Some(at(last)), at(now), &zone).to_string()
        };
        let (today, tomorrow) = ("2026-11-23T03:00:00Z", "2026-11-24T03:00:00Z");
        assert_eq!(next(tomorrow, today, "2026-11-23T12:00:00Z"), tomorrow);
        assert_eq!(next(tomorrow, today, "2026-11-23T02:59:57Z"), tomorrow, "a correction of seconds");
        assert_eq!(next(today, "2026-11-22T03:00:00Z", "2026-11-23T12:00:00Z"), today, "it is overdue");
        assert_eq!(next("2031-01-02T03:00:00Z", "2031-01-01T03:00:00Z", "2026-11-23T12:00:00Z"), tomorrow);
        assert_eq!(
            Schedule::Every(3600).next(at("2031-01-01T00:00:00Z"), None, at(today), &zone),
            at(today).plus(3600)
        );
    }
}
