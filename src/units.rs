//! Formats numbers: sizes in binary units, durations, thousands. Independent of the locale; words are added by the pages.

use std::time::Duration;

/// Returns a measured time in whole milliseconds.
pub fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Splits a size into number and unit, `("1.82", "TiB")`, so that the unit can be shown smaller.
pub fn size_parts(bytes: i64) -> (String, &'static str) {
    const UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let mut value = bytes.max(0) as f64;
    let mut units = UNITS.iter().copied();
    let mut unit = units.next().unwrap_or_default();
    // 1023.95 would be shown as "1024.0": change the unit as soon as the rounded text would need four digits.
    while value >= 999.5 {
        let Some(next) = units.next() else { break };
        value /= 1024.0;
        unit = next;
    }
    let text = if unit == "B" || value >= 99.95 {
        fixed(value, 0)
    } else if value >= 9.995 {
        fixed(value, 1)
    } else {
        fixed(value, 2)
    };
    (text, unit)
}

/// Formats a number with `places` decimals: `fixed(8.666, 1)` is `"8.7"`. Unlike `{:.1}`, it does not add the code for large-number
/// arithmetic to the wasm file.
pub fn fixed(value: f64, places: u32) -> String {
    let factor = 10_u64.saturating_pow(places);
    let scaled = (value.abs() * factor as f64).round() as u64;
    let sign = if value < 0.0 && scaled > 0 { "-" } else { "" };
    let (whole, rest) = (scaled / factor, scaled % factor);
    match places {
        0 => format!("{sign}{whole}"),
        places => format!("{sign}{whole}.{rest:0width$}", width = places as usize),
    }
}

/// Formats a size, `"1.82 TiB"`.
pub fn size(bytes: i64) -> String {
    let (value, unit) = size_parts(bytes);
    format!("{value} {unit}")
}

/// Returns the number of a Duplicati version: `"2.3.0.0"` of `"2.3.0.0 (2.3.0.0_stable_2026-04-14)"`.
pub fn short_version(version: &str) -> &str {
    version.split_once(" (").map_or(version, |(number, _)| number)
}

/// Formats a duration: `"0:48"` (minutes and seconds), with hours `"2:05:09"`.
pub fn clock_duration(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{rest:02}") } else { format!("{minutes}:{rest:02}") }
}

/// A unit of [`span_parts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanUnit {
    /// A second.
    Second,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day of 24 hours.
    Day,
    /// 30 days.
    Month,
    /// 365 days.
    Year,
}

/// Splits a span into its largest unit and, if the number of that is below ten, the rest in the next smaller one. Nothing is rounded up:
/// all texts of one span say the same.
pub fn span_parts(seconds: i64) -> ((i64, SpanUnit), Option<(i64, SpanUnit)>) {
    let seconds = seconds.max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    let few = |number, rest, unit| (number < 10 && rest > 0).then_some((rest, unit));
    match (days, hours, minutes) {
        (0, 0, 0) => ((seconds, SpanUnit::Second), None),
        (0, 0, _) => ((minutes, SpanUnit::Minute), None),
        (0, ..) => ((hours, SpanUnit::Hour), few(hours, minutes, SpanUnit::Minute)),
        (730.., ..) => ((days / 365, SpanUnit::Year), None),
        (60.., ..) => ((days / 30, SpanUnit::Month), None),
        _ => ((days, SpanUnit::Day), few(days, hours, SpanUnit::Hour)),
    }
}

/// Formats an age or a span in its two largest units: `"45 s"`, `"38 min"`, `"1 h 20 min"`, `"3 d 4 h"`. Long spans have only one: `"40
/// d"`, from 60 days on `"4 mo"`, from two years on `"4 y"`.
pub fn span(seconds: i64) -> String {
    let text = |(number, unit): (i64, SpanUnit)| {
        let unit = match unit {
            SpanUnit::Second => "s",
            SpanUnit::Minute => "min",
            SpanUnit::Hour => "h",
            SpanUnit::Day => "d",
            SpanUnit::Month => "mo",
            SpanUnit::Year => "y",
        };
        format!("{number} {unit}")
    };
    match span_parts(seconds) {
        (one, None) => text(one),
        (one, Some(rest)) => format!("{} {}", text(one), text(rest)),
    }
}

/// Formats an integer with commas between thousands: `"1,184"`.
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('−');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_places_are_rounded_and_kept() {
        let numbers =
            [(8.666, 1), (0.04, 1), (-0.04, 1), (-0.36, 1), (12.0, 1), (1.995, 2), (0.5, 0), (3.049, 2)];
        let texts = numbers.map(|(value, places)| fixed(value, places));
        assert_eq!(texts, ["8.7", "0.0", "0.0", "-0.4", "12.0", "2.00", "1", "3.05"]);
    }

    #[test]
    fn a_version_is_shown_once() {
        assert_eq!(short_version("2.3.0.0 (2.3.0.0_stable_2026-04-14)"), "2.3.0.0");
        assert_eq!(short_version("2.0.2"), "2.0.2");
    }

    #[test]
    fn sizes_have_three_significant_digits() {
        let texts = [0, 999, 1000, 1023, 1024, 104_857_600, 2_001_111_162_519, i64::MAX].map(size);
        assert_eq!(
            texts,
            ["0 B", "999 B", "0.98 KiB", "1.00 KiB", "1.00 KiB", "100 MiB", "1.82 TiB", "8192 PiB"]
        );
    }

    #[test]
    fn durations_and_spans_are_short() {
        assert_eq!([48, 131, 7509, -4].map(clock_duration), ["0:48", "2:11", "2:05:09", "0:00"]);
        assert_eq!(
            [45, 2280, 4800, 3600, 273_600, 5_097_600].map(span),
            ["45 s", "38 min", "1 h 20 min", "1 h", "3 d 4 h", "59 d"]
        );
        let days = [60, 121, 365, 729, 730, 1461, 2632].map(|days| span(days * 86_400));
        assert_eq!(days, ["2 mo", "4 mo", "12 mo", "24 mo", "2 y", "4 y", "7 y"]);
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([0, 999, 1184, -1_234_567].map(thousands), ["0", "999", "1,184", "−1,234,567"]);
    }
}
