//! The state of a job: its verdict, why, and when time alone may change it.

use serde::{Deserialize, Serialize};

use super::{
    checks::{CheckKind, Finding, Open},
    facts::Facts,
    lateness::{Overdue, Standing, Timing, stuck},
    schedule::{early, local::DAY},
    settings::{Settings, Span},
};
use crate::{time::Timestamp, verdict::RUNS_TO_LEARN};

/// Silence of a job without a schedule: seconds.
const STALE: i64 = 14 * DAY;
/// The same after a single run: it may come once a month.
const STALE_AFTER_ONE: i64 = 35 * DAY;

/// What an incident is about; the order is that of severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Problem {
    /// A run that says it went well, or went on, is not as it should be.
    Check,
    /// Without a schedule, nothing came for long.
    Stale,
    /// A good run is overdue.
    Late,
    /// The last run failed.
    Failed,
    /// A run began and did not finish.
    Stuck,
}

impl Problem {
    /// The lower-case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Stale => "stale",
            Self::Late => "late",
            Self::Failed => "failed",
            Self::Stuck => "stuck",
        }
    }
}

impl std::str::FromStr for Problem {
    type Err = NoProblem;

    fn from_str(word: &str) -> Result<Self, NoProblem> {
        let all = [Self::Check, Self::Stale, Self::Late, Self::Failed, Self::Stuck];
        all.into_iter().find(|problem| problem.as_str() == word).ok_or(NoProblem)
    }
}

/// A word that is no problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a problem of a job")]
pub struct NoProblem;

impl From<Verdict> for crate::verdict::Verdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Ok => Self::Ok,
            Verdict::New => Self::New,
            Verdict::Paused => Self::Paused,
            Verdict::Wrong(Problem::Check) => Self::Check,
            Verdict::Wrong(Problem::Stale) => Self::Stale,
            Verdict::Wrong(Problem::Late) => Self::Late,
            Verdict::Wrong(Problem::Failed) => Self::Failed,
            Verdict::Wrong(Problem::Stuck) => Self::Stuck,
        }
    }
}

/// What is concluded about a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing is wrong, and its next run is not due.
    Ok,
    /// Too little is known to say that.
    New,
    /// Paused or archived: nothing is expected of it.
    Paused,
    /// Something is wrong.
    #[serde(untagged)]
    Wrong(Problem),
}

/// Why a job is as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A check found something.
    Found(Finding),
    /// Nothing came since.
    Silent {
        /// The last report.
        last: Timestamp,
    },
    /// A good run is overdue.
    Overdue {
        /// The slot that was missed, if the job has a schedule.
        slot: Option<Timestamp>,
        /// Why.
        overdue: Overdue,
    },
    /// Runs fail.
    Failing {
        /// The last one that failed began then.
        begin: Timestamp,
    },
}

/// One thing that is wrong, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrong {
    /// What it is.
    pub problem: Problem,
    /// Since when: the moment it was due, or its report arrived.
    pub since: Timestamp,
    /// Why.
    pub reason: Reason,
}

/// The state of a job at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What is concluded.
    pub verdict: Verdict,
    /// Everything that is wrong, worst first.
    pub wrong: Vec<Wrong>,
    /// The slot whose good run is waited for.
    pub slot: Option<Timestamp>,
    /// When that makes the job late.
    pub due: Option<Timestamp>,
    /// A slot that our own downtime excuses.
    pub excused: Option<Timestamp>,
    /// Since when nothing is heard of a job that failed, though a run was due.
    pub silent_since: Option<Timestamp>,
    /// When time alone may change this; never in the past.
    pub next_change_at: Option<Timestamp>,
}

impl State {
    /// The worst of what is wrong.
    #[must_use]
    pub fn worst(&self) -> Option<&Wrong> {
        self.wrong.first()
    }

    fn of(verdict: Verdict) -> Self {
        Self {
            verdict,
            wrong: Vec::new(),
            slot: None,
            due: None,
            excused: None,
            silent_since: None,
            next_change_at: None,
        }
    }
}

