//! What happened in a period, and what needs attention: the content of digests and of the page for printing.

use serde::{Deserialize, Serialize};

use super::Moment;
use crate::{ids::JobId, time::Day, topic::Topic, verdict::Verdict};

/// What the page was asked for; every part is in the URL.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReportQuery {
    /// First day, by the reader's calendar; without it, the first one of the last month.
    #[serde(default)]
    pub from: Option<Day>,
    /// Last day; without it, the last one of the month of `from`.
    #[serde(default)]
    pub to: Option<Day>,
    /// Name of a group; empty: everything.
    #[serde(default)]
    pub group: String,
}

/// What happened in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When it was made.
    pub now: Moment,
    /// Begin of the period.
    pub from: Moment,
    /// Its end: exclusive.
    pub until: Moment,
    /// The zone of all times.
    pub zone: String,
    /// The group that it is about.
    pub group: Option<String>,
    /// Groups to choose from; only for the page.
    pub groups: Vec<String>,
    /// Jobs by verdict now, worst first.
    pub verdicts: Vec<(Verdict, i64)>,
    /// Jobs and servers without any report.
    pub never_reported: i64,
    /// Whether all verdicts were judged at this time.
    pub is_current: bool,
    /// What needs attention now, worst first: at most a hundred.
    pub open: Vec<ReportedIncident>,
    /// How many there are.
    pub open_count: i64,
    /// Incidents that were closed since the begin of the period, the last one first: at most a hundred.
    pub closed: Vec<ReportedIncident>,
    /// How many there are.
    pub closed_count: i64,
    /// The jobs; empty when there are too many.
    pub jobs: Vec<ReportJob>,
    /// Whether there are too many jobs to look at each of them.
    pub is_too_wide: bool,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedIncident {
    /// The server's name.
    pub server: String,
    /// The job's name.
    pub job: String,
    /// Its job, unless that was deleted.
    pub id: Option<JobId>,
    /// What it is about, or was at its worst.
    pub topic: Topic,
    /// Since when.
    pub since: Moment,
    /// Until when.
    pub until: Option<Moment>,
    /// Whether it ended because the job was good again.
    pub has_recovered: bool,
    /// Why: a sentence.
    pub why: Option<String>,
    /// Who acknowledged it.
    pub acknowledged: Option<String>,
}

/// One job in the period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportJob {
    /// Row id.
    pub id: i64,
    /// The server's name.
    pub server: String,
    /// The job's name.
    pub name: String,
    /// The verdict now; `None` without one.
    pub verdict: Option<Verdict>,
    /// Good runs without warnings.
    pub good: i64,
    /// Good runs with warnings.
    pub warned: i64,
    /// Failed runs.
    pub failed: i64,
    /// Stopped, skipped and partial runs.
    pub incomplete: i64,
    /// Slots that a run kept.
    pub kept: i64,
    /// Slots whose runs all failed.
    pub lost: i64,
    /// Slots without a run.
    pub missed: i64,
    /// Bytes of source data: at the begin of the period, and at its end.
    pub source: Change,
    /// Bytes at the destination.
    pub stored: Change,
    /// Bytes uploaded in the period.
    pub uploaded: i64,
    /// Bytes free at the destination, and all of them.
    pub quota: Option<(i64, i64)>,
    /// The last good run.
    pub last_success: Option<Moment>,
}

/// A size at two times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// At the first; `None`: nothing was known.
    pub before: Option<i64>,
    /// At the last.
    pub now: Option<i64>,
}

impl Change {
    /// By how much it grew, if both are known.
    pub fn growth(self) -> Option<i64> {
        Some(self.now?.saturating_sub(self.before?))
    }

    /// Both together. What was not known before is no growth: it begins with what it is now.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let add = |one: Option<i64>, other: Option<i64>| match (one, other) {
            (Some(one), Some(other)) => Some(one.saturating_add(other)),
            (one, other) => one.or(other),
        };
        let known = |change: Self| change.before.or(change.now);
        Self { before: add(known(self), known(other)), now: add(self.now, other.now) }
    }
}

impl Report {
    /// Jobs with a verdict.
    pub fn of(&self, verdict: Verdict) -> i64 {
        self.verdicts.iter().find(|(known, _)| *known == verdict).map_or(0, |(_, count)| *count)
    }

