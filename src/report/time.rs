//! Parses instants and durations without a library. Invariant: results are whole seconds (UTC for instants); year 1,
//! Duplicati's "never", and everything before 1970 is `None`.

use serde_json::Value;

use crate::time::Day;

const DAY: i64 = 86_400;
/// Numbers above this are milliseconds: as seconds they would be after the year 5138.
const FIRST_MILLISECOND_VALUE: i64 = 100_000_000_000;

/// Parses an instant from a JSON value: ISO 8601, `yyyyMMddTHHmmssZ`, a text that ends with the epoch in parentheses, or a
/// number.
pub(crate) fn instant(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => parse_instant(text),
        Value::Number(number) => number.as_i64().and_then(from_number),
        _ => None,
    }
}

/// Parses an instant from text. Dates in the sender's culture are accepted only with the epoch in parentheses.
pub(crate) fn parse_instant(text: &str) -> Option<i64> {
    let text = text.trim();
    epoch_in_parentheses(text)
        .or_else(|| parse_iso(text).map(|(time, _)| time))
        .or_else(|| text.parse().ok().and_then(from_number))
}

fn from_number(number: i64) -> Option<i64> {
    let seconds = if number >= FIRST_MILLISECOND_VALUE { number / 1000 } else { number };
    // Below one year, the number is more likely a count or a compact date than an epoch.
    (seconds >= 31_536_000).then_some(seconds)
}

/// Parses `2/16/2019 10:23:51 PM (1550384631)`. The culture is unknown, so only the number is used.
fn epoch_in_parentheses(text: &str) -> Option<i64> {
    let (_, last) = text.strip_suffix(')')?.rsplit_once('(')?;
    last.trim().parse().ok().filter(|seconds| *seconds >= 0)
}

/// Parses ISO 8601 with `T` or spaces, any fraction, and `Z`, an offset or nothing (read as UTC). Returns seconds and the
/// offset in minutes.
pub(crate) fn parse_iso(text: &str) -> Option<(i64, Option<i32>)> {
    let bytes: Vec<u8> =
        text.bytes().filter(|b| !b.is_ascii_whitespace() && !matches!(b, b'T' | b't')).collect();
    let mut cursor = Cursor(&bytes);
    let year = cursor.number(4, 4)?;
    let dashed = cursor.eat(b'-');
    let month = cursor.number(2, 2)?;
    if dashed && !cursor.eat(b'-') {
        return None;
    }
    let day = cursor.number(2, 2)?;
    let (hour, minute, second) = if cursor.at_digit() { cursor.clock()? } else { (0, 0, 0) };
    let offset = cursor.offset()?;
    let local = civil_seconds(year, month, day, hour, minute, second)?;
    let utc = local.checked_sub(i64::from(offset.unwrap_or(0)).checked_mul(60)?)?;
    (utc >= 0).then_some((utc, offset))
}

/// Parses a .NET time span `[-][d.]hh:mm:ss[.fffffff]` into whole seconds; negative ones are `None`.
pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let (clock, seconds) = text.trim().rsplit_once(':')?;
    let (hours, minutes) = clock.rsplit_once(':')?;
    let (days, hours) = hours.split_once('.').unwrap_or(("0", hours));
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let total = digits(days)?
        .checked_mul(DAY)?
        .checked_add(digits(hours)?.checked_mul(3600)?)?
        .checked_add(digits(minutes)?.checked_mul(60)?)?
        .checked_add(digits(seconds)?)?;
    let fraction_is_zero = fraction.bytes().all(|b| b == b'0');
    fraction
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then_some(Duration { seconds: total, exactly_zero: total == 0 && fraction_is_zero })
}

/// A parsed time span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Duration {
    /// Whole seconds, without the fraction.
    pub(crate) seconds: i64,
    /// Whether it is `00:00:00` without a fraction, which Duplicati writes if it does not know the duration.
    pub(crate) exactly_zero: bool,
}

/// Parses a number that consists of digits only.
pub(crate) fn digits(text: &str) -> Option<i64> {
    let text = text.trim();
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// Returns seconds since 1970 for a date and time of the Gregorian calendar, without a zone.
pub(crate) fn civil_seconds(
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
) -> Option<i64> {
    // .NET writes neither hour 24 nor leap seconds. Second 60 is accepted, so that the instant is not lost.
    let date = (1970..=9999).contains(&year).then(|| Day::from_civil(year, month, day))?;
    // 31 February would become a day in March.
    let valid = date.civil() == (year, month, day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    valid.then(|| date.number() * DAY + hour * 3600 + minute * 60 + second)
}

/// Reads ASCII from the front of a text.
pub(crate) struct Cursor<'a>(pub(crate) &'a [u8]);

impl Cursor<'_> {
    pub(crate) fn at_digit(&self) -> bool {
        self.0.first().is_some_and(u8::is_ascii_digit)
    }

    /// Skips one byte if it is the expected one.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let rest = self.0.strip_prefix(&[byte]);
        if let Some(rest) = rest {
            self.0 = rest;
        }
        rest.is_some()
    }

    /// Reads `min` to `max` digits (`max` ≤ 9, so the sum cannot overflow).
    pub(crate) fn number(&mut self, min: usize, max: usize) -> Option<i64> {
        let len = self.0.iter().take(max.min(9)).take_while(|b| b.is_ascii_digit()).count();
        let (run, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        (len >= min)
            .then(|| run.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit.saturating_sub(b'0'))))
    }

    /// Reads `HH:mm[:ss[.f…]]` or `HHmmss`; `.` is also accepted as separator, as some cultures use it.
    pub(crate) fn clock(&mut self) -> Option<(i64, i64, i64)> {
        let hour = self.number(2, 2)?;
        let separated = self.eat(b':') || self.eat(b'.');
        let minute = self.number(2, 2)?;
        let has_seconds = if separated { self.eat(b':') || self.eat(b'.') } else { self.at_digit() };
        let second = if has_seconds { self.number(2, 2)? } else { 0 };
        if self.eat(b'.') || self.eat(b',') {
            while self.number(1, 9).is_some() {}
        }
        Some((hour, minute, second))
    }

    /// Reads the rest as an offset: minutes for `Z` and `±hh[[:]mm]`, `Some(None)` if there is none, `None` for anything
    /// else.
    #[expect(clippy::option_option, reason = "no offset and an invalid offset are different results")]
    fn offset(&mut self) -> Option<Option<i32>> {
        if self.0.is_empty() {
            return Some(None);
        }
        if self.eat(b'Z') || self.eat(b'z') {
            return self.0.is_empty().then_some(Some(0));
        }
        let minutes = self.signed_offset()?;
        self.0.is_empty().then_some(Some(minutes))
    }

    /// Reads `±hh`, `±hhmm` or `±hh:mm` as minutes.
    pub(crate) fn signed_offset(&mut self) -> Option<i32> {
        let negative = self.eat(b'-');
        if !negative && !self.eat(b'+') {
            return None;
        }
        let hours = self.number(1, 2)?;
        let minutes = if self.eat(b':') || self.at_digit() { self.number(2, 2)? } else { 0 };
        let total = i32::try_from(hours * 60 + minutes).ok().filter(|total| *total <= 18 * 60)?;
        Some(if negative { -total } else { total })
    }
}
