//! What we conclude about a job from its status, its age and its habits. Green must be earned: a job that is new,
//! stale or unknown is not green.

use serde::{Deserialize, Serialize};

use crate::{outcome::RunOutcome, status::Status, time::Timestamp};

/// The conclusion about one job, worst first (the order of [`Ord`] is the order in which people want to see them).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The last run failed.
    Failed,
    /// An expected run did not come by its time plus tolerance.
    Late,
    /// The last run has warnings, was stopped or skipped, contradicts itself, or its result is unknown.
    Check,
    /// No rhythm is known and nothing came for a long time.
    Stale,
    /// Too few runs to know what is normal.
    New,
    /// The last run succeeded, and the next one is not due yet.
    Ok,
}

impl Verdict {
    /// Every verdict, worst first.
    pub const ALL: [Self; 6] = [Self::Failed, Self::Late, Self::Check, Self::Stale, Self::New, Self::Ok];

    /// The lower-case word, as in URLs and `data-status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Late => "late",
            Self::Check => "check",
            Self::Stale => "stale",
            Self::New => "new",
            Self::Ok => "ok",
        }
    }

    /// Whether a person should look: everything worse than new.
    pub fn needs_attention(self) -> bool {
        matches!(self, Self::Failed | Self::Late | Self::Check | Self::Stale)
    }
}

/// What is known about a job when it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// Status of the run that began last, if any.
    pub last_status: Option<Status>,
    /// What became of that run.
    pub outcome: Option<RunOutcome>,
    /// Whether the last run that was neither stopped nor skipped failed.
    pub is_failing: bool,
    /// Whether something contradicts that run ([`crate::checks`]).
    pub is_contradicted: bool,
    /// When the last report of a backup arrived, by the receiver's clock.
    pub last_report: Option<Timestamp>,
    /// Expected next run plus tolerance, when a rhythm or a schedule is known.
    pub due: Option<Timestamp>,
}

/// Without a known rhythm, silence for this long is suspicious: seconds.
const STALE_AFTER: i64 = 14 * 86_400;

/// Judges a job at `now`.
pub fn judge(evidence: Evidence, now: Timestamp) -> Verdict {
    let Evidence { last_status, outcome, is_failing, is_contradicted, last_report, due } = evidence;
    let needs_look = is_contradicted || outcome.is_some_and(RunOutcome::is_incomplete);
    match (last_status, last_report) {
        (None, _) | (_, None) => Verdict::New,
        _ if is_failing => Verdict::Failed,
        (Some(status), Some(at)) => match due {
            Some(due) if now > due => Verdict::Late,
            None if now.since(at) > STALE_AFTER => Verdict::Stale,
            _ if needs_look || matches!(status, Status::Warning | Status::Unknown) => Verdict::Check,
            None => Verdict::New,
            Some(_) => Verdict::Ok,
        },
    }
}

/// When the verdict changes although nothing arrives; `None` when it stays until the next report.
pub fn changes_at(evidence: Evidence, now: Timestamp) -> Option<Timestamp> {
    let last_moment = match (evidence.due, evidence.last_report) {
        (Some(due), _) => due,
        (None, Some(at)) => at.plus(STALE_AFTER),
        (None, None) => return None,
    };
    let after = last_moment.plus(1);
    (after > now && judge(evidence, after) != judge(evidence, now)).then_some(after)
}

/// What the recent start times of a job say about its rhythm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rhythm {
    /// The usual distance between two runs: seconds.
    pub interval: i64,
    /// The largest distance that is still normal for this job (weekends, for example): seconds.
    pub allowed_gap: i64,
}

/// Fewer runs than this say nothing about a rhythm.
pub const RUNS_TO_LEARN: usize = 4;

impl Rhythm {
    /// Learns from start times in ascending order. Retries within a quarter of an hour are one run.
    pub fn learn(starts: &[Timestamp]) -> Option<Self> {
        let mut gaps: Vec<i64> = starts
            .iter()
            .zip(starts.iter().skip(1))
            .map(|(earlier, later)| later.since(*earlier))
            .filter(|gap| *gap > 900)
            .collect();
        if gaps.len() + 1 < RUNS_TO_LEARN {
            return None;
        }
        gaps.sort_unstable();
        let interval = *gaps.get(gaps.len() / 2)?;
        // A gap that came at least twice is a habit; once is an accident.
        let second_largest = gaps.iter().rev().nth(1).copied().unwrap_or(interval);
        Some(Self { interval, allowed_gap: second_largest.clamp(interval, interval.saturating_mul(4)) })
    }

