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
    let mut series = buckets.empty();
    let mut known: HashMap<i64, i64> =
        before.into_iter().filter_map(|(job, level)| Some((job, level?))).collect();
    // Two absurd reports can reach the end of the numbers, where the sum stays.
    let mut sum: i128 = known.values().copied().map(i128::from).sum();
    let mut rows = rows.into_iter().peekable();
    for (index, cell) in series.iter_mut().enumerate() {
        let mut ran = false;
        while let Some((_, job, level)) = rows.next_if(|(day, ..)| *day < buckets.end(index)) {
            if let Some(level) = level {
                ran = true;
                let former = known.insert(job, level).unwrap_or(0);
                sum += i128::from(level) - i128::from(former);
            }
        }
        *cell = ran.then(|| i64::try_from(sum).unwrap_or(i64::MAX));
    }
    series
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
