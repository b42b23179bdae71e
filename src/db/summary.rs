//! What lists show of a job: summed up from its latest runs, or carried on from run to run.

use diesel::prelude::*;

use super::{
    jobs::time,
    lossy::{Lossy, MaybeLossy},
    outcomes::Outcome,
    schema::jobs,
};
use crate::{
    status::Status,
    time::Timestamp,
    verdict::{Evidence, Rhythm},
};

/// Runs that the strip and the rhythm look at.
pub const RECENT: i64 = 31;

/// What lists show of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = jobs, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct Summary {
    pub run_count: i64,
    pub uploaded_total: i64,
    pub last_run_id: Option<i64>,
    #[diesel(deserialize_as = MaybeLossy)]
    pub last_status: Option<String>,
    #[diesel(deserialize_as = MaybeLossy)]
    pub last_start: Option<String>,
    #[diesel(deserialize_as = MaybeLossy)]
    pub last_report_at: Option<String>,
    pub last_duration: Option<i64>,
    pub last_uploaded: Option<i64>,
    pub last_warnings: Option<i64>,
    pub last_incomplete: bool,
    pub failures: i64,
    #[diesel(deserialize_as = MaybeLossy)]
    pub failing_since: Option<String>,
    #[diesel(deserialize_as = MaybeLossy)]
    pub last_success_at: Option<String>,
    pub files_count: Option<i64>,
    pub files_size: Option<i64>,
    pub storage_size: Option<i64>,
    pub versions: Option<i64>,
    pub quota_total: Option<i64>,
    pub quota_free: Option<i64>,
    pub interval: Option<i64>,
    #[diesel(deserialize_as = MaybeLossy)]
    pub next_expected: Option<String>,
    #[diesel(deserialize_as = MaybeLossy)]
    pub due_at: Option<String>,
    #[diesel(deserialize_as = Lossy)]
    pub recent: String,
    #[diesel(deserialize_as = MaybeLossy)]
    pub last_headline: Option<String>,
}

impl Summary {
    /// What the verdict is judged by.
    pub fn evidence(&self) -> Evidence {
        Evidence {
            last_status: self.last_status.as_deref().map(|word| word.parse().unwrap_or(Status::Unknown)),
            incomplete: self.last_incomplete,
            last_report: time(self.last_report_at.as_deref()),
            due: time(self.due_at.as_deref()),
        }
    }

    /// The recent runs, oldest first.
    pub fn recent_runs(&self) -> Vec<(Timestamp, Status)> {
        self.recent
            .split_ascii_whitespace()
            .filter_map(|cell| {
                let letter = cell.chars().last()?;
                let seconds = cell.strip_suffix(letter)?.parse().ok()?;
                Some((Timestamp::from_unix(seconds), Status::from_letter(letter)))
            })
            .collect()
    }

    /// What the recent runs say of the job's rhythm. `interval` may be a guess: what lies between the last run and the one that
    /// Duplicati plans.
    pub fn rhythm(&self) -> Option<Rhythm> {
        let starts: Vec<Timestamp> = self.recent_runs().into_iter().map(|(start, _)| start).collect();
        Rhythm::learn(&starts)
    }

    /// The same when Duplicati said when the next run will be; that counts when it lies after the run that began last.
    pub(super) fn scheduled_for(mut self, scheduled: Option<Timestamp>) -> Self {
        let last_start = time(self.last_start.as_deref());
        if let Some(scheduled) = scheduled.filter(|at| last_start.is_some_and(|start| *at > start)) {
            let interval =
                self.interval.unwrap_or_else(|| last_start.map_or(0, |start| scheduled.since(start)));
            let tolerance = Rhythm { interval, allowed_gap: interval }.tolerance();
            self.interval = Some(interval);
            self.next_expected = Some(scheduled.to_string());
            self.due_at = Some(scheduled.plus(tolerance).to_string());
        }
        self
    }

    /// Sums up a job from its latest runs (newest first) and its totals.
    pub(super) fn of(latest: &[Outcome], older_good: Option<&Outcome>, totals: (i64, i64)) -> Self {
        let Some(last) = latest.first() else {
            return Self { run_count: totals.0, uploaded_total: totals.1, ..Self::default() };
        };
        let good: Vec<&Outcome> =
            latest.iter().filter(|run| run.counts_as_good()).chain(older_good).collect();
        // A field that the newest good run does not know is taken from the one before.
        let newest = |field: fn(&Outcome) -> Option<i64>| good.iter().find_map(|run| field(run));
        let failing: Vec<&Outcome> = latest.iter().take_while(|run| run.status().is_failed()).collect();
        let recent = latest.iter().rev().map(|run| (run.start(), run.status())).collect();
        Self {
            run_count: totals.0,
            uploaded_total: totals.1,
            last_report_at: latest.iter().map(|run| run.created_at.clone()).max(),
            failures: i64::try_from(failing.len()).unwrap_or(i64::MAX),
            failing_since: failing.last().map(|run| run.start().to_string()),
            last_success_at: good.first().map(|run| run.start().to_string()),
            files_count: newest(|run| run.counted.files_count),
            files_size: newest(|run| run.counted.files_size),
            storage_size: newest(|run| run.counted.storage_size),
            versions: newest(|run| run.counted.versions),
            quota_total: newest(|run| run.quota_total),
            quota_free: newest(|run| run.quota_free),
            ..Self::of_last(last, recent)
        }
    }