    /// How long after the expected time a run may come before it is late: seconds.
    pub fn tolerance(self) -> i64 {
        (self.interval / 4).clamp(3600, 12 * 3600)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::RecentRun;

    const DAY: i64 = 86_400;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    fn evidence(status: Status, due: Option<i64>) -> Evidence {
        Evidence {
            last_status: Some(status),
            outcome: Some(RecentRun::from_letter(status.letter()).outcome),
            is_failing: status.is_failed(),
            is_contradicted: false,
            last_report: Some(at(0)),
            due: due.map(at),
        }
    }

    #[test]
    fn green_needs_a_success_and_a_rhythm() {
        assert_eq!(judge(evidence(Status::Success, Some(100)), at(50)), Verdict::Ok);
        assert_eq!(judge(evidence(Status::Success, None), at(50)), Verdict::New);
        assert_eq!(judge(evidence(Status::Success, None), at(15 * DAY)), Verdict::Stale);
        assert_eq!(judge(evidence(Status::Success, Some(100)), at(101)), Verdict::Late);
        assert_eq!(judge(evidence(Status::Unknown, Some(100)), at(50)), Verdict::Check);
        assert_eq!(judge(evidence(Status::Fatal, Some(100)), at(101)), Verdict::Failed);
        let good = evidence(Status::Success, Some(100));
        assert_eq!(judge(Evidence { is_contradicted: true, ..good }, at(1)), Verdict::Check);
        for outcome in [RunOutcome::Partial, RunOutcome::Stopped, RunOutcome::Skipped] {
            let stopped = Evidence { outcome: Some(outcome), ..good };
            assert_eq!(judge(stopped, at(1)), Verdict::Check, "{outcome}");
            assert_eq!(judge(stopped, at(101)), Verdict::Late, "{outcome}: the good run is missing");
            assert_eq!(
                judge(Evidence { is_failing: true, ..stopped }, at(1)),
                Verdict::Failed,
                "it cures nothing"
            );
        }
        let by_hand = Evidence {
            is_failing: false,
            outcome: Some(RunOutcome::Stopped),
            ..evidence(Status::Fatal, Some(100))
        };
        assert_eq!(judge(by_hand, at(1)), Verdict::Check, "a stop is no failure");
    }

    #[test]
    fn a_person_looks_at_what_is_worse_than_new() {
        let looked_at: Vec<_> =
            Verdict::ALL.into_iter().filter(|verdict| verdict.needs_attention()).collect();
        assert_eq!(looked_at, [Verdict::Failed, Verdict::Late, Verdict::Check, Verdict::Stale]);
        assert!(Verdict::ALL.is_sorted(), "worst first");
    }

    /// It is written by hand in one place and by `serde` in another.
    #[test]
    fn the_word_of_a_verdict_is_the_one_of_its_json() {
        for verdict in Verdict::ALL {
            assert_eq!(serde_json::to_value(verdict).ok(), Some(verdict.as_str().into()));
        }
    }

    #[test]
    fn two_weeks_of_silence_are_stale_from_the_second_after() {
        let silent = evidence(Status::Success, None);
        assert_eq!(judge(silent, at(14 * DAY)), Verdict::New);
        assert_eq!(judge(silent, at(14 * DAY + 1)), Verdict::Stale);
    }

    #[test]
    fn the_moment_of_change_is_the_first_second_of_the_next_verdict() {
        let silent = |due| evidence(Status::Success, due);
        assert_eq!(changes_at(silent(Some(100)), at(50)), Some(at(101)));
        assert_eq!(judge(silent(Some(100)), at(100)), Verdict::Ok);
        assert_eq!(judge(silent(Some(100)), at(101)), Verdict::Late);
        assert_eq!(changes_at(silent(Some(100)), at(101)), None, "it is late already");
        assert_eq!(changes_at(silent(None), at(50)), Some(at(14 * DAY + 1)));
        assert_eq!(changes_at(evidence(Status::Error, Some(100)), at(50)), None, "failed stays failed");
        let unknown = Evidence { last_status: None, last_report: None, ..silent(None) };
        assert_eq!(changes_at(unknown, at(50)), None);
    }

    #[test]
    fn weekends_become_a_habit_but_one_outage_does_not() {
        let starts = |days: &[i64]| days.iter().map(|d| at(d * DAY)).collect::<Vec<_>>();
        let weekdays = Rhythm::learn(&starts(&[0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14, 15]));
        assert_eq!(weekdays, Some(Rhythm { interval: DAY, allowed_gap: 3 * DAY }));
        let outage = Rhythm::learn(&starts(&[0, 1, 2, 3, 10, 11, 12, 13]));
        assert_eq!(outage, Some(Rhythm { interval: DAY, allowed_gap: DAY }));
        assert_eq!(Rhythm::learn(&starts(&[0, 1, 2])), None);
        assert!(Rhythm::learn(&starts(&[0, 1, 2, 3])).is_some(), "four runs are enough");
        let growing = Rhythm::learn(&starts(&[0, 1, 3, 6, 10]));
        assert_eq!(growing, Some(Rhythm { interval: 3 * DAY, allowed_gap: 3 * DAY }), "the middle one");
    }

    #[test]
    fn what_is_tried_again_within_a_quarter_of_an_hour_is_one_run() {
        let again = |after| Rhythm::learn(&[at(0), at(DAY), at(DAY + after), at(2 * DAY)]);
        assert_eq!(again(900), None);
        assert!(again(901).is_some());
    }
}
