//! Cron expressions of five fields: minute, hour, day of the month, month, weekday.
//!
//! The days and times that an expression names are local ones, resolved by the rules of [`super::local`]: a time that does not exist
//! is the next instant that does, and a time that exists twice is one slot. When both days are restricted, either is enough, as in
//! every cron.

use serde::{Deserialize, Serialize};

use super::{local::Local, weekdays::Weekdays};
use crate::{
    time::{Day, Timestamp},
    zone::Zone,
};

/// A cron expression that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cron {
    text: String,
    minutes: u64,
    hours: u64,
    /// Days of the month; bit 32 is the last one.
    days: u64,
    months: u64,
    weekdays: Weekdays,
    either_day: bool,
    /// The shortest distance of the slots of a month or two: seconds.
    interval: i64,
}

/// A text that is no cron expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Not five fields.
    #[error(
        "a cron expression has five fields, as in 30 1 * * 1-5: minute, hour, day of the month, month, weekday"
    )]
    Fields,
    /// One of them cannot be read.
    #[error("“{0}” is not a valid {1} in a cron expression")]
    Field(String, &'static str),
    /// It names a day that never comes.
    #[error("this cron expression names a day that never comes")]
    Never,
}

/// The bit that stands for the last day of the month.
const LAST: u64 = 1 << 32;

impl Cron {
    /// Reads an expression, or one of the names `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly`.
    ///
    /// # Errors
    /// When it cannot be read, or names a day that never comes.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let text = text.trim();
        let long = match text {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            other => other,
        };
        let fields: Vec<&str> = long.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else { return Err(CronError::Fields) };
        let is_any = |field: &str| field.starts_with('*') || field == "?";
        let names: Vec<i64> = bits(weekday, 0, 7, "weekday").map(list)?;
        let cron = Self {
            text: text.to_owned(),
            minutes: bits(minute, 0, 59, "minute")?,
            hours: bits(hour, 0, 23, "hour")?,
            days: bits(day, 1, 31, "day")?,
            months: bits(month, 1, 12, "month")?,
            // 0 and 7 are Sunday here.
            weekdays: names.into_iter().fold(Weekdays::NONE, |all, number| all.with(number + 6)),
            either_day: !is_any(day) && !is_any(weekday),
            interval: 0,
        };
        let start = Day::from_civil(2024, 1, 1);
        if !(0..8 * 366).any(|more| cron.has(start.plus(more))) {
            return Err(CronError::Never);
        }
        Ok(Self { interval: cron.shortest(), ..cron })
    }

    /// The first slot after a time.
    #[must_use]
    pub fn next_after(&self, after: Timestamp, zone: &Zone) -> Option<Timestamp> {
        // A gap of the clock can be a whole day, and 29 February can be eight years away.
        let first = Local::of(after, zone).day.plus(-1);
        let today = (0..3).filter_map(|more| self.next_on(first.plus(more), after, zone)).min();
        today.or_else(|| (3..9 * 366).find_map(|more| self.next_on(first.plus(more), after, zone)))
    }

    /// The shortest distance of two slots: seconds.
    #[must_use]
    pub const fn interval(&self) -> i64 {
        self.interval
    }

    fn shortest(&self) -> i64 {
        let (zone, start) = (Zone::utc(), Timestamp::from_unix(1_704_067_200));
        let next = |at: &Timestamp| self.next_after(*at, &zone);
        let slots: Vec<Timestamp> = std::iter::successors(next(&start), next).take(40).collect();
        let distances = slots.iter().zip(slots.iter().skip(1)).map(|(one, next)| next.since(*one));
        distances.min().unwrap_or(86_400)
    }

    fn has(&self, day: Day) -> bool {
        let (_, month, number) = day.civil();
        let last = day.plus(1).civil().2 == 1;
        let by_number = self.days & (1 << number) != 0 || (last && self.days & LAST != 0);
        let by_weekday = self.weekdays.has(day);
        let by_day = if self.either_day { by_number || by_weekday } else { by_number && by_weekday };
        self.months & (1 << month) != 0 && by_day
    }

    fn next_on(&self, day: Day, after: Timestamp, zone: &Zone) -> Option<Timestamp> {
        if !self.has(day) {
            return None;
        }
        let times = list(self.hours)
            .into_iter()
            .flat_map(|hour| list(self.minutes).into_iter().map(move |minute| (hour * 60 + minute) * 60));
        // Most of the day may be over; clocks are changed by three hours at most, or by a whole day.
        let shown = Local::of(after, zone);
        let is_over = |second: i64| day == shown.day && second < shown.second - 3 * 3600;
        times
            .filter(|second| !is_over(*second))
            .map(|second| Local { day, second }.instant(zone))
            .find(|at| *at > after)
    }
}

fn list(bits: u64) -> Vec<i64> {
    (0..64).filter(|bit| bits & (1 << bit) != 0).collect()
}

/// The numbers of a field.
fn bits(field: &str, from: i64, to: i64, what: &'static str) -> Result<u64, CronError> {
    let error = || CronError::Field(field.chars().take(40).collect(), what);
    let mut bits = 0;
    for part in field.split(',') {
        let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
        let step = match step {
            Some(step) => step.parse().ok().filter(|step| (1..=to).contains(step)).ok_or_else(error)?,
            None => 1_i64,
        };
        let (low, high) = match range {
            "*" | "?" => (from, if what == "weekday" { 6 } else { to }),
            "L" | "l" if what == "day" => {
                bits |= LAST;
                continue;
            }
            range => match range.split_once('-') {
                Some((low, high)) => {
                    (number(low, what).ok_or_else(error)?, number(high, what).ok_or_else(error)?)
                }
                None => {
                    let low = number(range, what).ok_or_else(error)?;
                    (low, if part.contains('/') { to } else { low })
                }
            },
        };
        let low = if what == "weekday" && low > high { low - 7 } else { low };
        if high > to || high < low || low < from - if what == "weekday" { 7 } else { 0 } {
            return Err(error());
        }
        let mut value = low;
        while value <= high {
            bits |= 1 << if what == "weekday" { value.rem_euclid(7) } else { value };
            value += step;
        }
    }
    Ok(bits)
}

fn number(text: &str, what: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().filter(|number| *number < 100);
    }
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = text.to_ascii_lowercase();
    match what {
        "weekday" => Weekdays::named(&text).map(|day| (day + 1) % 7),
        "month" => months.into_iter().zip(1..).find(|(name, _)| *name == text).map(|(_, number)| number),
        _ => None,
    }
}

impl TryFrom<String> for Cron {
    type Error = CronError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Cron> for String {
    fn from(cron: Cron) -> Self {
        cron.text
    }
}

#[cfg(test)]
#[path = "cron_tests.rs"]
mod tests;
