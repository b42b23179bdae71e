//! Levels (sizes, counts) over time: the last known one of each job, added up.

use std::collections::HashMap;

use crate::{
    chart::{Buckets, Series},
    time::Day,
};

/// The level at the end of each bucket. `rows` are what a job's runs of a day left, oldest first; `before` is what the jobs had
/// before the first of them. A bucket in which no job ran is a gap; in one where only some ran, the others stand as they
/// stood before, also before the first bucket: a job that runs once a week or has ended is there all the time.
pub(in crate::service) fn levels(
    buckets: Buckets,
    rows: impl IntoIterator<Item = (Day, i64, Option<i64>)>,
    before: impl IntoIterator<Item = (i64, Option<i64>)>,
) -> Series {
    let mut sum = LevelSum::new(buckets, before);
    for (day, job, level) in rows {
        sum.add(day, job, level);
    }
    sum.end()
}

/// The same, row by row.
pub(in crate::service) struct LevelSum {
    buckets: Buckets,
    series: Series,
    /// The bucket that is being filled.
    index: usize,
    /// Whether a job ran in it.
    ran: bool,
    known: HashMap<i64, i64>,
    /// Two absurd reports can reach the end of the numbers, where the sum that is shown stays.
    sum: i128,
}

impl LevelSum {
    /// With what the jobs had before the first row.
    pub(in crate::service) fn new(
        buckets: Buckets,
        before: impl IntoIterator<Item = (i64, Option<i64>)>,
    ) -> Self {
        let known: HashMap<i64, i64> =
            before.into_iter().filter_map(|(job, level)| Some((job, level?))).collect();
        let sum = known.values().copied().map(i128::from).sum();
        Self { buckets, series: buckets.empty(), index: 0, ran: false, known, sum }
    }

    /// What a job's runs of a day left: the oldest day first.
    pub(in crate::service) fn add(&mut self, day: Day, job: i64, level: Option<i64>) {
        while self.index < self.series.len() && day >= self.buckets.end(self.index) {
            self.settle();
        }
        if let Some(level) = level.filter(|_| self.index < self.series.len()) {
            self.ran = true;
            let former = self.known.insert(job, level).unwrap_or(0);
            self.sum += i128::from(level) - i128::from(former);
        }
    }

    fn settle(&mut self) {
        let level = self.ran.then(|| i64::try_from(self.sum).unwrap_or(i64::MAX));
        if let Some(cell) = self.series.get_mut(self.index) {
            *cell = level;
        }
        (self.index, self.ran) = (self.index + 1, false);
    }

    /// The level at the end of each bucket.
    pub(in crate::service) fn end(mut self) -> Series {
        while self.index < self.series.len() {
            self.settle();
        }
        self.series
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_that_did_not_run_stands_as_it_stood() {
        let first = Day::from_number(20_000);
        let buckets = Buckets::covering(first, first.plus(3));
        let rows = [
            (first, 1, Some(10)),
            (first.plus(2), 1, Some(12)),
            (first.plus(2), 2, None),
            (first.plus(3), 2, Some(5)),
        ];
        assert_eq!(
            levels(buckets, rows, [(2, Some(100)), (3, None)]),
            [Some(110), None, Some(112), Some(17)]
        );
    }

    #[test]
    fn sums_stay_at_the_end_of_the_numbers_and_come_back() {
        let first = Day::from_number(20_000);
        let rows = [(first, 1, Some(i64::MAX)), (first, 2, Some(7)), (first.plus(1), 1, Some(1))];
        let series = levels(Buckets::covering(first, first.plus(1)), rows, []);
        assert_eq!(series, [Some(i64::MAX), Some(8)]);
    }
}