/// Judges a job at `now`. `down` is when this program did not run lately, in ascending order.
///
/// This is cheap: a few slots are computed, and the durations of thirty runs sorted. What it depends on changes by reports, by settings,
/// by a restart, or when the clock reaches [`State::next_change_at`].
#[must_use]
pub fn evaluate(facts: &Facts, settings: &Settings, down: &[Span], now: Timestamp) -> State {
    if let Some(until) = settings.paused(now) {
        return State { next_change_at: until, ..State::of(Verdict::Paused) };
    }
    let mut state = State::of(Verdict::Ok);
    let mut changes: Vec<Timestamp> = settings.pauses_at(now).into_iter().collect();
    let resumed = settings.resumed(now);
    let is_told = |received: Timestamp| resumed.is_none_or(|resumed| received > resumed);

    if let Some((first, last)) = facts.failing().filter(|(_, last)| is_told(last.received)) {
        state.add(
            Problem::Failed,
            first.received.max(resumed.unwrap_or(first.received)),
            Reason::Failing { begin: last.begin },
        );
    }
    if facts.last().is_some_and(is_told) {
        for Open { since, finding } in facts.checks.open(&settings.off, &settings.accepted) {
            state.add(Problem::Check, since, Reason::Found(finding));
        }
    }
    let plan = facts.plan(settings);
    let mut standing = Standing::default();
    if let Some(plan) = &plan {
        let timing = Timing { facts, settings, plan, down };
        standing = timing.standing(now);
        silence(&mut state, &timing, &mut changes, now);
    } else if let Some(last) = facts.last().filter(|_| !settings.is_never_late()) {
        stale(&mut state, facts, last.max(resumed.unwrap_or(last)), &mut changes, now);
    }
    (state.slot, state.due, state.excused) = (standing.slot, standing.due, standing.excused);
    changes.extend(standing.changes_at);
    if let Some((since, overdue)) = standing.overdue {
        state.overdue(since, standing.slot, overdue);
    } else if let Some(live) = facts.live()
        && !standing
            .slot
            .zip(plan.as_ref())
            .is_some_and(|(slot, plan)| live.begin >= slot.plus(-early(plan.interval)))
    {
        // A run by hand, or one without a schedule.
        let own = stuck(facts, settings, plan.as_ref(), now);
        changes.extend(own.changes_at);
        if let Some((since, overdue)) = own.overdue.filter(|(since, _)| is_told(*since)) {
            state.overdue(since, None, overdue);
        }
    }
    state.wrong.retain(|wrong| match &wrong.reason {
        Reason::Found(finding) => !settings.off.contains(&finding.kind()),
        _ => true,
    });
    state.wrong.sort_by_key(|wrong| (std::cmp::Reverse(wrong.problem), wrong.since));
    let is_new = plan.is_none() && !settings.is_never_late() && facts.count() < RUNS_TO_LEARN;
    state.verdict = match state.worst() {
        Some(worst) => Verdict::Wrong(worst.problem),
        None if is_new || facts.last().is_none() => Verdict::New,
        None => Verdict::Ok,
    };
    state.next_change_at = changes.into_iter().filter(|at| *at > now).min();
    state
}

impl State {
    fn add(&mut self, problem: Problem, since: Timestamp, reason: Reason) {
        self.wrong.push(Wrong { problem, since, reason });
    }

    fn overdue(&mut self, since: Timestamp, slot: Option<Timestamp>, overdue: Overdue) {
        match (overdue, slot) {
            (Overdue::Stuck { .. }, _) => self.add(Problem::Stuck, since, Reason::Overdue { slot, overdue }),
            // A run by hand whose report is missing: no slot is.
            (Overdue::NoReport, None) => {
                self.add(Problem::Check, since, Reason::Found(Finding::NoReport { ended: since }));
            }
            _ => self.add(Problem::Late, since, Reason::Overdue { slot, overdue }),
        }
    }
}

/// Whether nothing was heard for another slot of a job that failed.
fn silence(state: &mut State, timing: &Timing<'_>, changes: &mut Vec<Timestamp>, now: Timestamp) {
    let is_failed = state.wrong.iter().any(|wrong| wrong.problem == Problem::Failed);
    let Some(last) = timing.facts.last_run().filter(|_| is_failed) else { return };
    if timing.facts.live().is_some_and(|live| live.ended.is_none()) {
        return;
    }
    let from = last.begin.plus(early(timing.plan.interval));
    if let Some((_, due)) = timing.pending(from, now) {
        if now >= due {
            state.silent_since = Some(due);
        } else {
            changes.push(due);
        }
    }
}

/// Without a schedule, silence becomes suspicious after a long time only.
fn stale(state: &mut State, facts: &Facts, last: Timestamp, changes: &mut Vec<Timestamp>, now: Timestamp) {
    let patience =
        if facts.count() == 1 { STALE_AFTER_ONE } else { STALE.max(facts.longest_gap().saturating_mul(4)) };
    let at = last.plus(patience);
    if now >= at {
        state.add(Problem::Stale, at, Reason::Silent { last });
    } else {
        changes.push(at);
    }
}

/// The checks that are open in a state.
#[must_use]
pub fn open_checks(state: &State) -> Vec<CheckKind> {
    let kinds = state.wrong.iter().filter_map(|wrong| match &wrong.reason {
        Reason::Found(finding) => Some(finding.kind()),
        _ => None,
    });
    kinds.collect()
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