    /// Runs and bytes uploaded once `run` was added to the job.
    pub(super) fn totals_with(&self, run: &Outcome) -> (i64, i64) {
        (self.run_count + 1, self.uploaded_total.saturating_add(run.counted.uploaded_size.unwrap_or(0)))
    }

    /// The summary once `run` was added to the job, if that can be told without reading the job's history: the run
    /// is no rehearsal and began after all others, and the figures that this summary shows still come from the runs that are looked at.
    pub(super) fn followed_by(&self, run: &Outcome, headline: Option<&str>) -> Option<Self> {
        let mut runs = self.recent_runs();
        let is_complete = usize::try_from(self.run_count.min(RECENT)).is_ok_and(|count| runs.len() == count);
        let is_newest = self.last_start.as_deref().is_none_or(|last| time(Some(last)) < Some(run.start()));
        let came_last = self.last_report_at.as_deref().is_none_or(|last| last <= run.created_at.as_str());
        if run.counted.dry_run || !(is_complete && is_newest && came_last) {
            return None;
        }
        let leaves_a_good_one = runs.len() == usize::try_from(RECENT).ok()? && runs.first()?.1.is_kept();
        let is_good = run.counts_as_good();
        if !is_good && leaves_a_good_one {
            return None;
        }
        // What a good run does not know comes from the one before, which may have been the one that leaves.
        let newest = |known: Option<i64>, told: Option<i64>| match (is_good, told) {
            (true, Some(told)) => Some(Some(told)),
            (true, None) if known.is_some() => None,
            _ => Some(known),
        };
        runs.push((run.start(), run.status()));
        let failed = run.status().is_failed();
        let (run_count, uploaded_total) = self.totals_with(run);
        Some(Self {
            run_count,
            uploaded_total,
            failures: if failed { self.failures + 1 } else { 0 },
            failing_since: failed
                .then(|| self.failing_since.clone().unwrap_or_else(|| run.start().to_string())),
            last_success_at: if is_good {
                Some(run.start().to_string())
            } else {
                self.last_success_at.clone()
            },
            files_count: newest(self.files_count, run.counted.files_count)?,
            files_size: newest(self.files_size, run.counted.files_size)?,
            storage_size: newest(self.storage_size, run.counted.storage_size)?,
            versions: newest(self.versions, run.counted.versions)?,
            quota_total: newest(self.quota_total, run.quota_total)?,
            quota_free: newest(self.quota_free, run.quota_free)?,
            last_headline: headline.map(Into::into),
            ..Self::of_last(run, runs.split_off(runs.len().saturating_sub(usize::try_from(RECENT).ok()?)))
        })
    }

    /// What the run that began last says, and the rhythm of the `recent` ones (oldest first).
    fn of_last(last: &Outcome, recent: Vec<(Timestamp, Status)>) -> Self {
        let starts: Vec<Timestamp> = recent.iter().map(|(start, _)| *start).collect();
        let rhythm = Rhythm::learn(&starts);
        let next_expected = rhythm.map(|rhythm| last.start().plus(rhythm.allowed_gap));
        let cells: Vec<String> =
            recent.iter().map(|(start, status)| format!("{}{}", start.unix(), status.letter())).collect();
        Self {
            last_run_id: Some(last.id),
            last_status: Some(last.status().as_str().into()),
            last_start: Some(last.start().to_string()),
            last_report_at: Some(last.created_at.clone()),
            last_duration: last.counted.duration,
            last_uploaded: last.counted.uploaded_size,
            last_warnings: last.warnings_count,
            last_incomplete: last.interrupted || last.partial,
            interval: rhythm.map(|rhythm| rhythm.interval),
            next_expected: next_expected.map(|at| at.to_string()),
            due_at: next_expected.zip(rhythm).map(|(at, rhythm)| at.plus(rhythm.tolerance()).to_string()),
            recent: cells.join(" "),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_duplicati_plans_is_no_rhythm() {
        let recent =
            |days: &[i64]| days.iter().map(|day| format!("{}s", day * 86_400)).collect::<Vec<_>>().join(" ");
        let summary = Summary {
            last_start: Some(Timestamp::from_unix(0).to_string()),
            recent: recent(&[0]),
            ..Summary::default()
        };
        let planned = summary.scheduled_for(Some(Timestamp::from_unix(1342 * 86_400)));
        assert_eq!((planned.interval, planned.rhythm()), (Some(1342 * 86_400), None));
        let daily = Summary { recent: recent(&[0, 1, 2, 3, 4]), ..planned };
        assert_eq!(daily.rhythm().map(|rhythm| rhythm.interval), Some(86_400));
    }
}
