//! Round axes: the numbers beside a chart, and the format of values and days.

use duplistatus::{chart::ticks, time::Day, units};

use crate::{
    format::time::{day_short, month_name},
    locale::Locale,
    tr,
};

/// What a chart measures, which determines round numbers and their format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Bytes, in binary units.
    Bytes,
    /// Seconds, shown as `h:mm:ss`.
    Seconds,
    /// A plain number.
    Count,
}

/// A value axis from 0 upwards with evenly spaced ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// Value at the top.
    pub top: f64,
    /// Texts of the ticks, highest first; only the first has the unit.
    pub labels: Vec<String>,
}

const BYTE_UNITS: [&str; 6] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

impl Measure {
    /// Formats one value.
    pub fn text(self, value: i64) -> String {
        match self {
            Self::Bytes => units::size(value),
            Self::Seconds => units::clock_duration(value),
            Self::Count => units::thousands(value),
        }
    }

    /// Returns an axis that reaches at least `max`.
    pub fn axis(self, max: i64) -> Axis {
        let (values, unit, name) = match self {
            Self::Bytes => {
                let values = ticks(max, 4, 1024.0);
                let top = values.last().copied().unwrap_or(1.0).max(1.0);
                // The whole axis uses the unit of its top: 500 and 1000 GiB, not 0.98 TiB.
                let exponent = (top.ln() / 1024_f64.ln() + 1e-9).floor().clamp(0.0, 5.0);
                let name = BYTE_UNITS.get(exponent as usize).copied().unwrap_or_default();
                (values, 1024_f64.powf(exponent), name)
            }
            Self::Seconds => {
                let (unit, name) = match max {
                    7200.. => (3600, "h"),
                    120.. => (60, "min"),
                    _ => (1, "s"),
                };
                let values = ticks((max + unit - 1) / unit, 4, 10.0);
                (values.into_iter().map(|v| v * unit as f64).collect(), unit as f64, name)
            }
            Self::Count => (ticks(max, 4, 10.0), 1.0, ""),
        };
        let top = values.last().copied().unwrap_or(1.0).max(1.0);
        let labels = values
            .iter()
            .rev()
            .enumerate()
            .map(|(i, value)| {
                let number = round_text(value / unit);
                if i == 0 && !name.is_empty() { format!("{number} {name}") } else { number }
            })
            .collect();
        Axis { top, labels }
    }
}

/// Formats a number with at most two decimals, without trailing zeros: `1.5`, `1,200`.
fn round_text(value: f64) -> String {
    if value.fract().abs() < 0.005 {
        return units::thousands(value.round() as i64);
    }
    format!("{value:.2}").trim_end_matches('0').to_owned()
}

/// Formats a month with its year, `Oct 2026`.
pub fn month_text(locale: Locale, year: i64, month: i64) -> String {
    tr!(locale, charts.month, month = month_name(locale, month), year = year.to_string())
}

/// Returns the labels below a chart: at most five days, evenly spaced, including the first and the
/// last.
pub fn day_labels(locale: Locale, buckets: &[Day]) -> Vec<String> {
    let last = buckets.len().saturating_sub(1);
    let steps = last.min(4);
    let long = buckets.first().zip(buckets.last()).is_some_and(|(a, b)| b.number() - a.number() > 300);
    (0..=steps)
        .filter_map(|i| buckets.get((i * last + steps / 2).checked_div(steps).unwrap_or(0)))
        .map(|day| {
            let (year, month, _) = day.civil();
            if long { month_text(locale, year, month) } else { day_short(locale, *day) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_is_round_in_one_unit() {
        assert_eq!(Measure::Bytes.axis(900 << 30).labels, ["1,000 GiB", "750", "500", "250", "0"]);
        assert_eq!(Measure::Bytes.axis(0).labels, ["1 B", "0"]);
        assert_eq!(Measure::Seconds.axis(842).labels, ["15 min", "10", "5", "0"]);
        assert_eq!(Measure::Count.axis(612_904).labels, ["800,000", "600,000", "400,000", "200,000", "0"]);
    }

    #[test]
    fn day_labels_begin_and_end_with_the_range() {
        let first = Day::from_civil(2026, 10, 26);
        let days: Vec<Day> = (0..29).map(|i| first.plus(i)).collect();
        assert_eq!(day_labels(Locale::en, &days), ["26 Oct", "2 Nov", "9 Nov", "16 Nov", "23 Nov"]);
        assert_eq!(day_labels(Locale::en, &[first]), ["26 Oct"]);
        assert_eq!(day_labels(Locale::en, &[]), Vec::<String>::new());
    }
}
