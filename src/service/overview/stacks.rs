//! What each job of a server uploaded, to be drawn one upon the other.

use std::collections::HashMap;

use crate::{
    chart::{Buckets, Series},
    db::tables::days::ServerDay,
    dto::server::JobSeries,
};

/// Jobs with a series of their own; the rest are one.
const OWN: usize = 5;

/// The bytes that each job uploaded in each bucket, the job that uploaded most first. Nothing where only one job did.
pub(in crate::service) fn uploads(
    buckets: Buckets,
    days: &[ServerDay],
    name_of: impl Fn(i64) -> String,
) -> Vec<JobSeries> {
    let mut jobs: HashMap<i64, (i64, Series)> = HashMap::new();
    for row in days {
        let Some(index) = buckets.index(row.day) else { continue };
        let (total, values) = jobs.entry(row.job_id).or_insert_with(|| (0, buckets.empty()));
        *total = total.saturating_add(row.totals.uploaded_size);
        if let Some(cell) = values.get_mut(index) {
            *cell = Some(cell.unwrap_or(0).saturating_add(row.totals.uploaded_size));
        }
    }
    if jobs.len() < 2 {
        return Vec::new();
    }
    let mut jobs: Vec<(i64, i64, Series)> =
        jobs.into_iter().map(|(id, (sum, values))| (sum, id, values)).collect();
    // Among equals the order must not change from one view to the next.
    jobs.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    // One job alone is no "others".
    let own = if jobs.len() == OWN + 1 { jobs.len() } else { OWN.min(jobs.len()) };
    let others = jobs.split_off(own);
    let mut series: Vec<JobSeries> =
        jobs.into_iter().map(|(_, id, values)| JobSeries { job: Some(name_of(id)), values }).collect();
    if !others.is_empty() {
        let mut sum = buckets.empty();
        for (cell, value) in others.iter().flat_map(|(_, _, values)| sum_cells(values)) {
            if let Some(cell) = sum.get_mut(cell) {
                *cell = Some(cell.unwrap_or(0).saturating_add(value));
            }
        }
        series.push(JobSeries { job: None, values: sum });
    }
    series
}

/// The cells of a series that have a value.
fn sum_cells(values: &Series) -> impl Iterator<Item = (usize, i64)> {
    values.iter().enumerate().filter_map(|(index, value)| Some((index, (*value)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{db::tables::totals::Totals, time::Day};

    fn day(job_id: i64, offset: i64, uploaded_size: i64) -> ServerDay {
        let totals = Totals { uploaded_size, ..Totals::default() };
        ServerDay { day: Day::from_number(20_000 + offset), job_id, totals }
    }

    fn of(days: &[ServerDay]) -> Vec<JobSeries> {
        let first = Day::from_number(20_000);
        uploads(Buckets::covering(first, first.plus(1)), days, |id| format!("job {id}"))
    }

    #[test]
    fn jobs_stand_by_what_they_uploaded_and_many_small_ones_together() {
        let days: Vec<ServerDay> = (1..=8).map(|job| day(job, 0, job)).chain([day(3, 1, 100)]).collect();
        let found = of(&days);
        let names: Vec<Option<&str>> = found.iter().map(|series| series.job.as_deref()).collect();
        assert_eq!(names, [Some("job 3"), Some("job 8"), Some("job 7"), Some("job 6"), Some("job 5"), None]);
        assert_eq!(found[0].values, [Some(3), Some(100)]);
        assert_eq!(found[5].values, [Some(1 + 2 + 4), None]);
    }

    #[test]
    fn one_job_is_not_stacked_and_six_are_not_five_and_others() {
        assert_eq!(of(&[day(1, 0, 5), day(1, 1, 5)]), []);
        assert_eq!(of(&(1..=6).map(|job| day(job, 0, job)).collect::<Vec<_>>()).len(), 6);
    }

    #[test]
    fn stacked_parts_are_the_whole() {
        let days: Vec<ServerDay> = (1..=9).flat_map(|job| [day(job, 0, job * 7), day(job, 1, job)]).collect();
        let sum = |index: usize| of(&days).iter().filter_map(|series| series.values[index]).sum::<i64>();
        assert_eq!((sum(0), sum(1)), (45 * 7, 45));
    }
}
