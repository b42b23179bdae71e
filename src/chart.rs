//! Groups days into buckets for charts. A bucket without data is a gap; no values are interpolated.

use serde::{Deserialize, Serialize};

use crate::time::Day;

/// One value per bucket; `None` is a gap.
pub type Series = Vec<Option<i64>>;

/// The maximum number of buckets in a chart.
pub const MAX_BUCKETS: i64 = 120;

/// Consecutive buckets of equal length, in whole days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buckets {
    /// First day of the first bucket.
    pub first: Day,
    /// Days in each bucket.
    pub days: i64,
    /// Number of buckets.
    pub count: i64,
}

impl Buckets {
    /// Creates the buckets that end with `last` and start on or before `first`.
    pub fn covering(first: Day, last: Day) -> Self {
        let length = (last.number() - first.number()).max(0) + 1;
        let days = (length + MAX_BUCKETS - 1) / MAX_BUCKETS;
        let count = (length + days - 1) / days;
        Self { first: last.plus(1 - count * days), days, count }
    }

    /// Returns the index of the bucket that contains a day, or `None` if the day is outside.
    pub fn index(self, day: Day) -> Option<usize> {
        let distance = day.number() - self.first.number();
        (distance >= 0 && distance < self.count * self.days)
            .then(|| usize::try_from(distance / self.days).ok())
            .flatten()
    }

    /// Returns the first day after a bucket.
    pub fn end(self, index: usize) -> Day {
        self.first.plus(i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1).saturating_mul(self.days))
    }

    /// Returns the first day of each bucket.
    pub fn starts(self) -> Vec<Day> {
        (0..self.count).map(|i| self.first.plus(i * self.days)).collect()
    }

    /// Returns a series of gaps, one per bucket.
    pub fn empty(self) -> Series {
        vec![None; usize::try_from(self.count).unwrap_or(0)]
    }
}

/// Returns axis ticks from 0 to at least `max`: about `steps` of them, spaced by 1, 2, 2.5, 5 or 10 times a power of
/// ten. With a `base` above 10 (sizes: 1024) they are round in the unit of that base.
pub fn ticks(max: i64, steps: i64, base: f64) -> Vec<f64> {
    let max = (max.max(1)) as f64;
    // Sizes are rounded in their own unit: 256 GiB, not 274,877,906,944 bytes.
    let unit = if base > 10.0 { base.powi((max.ln() / base.ln()).floor() as i32) } else { 1.0 };
    let raw = max / unit / steps.max(1) as f64;
    let magnitude = 10f64.powf(raw.log10().floor());
    let step =
        [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|m| m * magnitude).find(|s| *s >= raw).unwrap_or(raw);
    let step = if unit == 1.0 { step.max(1.0) } else { step };
    let count = (max / unit / step).ceil() as i64;
    (0..=count).map(|i| i as f64 * step * unit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_cover_the_range_and_end_today() {
        for length in [1, 7, 30, 90, 120, 121, 365, 371, 4000] {
            let last = Day::from_number(20_000);
            let buckets = Buckets::covering(last.plus(1 - length), last);
            assert!(buckets.count <= MAX_BUCKETS, "{length}");
            assert_eq!(buckets.index(last), Some(buckets.count as usize - 1));
            assert_eq!(buckets.index(last.plus(1)), None);
            assert!(buckets.index(last.plus(1 - length)).is_some());
        }
    }

    #[test]
    fn ticks_are_round_and_reach_the_top() {
        assert_eq!(ticks(28, 4, 10.0), [0.0, 10.0, 20.0, 30.0]);
        assert_eq!(ticks(3, 4, 10.0), [0.0, 1.0, 2.0, 3.0]);
        let sizes = ticks(2_300_000_000_000, 4, 1024.0);
        assert!(sizes.last().is_some_and(|top| *top >= 2.3e12), "{sizes:?}");
    }
}
