//! The totals of the dashboard, over all jobs and over sixty days.

use super::SiteFigures;
use crate::{
    chart::Series,
    db::{
        Connection, StoreError,
        tables::{
            days::SiteDayRow,
            lists::{self, ListScope, ScopeTotals},
        },
    },
    dto::dashboard::{Narrowed, SiteDay, Totals},
    service::overview::choice::Choice,
    verdict::Verdict,
};

/// Jobs by verdict, worst first.
pub(super) fn by_verdict(sums: &ScopeTotals) -> Vec<(Verdict, i64)> {
    Verdict::ALL.into_iter().map(|verdict| (verdict, sums.of(verdict))).collect()
}

/// What the chosen group and tag sum up to.
pub(super) fn narrowed(conn: &mut Connection, choice: &Choice) -> Result<Option<Narrowed>, StoreError> {
    let sums = match (choice.group, choice.tag) {
        (None, None) => return Ok(None),
        (Some(group), None) => lists::totals(conn, ListScope::Group(group))?,
        (None, Some(tag)) => lists::totals(conn, ListScope::Tag(tag))?,
        (Some(group), Some(tag)) => lists::between(conn, group, tag)?,
    };
    let servers = lists::count(conn, choice.group, choice.tag)?;
    Ok(Some(Narrowed {
        servers,
        verdicts: by_verdict(&sums),
        never_reported: sums.unreported + lists::without_jobs(conn, choice.group, choice.tag)?,
        source_size: sums.source,
        storage_size: sums.stored,
        versions: sums.versions,
    }))
}

impl SiteFigures {
    /// Sums over all jobs, and the last sixty days.
    pub(super) fn totals(&self) -> Totals {
        let day_of = |number: i64| {
            let day = self.today.plus(number - 59).to_string();
            self.days.iter().find(|row| row.day == day)
        };
        let (previous, last): (Vec<_>, Vec<_>) = (0..60).map(day_of).partition_at(30);
        let of = |days: &[Option<&SiteDayRow>], field: fn(&SiteDayRow) -> i64| {
            days.iter().flatten().map(|row| field(row)).fold(0_i64, i64::saturating_add)
        };
        let ScopeTotals { runs, versions, uploaded, source: source_size, stored: storage_size, .. } =
            self.sums;
        Totals {
            runs,
            source_size,
            storage_size,
            uploaded_size: uploaded,
            versions,
            days: self.site_days(&last, source_size, storage_size),
            runs_30_days: of(&last, SiteDayRow::backups),
            kept_30_days: of(&last, |row| row.successes + row.warnings),
            uploaded_30_days: of(&last, |row| row.uploaded_size),
            uploaded_previous_30_days: of(&previous, |row| row.uploaded_size),
        }
    }

    /// The last 30 days. Today's sizes are those of now: the others were read up to a minute ago.
    fn site_days(&self, days: &[Option<&SiteDayRow>], source_now: i64, stored_now: i64) -> Vec<SiteDay> {
        let level = |series: &Series, index: usize, now: i64| {
            let known = series.get(index).copied().flatten();
            if index + 1 == days.len() { known.map(|_| now) } else { known }
        };
        let day = |(index, row): (usize, &Option<&SiteDayRow>)| SiteDay {
            runs: row.map_or(0, |row| row.runs),
            uploaded_size: row.map_or(0, |row| row.uploaded_size),
            source_size: level(&self.levels.source, index, source_now),
            storage_size: level(&self.levels.stored, index, stored_now),
        };
        days.iter().enumerate().map(day).collect()
    }
}

trait PartitionAt<T> {
    fn partition_at(self, index: usize) -> (Vec<T>, Vec<T>);
}

impl<T, I: Iterator<Item = T>> PartitionAt<T> for I {
    fn partition_at(self, index: usize) -> (Vec<T>, Vec<T>) {
        let mut first: Vec<T> = self.collect();
        let second = first.split_off(index.min(first.len()));
        (first, second)
    }
}
