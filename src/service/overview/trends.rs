//! Charts and calendar of a server's page, from the per-day totals.

use super::{levels::levels, stacks};
use crate::{
    chart::Buckets,
    db::tables::{days::ServerDay, totals::Totals},
    dto::server::{CalendarDay, Trends},
    status::Status,
    time::Day,
};

/// The calendar is left to the caller. `known` is what the jobs had before.
pub(super) fn trends(
    first: Day,
    today: Day,
    days: &[ServerDay],
    known: &[(i64, Totals)],
    name_of: impl Fn(i64) -> String,
) -> Trends {
    let buckets = Buckets::covering(first, today);
    let level = |field: fn(&Totals) -> Option<i64>| {
        let rows = days.iter().map(|row| (row.day, row.job_id, field(&row.totals)));
        levels(buckets, rows, known.iter().map(|(job, totals)| (*job, field(totals))))
    };
    let mut uploaded = buckets.empty();
    let mut seconds: Vec<(i64, i64)> = vec![(0, 0); uploaded.len()];
    for row in days {
        let Some(index) = buckets.index(row.day) else { continue };
        if let Some(cell) = uploaded.get_mut(index) {
            *cell = Some(cell.unwrap_or(0).saturating_add(row.totals.uploaded_size));
        }
        if let Some(cell) = seconds.get_mut(index) {
            *cell = (cell.0.saturating_add(row.totals.duration_sum), cell.1 + row.totals.duration_runs);
        }
    }
    Trends {
        buckets: buckets.starts(),
        bucket_days: buckets.days,
        source_size: level(|row| row.files_size),
        storage_size: level(|row| row.storage_size),
        uploaded_size: uploaded,
        uploaded_by_job: stacks::uploads(buckets, days, name_of),
        duration: seconds.into_iter().map(|(sum, runs)| (runs > 0).then(|| sum / runs.max(1))).collect(),
        files: level(|row| row.files_count),
        versions: level(|row| row.versions),
        calendar: Vec::new(),
        first_run: None,
    }
}

/// One cell for each day from `first` to `today`: the worst result, sums, and the runs that were missed.
pub(super) fn calendar(
    first: Day,
    today: Day,
    days: &[ServerDay],
    missed: impl Iterator<Item = Day>,
) -> Vec<CalendarDay> {
    let length = usize::try_from(today.number() - first.number() + 1).unwrap_or(0);
    let mut cells: Vec<CalendarDay> =
        (0..).map(|i| CalendarDay { day: first.plus(i), ..CalendarDay::default() }).take(length).collect();
    let index_of = |day: Day| usize::try_from(day.number() - first.number()).ok();
    for row in days {
        let Some(cell) = index_of(row.day).and_then(|i| cells.get_mut(i)) else { continue };
        let worst = match &row.totals {
            Totals { failures: 1.., .. } => Status::Error,
            Totals { warnings: 1.., .. } | Totals { incomplete: 1.., .. } => Status::Warning,
            Totals { successes: 1.., .. } => Status::Success,
            // A day of rehearsals is a day without a backup.
            _ => continue,
        };
        cell.worst = Some(cell.worst.map_or(worst, |known| known.max(worst)));
        cell.runs += row.totals.backups();
        cell.failed += row.totals.failures;
        cell.warned += row.totals.warnings.saturating_add(row.totals.incomplete);
        cell.seconds = cell.seconds.saturating_add(row.totals.duration_sum);
        cell.uploaded_size = cell.uploaded_size.saturating_add(row.totals.uploaded_size);
    }
    for day in missed {
        if let Some(cell) = index_of(day).and_then(|i| cells.get_mut(i)) {
            cell.missed += 1;
        }
    }
    cells
}