    /// All jobs.
    pub fn job_count(&self) -> i64 {
        self.verdicts.iter().map(|(_, count)| *count).sum()
    }

    /// Returns how many jobs need attention now. A user may have closed the incident of some of them.
    pub fn attention(&self) -> i64 {
        let verdicts = self.verdicts.iter().filter(|(verdict, _)| verdict.needs_attention());
        verdicts.map(|(_, count)| *count).sum::<i64>().max(self.open_count)
    }

    /// Whether everything is known to be well at this time: something is OK, and the rest is paused.
    pub fn is_all_well(&self) -> bool {
        let ok = self.of(Verdict::Ok);
        self.is_current
            && self.open_count == 0
            && self.never_reported == 0
            && ok > 0
            && ok + self.of(Verdict::Paused) == self.job_count()
    }

    /// The sums over all jobs, with empty names.
    pub fn totals(&self) -> ReportJob {
        self.jobs.iter().fold(ReportJob::default(), |sum, job| ReportJob {
            good: sum.good.saturating_add(job.good),
            warned: sum.warned.saturating_add(job.warned),
            failed: sum.failed.saturating_add(job.failed),
            incomplete: sum.incomplete.saturating_add(job.incomplete),
            kept: sum.kept.saturating_add(job.kept),
            lost: sum.lost.saturating_add(job.lost),
            missed: sum.missed.saturating_add(job.missed),
            source: sum.source.plus(job.source),
            stored: sum.stored.plus(job.stored),
            uploaded: sum.uploaded.saturating_add(job.uploaded),
            ..sum
        })
    }

    /// The job whose destination has the smallest part free.
    pub fn fullest(&self) -> Option<(&ReportJob, i64, i64)> {
        let known = self.jobs.iter().filter_map(|job| {
            let (free, total) = job.quota?;
            (total > 0 && free >= 0).then_some((job, free, total))
        });
        let permille = |(free, total): (i64, i64)| i128::from(free) * 1000 / i128::from(total.max(1));
        known.min_by_key(|(_, free, total)| permille((*free, *total)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn report(verdicts: &[(Verdict, i64)]) -> Report {
        let now = Moment { at: Timestamp::from_unix(0), offset: 0 };
        Report {
            now,
            from: now,
            until: now,
            zone: "UTC".into(),
            group: None,
            groups: Vec::new(),
            verdicts: verdicts.to_vec(),
            never_reported: 0,
            is_current: true,
            open: Vec::new(),
            open_count: 0,
            closed: Vec::new(),
            closed_count: 0,
            jobs: Vec::new(),
            is_too_wide: false,
        }
    }

    #[test]
    fn all_is_well_only_when_that_is_known_now() {
        let well = report(&[(Verdict::Ok, 2), (Verdict::Paused, 1)]);
        assert!(well.is_all_well());
        assert!(!Report { is_current: false, ..well.clone() }.is_all_well());
        assert!(!Report { open_count: 1, ..well.clone() }.is_all_well());
        assert!(!Report { never_reported: 1, ..well }.is_all_well());
        for verdicts in [
            vec![],
            vec![(Verdict::Paused, 2)],
            vec![(Verdict::Ok, 2), (Verdict::New, 1)],
            vec![(Verdict::Ok, 2), (Verdict::Stale, 1)],
        ] {
            assert!(!report(&verdicts).is_all_well(), "{verdicts:?}");
        }
    }

    #[test]
    fn a_job_that_is_new_is_no_growth() {
        let known = Change { before: Some(10), now: Some(12) };
        let new = Change { before: None, now: Some(100) };
        assert_eq!(known.plus(new), Change { before: Some(110), now: Some(112) });
        assert_eq!(known.plus(new).growth(), Some(2));
        assert_eq!(new.growth(), None);
        assert_eq!(known.plus(Change::default()), known);
    }

    #[test]
    fn the_fullest_destination_is_found_among_absurd_figures() {
        let job = |id, quota| ReportJob { id, quota, ..ReportJob::default() };
        let jobs = vec![
            job(1, Some((50, 100))),
            job(2, Some((i64::MAX, i64::MAX))),
            job(3, Some((7, 100))),
            job(4, Some((-1, 100))),
            job(5, Some((0, 0))),
            job(6, None),
        ];
        let report = Report { jobs, ..report(&[]) };
        assert_eq!(report.fullest().map(|(job, free, _)| (job.id, free)), Some((3, 7)));
    }
}
