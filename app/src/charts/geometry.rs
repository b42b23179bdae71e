//! Converts values to path data. The plot is [`WIDTH`] × [`HEIGHT`] units, which the browser stretches to the
//! available space: text is beside it, so it is not distorted.

use std::fmt::Write as _;

use duplistatus::chart::Series;

/// Width in units.
pub const WIDTH: f64 = 1000.0;
/// Height in units.
pub const HEIGHT: f64 = 100.0;

/// Share of a bucket left empty between bars.
const GAP: f64 = 0.16;
/// Distance from the top of the break in a bar higher than the axis.
const CUT: f64 = 14.0;
/// Height of a bar for zero, to distinguish it from a gap, which has no bar.
const ZERO: f64 = 0.8;

/// Returns the distance of a value from the top.
pub fn height_of(value: i64, top: f64) -> f64 {
    HEIGHT - (value.max(0) as f64 / top.max(1.0)).min(1.0) * HEIGHT
}

/// Returns the middle of a bucket.
pub fn middle(index: usize, buckets: usize) -> f64 {
    (index as f64 + 0.5) * WIDTH / buckets.max(1) as f64
}

/// Returns stacked bars as one path per series. Bars higher than the axis end at its top.
pub fn stack<'s>(series: impl IntoIterator<Item = &'s Series>, top: f64) -> Vec<String> {
    let mut bases: Vec<i64> = Vec::new();
    let series = series.into_iter().map(|values| {
        let bucket = WIDTH / values.len().max(1) as f64;
        let width = bucket * (1.0 - GAP);
        let mut path = String::new();
        bases.resize(values.len(), 0);
        for ((i, value), base) in values.iter().enumerate().zip(&mut bases) {
            let Some(value) = value else { continue };
            let left = i as f64 * bucket + bucket * GAP / 2.0;
            let (bottom, total) = (height_of(*base, top), base.saturating_add((*value).max(0)));
            // In a stack zero has no bar; alone it is a thin one.
            let y = height_of(total, top).min(if *base == 0 { HEIGHT - ZERO } else { bottom });
            *base = total;
            if y < bottom {
                let _ = write!(path, "M{left:.1} {bottom:.1}V{y:.1}h{width:.1}V{bottom:.1}z");
            }
        }
        path
    });
    series.collect()
}

/// Returns the breaks of bars higher than the axis, to be drawn over them.
pub fn breaks(totals: &Series, top: f64) -> String {
    let bucket = WIDTH / totals.len().max(1) as f64;
    let mut path = String::new();
    for (i, _) in totals.iter().enumerate().filter(|(_, total)| total.is_some_and(|total| total as f64 > top))
    {
        let (left, right) = (i as f64 * bucket, (i + 1) as f64 * bucket);
        let (low, high) = (CUT, CUT - 4.0);
        let _ =
            write!(path, "M{left:.1} {low:.1}L{right:.1} {high:.1}V{:.1}L{left:.1} {high:.1}z", high - 4.0);
    }
    path
}

/// Returns a series as steps in one path: a gap ends the line, and the next value starts a new one.
pub fn steps(values: &Series, top: f64) -> String {
    let bucket = WIDTH / values.len().max(1) as f64;
    let mut path = String::new();
    let mut connected = false;
    for (i, value) in values.iter().enumerate() {
        let Some(value) = value else {
            connected = false;
            continue;
        };
        let (left, right, y) = (i as f64 * bucket, (i + 1) as f64 * bucket, height_of(*value, top));
        let _ = if connected {
            write!(path, "V{y:.1}H{right:.1}")
        } else {
            write!(path, "M{left:.1} {y:.1}H{right:.1}")
        };
        connected = true;
    }
    path
}

/// Returns evenly spaced horizontal lines, without the lowest.
pub fn grid(lines: usize) -> String {
    let mut path = String::new();
    for i in 0..lines.saturating_sub(1) {
        let y = i as f64 * HEIGHT / (lines - 1) as f64;
        let _ = write!(path, "M0 {y:.1}H{WIDTH}");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_beyond_the_axis_is_broken() {
        let values = vec![Some(50), Some(10), None];
        assert_eq!(breaks(&values, 10.0), "M0.0 14.0L333.3 10.0V6.0L0.0 10.0z");
        let path = stack([&vec![Some(50)]], 10.0);
        assert_eq!(path, ["M80.0 100.0V0.0h840.0V100.0z"], "it ends at the top");
    }

    #[test]
    fn a_gap_is_no_bar_and_zero_is_a_thin_one() {
        let path = stack([&vec![Some(10), None, Some(0), Some(5)]], 10.0);
        assert_eq!(
            path,
            ["M20.0 100.0V0.0h210.0V100.0zM520.0 100.0V99.2h210.0V100.0zM770.0 100.0V50.0h210.0V100.0z"]
        );
    }

    #[test]
    fn a_series_stands_upon_the_one_before() {
        let (first, second) = (vec![Some(4), None], vec![Some(6), Some(5)]);
        assert_eq!(
            stack([&first, &second, &vec![Some(0), Some(0)]], 10.0),
            ["M40.0 100.0V60.0h420.0V100.0z", "M40.0 60.0V0.0h420.0V60.0zM540.0 100.0V50.0h420.0V100.0z", ""]
        );
    }

    #[test]
    fn a_gap_breaks_the_line_and_nothing_is_interpolated() {
        let path = steps(&vec![Some(5), Some(10), None, Some(10)], 10.0);
        assert_eq!(path, "M0.0 50.0H250.0V0.0H500.0M750.0 0.0H1000.0");
        assert_eq!(steps(&vec![None, None], 10.0), "");
    }

    #[test]
    fn values_above_the_axis_stay_inside() {
        assert_eq!(height_of(i64::MAX, 1.0), 0.0);
        assert_eq!(height_of(-5, 0.0), HEIGHT);
    }
}
