//! Wrong though successful: what the figures of a run say against it, and what stays open.

mod compare;
pub mod finding;
pub mod two_jobs;

use serde::{Deserialize, Serialize};

pub use compare::{compare, is_recovered};
pub use finding::{Change, CheckKind, Finding};
pub use two_jobs::two_jobs;

use super::run::{Report, Run};
use crate::{outcome::RunOutcome, time::Timestamp};

/// Something that is open, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// When the report arrived that showed it.
    pub since: Timestamp,
    /// What it is.
    #[serde(flatten)]
    pub finding: Finding,
}

/// What is known to be wrong with a job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checks {
    /// What the last run said against itself.
    last: Vec<Open>,
    /// Collapses.
    collapses: Vec<Open>,
    /// Since when verifications fail.
    damaged: Option<Timestamp>,
    /// Good runs so far; what is usual is known after ten.
    good: u32,
    /// Kinds of warnings that were seen, the latest last.
    kinds: Vec<String>,
    /// From when on a person expects the figures as they are.
    expected_from: Option<Timestamp>,
}

/// Good runs after which it is known what is usual.
const LEARNED: u32 = 10;
/// The tag of a warning that a part of the source was left out. It is never usual: since Duplicati 2.3.0.105 nothing else says that a
/// folder is no longer backed up.
const SOURCE_MISSING: &str = "-SourceIsMissing: ";
/// The most kinds of warnings that are remembered.
const KINDS: usize = 100;

impl Checks {
    /// Takes the newest run of a job. `before` are the runs before it, in ascending order. Returns whether a collapse is open.
    pub fn report(&mut self, report: &Report, run: &Run, before: &[Run]) -> bool {
        let mut found = Vec::new();
        match run.outcome {
            RunOutcome::Good | RunOutcome::Errors => {
                self.collapses.retain(|open| !is_recovered(&open.finding, run));
                found = self.compare(report, run, before);
            }
            RunOutcome::Partial | RunOutcome::Stopped | RunOutcome::Skipped | RunOutcome::Unknown => {
                found.push(Finding::Incomplete { outcome: run.outcome });
            }
            RunOutcome::Failed => {}
            RunOutcome::Rehearsal => return false,
        }
        let learned = self.good >= LEARNED;
        found.retain(|finding| learned || finding.kind().is_for_learners());
        found.extend(self.warnings(report, learned));
        let (collapses, last) = found.into_iter().partition::<Vec<_>, _>(Finding::is_collapse);
        for finding in collapses {
            if !self.collapses.iter().any(|open| open.finding.kind() == finding.kind()) {
                self.collapses.push(Open { since: run.received, finding });
            }
        }
        let since = |finding: &Finding| {
            let same = self.last.iter().find(|open| open.finding.kind() == finding.kind());
            same.map_or(run.received, |open| open.since)
        };
        self.last = last.into_iter().map(|finding| Open { since: since(&finding), finding }).collect();
        self.good = self.good.saturating_add(u32::from(run.outcome.is_good()));
        !self.collapses.is_empty()
    }

    fn compare(&mut self, report: &Report, run: &Run, before: &[Run]) -> Vec<Finding> {
        let complete = || before.iter().filter(|run| run.outcome.is_complete());
        let all: Vec<&Run> = complete().chain([run]).collect();
        if let Some(two) = two_jobs(&all).filter(|_| report.mixes_jobs) {
            // Neither of them shrank.
            self.collapses.clear();
            return vec![two];
        }
        let usual: Vec<&Run> = complete().filter(|run| !run.is_bad).collect();
        let expected: Vec<&Run> = usual
            .iter()
            .copied()
            .filter(|run| self.expected_from.is_none_or(|from| run.received >= from))
            .collect();
        compare(run, report.status, &usual, &expected)
    }

    /// Returns the kinds that were not seen before, once it is known what is usual, and those that are never usual. All are seen now.
    fn warnings(&mut self, report: &Report, learned: bool) -> Option<Finding> {
        let known = self.kinds.clone();
        let mut new: Vec<String> = Vec::new();
        for kind in &report.warnings {
            if new.contains(kind) {
                continue;
            }
            new.push(kind.clone());
            self.kinds.retain(|known| known != kind);
            self.kinds.push(kind.clone());
        }
        let forgotten = self.kinds.len().saturating_sub(KINDS);
        self.kinds.drain(..forgotten);
        new.retain(|kind| learned && !known.contains(kind) || kind.contains(SOURCE_MISSING));
        (!new.is_empty()).then_some(Finding::NewWarnings { kinds: new })
    }

    /// Takes a verification. Only one that succeeds says that the destination is whole again; backups and repairs say nothing.
    pub fn verified(&mut self, is_whole: bool, received: Timestamp) {
        self.damaged = if is_whole { None } else { self.damaged.or(Some(received)) };
    }

    /// Takes from what was known before a rebuild what no report of a backup says: the last verification, and what a person expects.
    pub fn keep_of(&mut self, known: &Self) {
        self.damaged = known.damaged;
        self.expected_from = known.expected_from;
        if let Some(from) = self.expected_from {
            self.collapses.retain(|open| open.since > from);
        }
    }

    /// A person expects what a check found: it is closed, and figures are compared with those from now on.
    pub fn expect(&mut self, kind: CheckKind, last: Timestamp) {
        self.last.retain(|open| open.finding.kind() != kind);
        let before = self.collapses.len();
        self.collapses.retain(|open| open.finding.kind() != kind);
        if self.collapses.len() < before {
            self.expected_from = Some(last);
        }
        if kind == CheckKind::Damaged {
            self.damaged = None;
        }
    }

    /// What is open, without checks that are off and kinds of warnings that were accepted.
    pub fn open(&self, off: &[CheckKind], accepted: &[String]) -> Vec<Open> {
        // It is compared with nothing: there is nothing to learn first.
        let damaged = self.damaged.map(|since| Open { since, finding: Finding::Damaged });
        let is_accepted = |finding: &Finding| match finding {
            Finding::NewWarnings { kinds } => kinds.iter().all(|kind| accepted.contains(kind)),
            _ => false,
        };
        let all = self.collapses.iter().chain(&self.last).cloned().chain(damaged);
        all.filter(|open| !off.contains(&open.finding.kind()) && !is_accepted(&open.finding)).collect()
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
