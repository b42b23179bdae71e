//! Ranges of row ids in which a table could not be read.

use std::ops::RangeInclusive;

/// Ranges of row ids, sorted and disjoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps(Vec<RangeInclusive<i64>>);

impl Gaps {
    /// Returns the range of all row ids.
    pub fn everything() -> Self {
        Self(std::iter::once(i64::MIN..=i64::MAX).collect())
    }

    /// Returns whether everything could be read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether a row id is in a gap.
    pub fn contains(&self, row: i64) -> bool {
        let after = self.0.partition_point(|range| *range.start() <= row);
        after.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|range| range.contains(&row))
    }

    /// Adds a range after all others.
    pub(in crate::db) fn push(&mut self, first: i64, last: i64) {
        if let Some(range) = self.0.last_mut()
            && range.end().saturating_add(1) >= first
        {
            *range = *range.start()..=last.max(*range.end());
            return;
        }
        self.0.push(first..=last);
    }

    /// Returns the ranges, sorted.
    pub fn ranges(&self) -> &[RangeInclusive<i64>] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_one() {
        let mut gaps = Gaps::default();
        for (first, last) in [(1, 3), (4, 4), (9, 12)] {
            gaps.push(first, last);
        }
        assert_eq!(gaps.ranges(), [1..=4, 9..=12]);
        let inside: Vec<i64> = (0..14).filter(|row| gaps.contains(*row)).collect();
        assert_eq!(inside, [1, 2, 3, 4, 9, 10, 11, 12]);
        assert!(Gaps::everything().contains(i64::MIN) && Gaps::everything().contains(7));
    }
}
