//! What became of the slots of the past: for pictures, never for verdicts.
//!
//! A schedule is known as it is now. Slots of the past that it would have had, but that were none then, are left out: those before a
//! person set it, those before the first run, and those that an older, longer distance of runs explains.

use super::{
    schedule::{Pattern, Plan, early},
    settings::{Settings, Span},
};
use crate::{dto::job::SlotFate, outcome::RunOutcome, status::Status, time::Timestamp, zone::Zone};

/// Slots that are looked at: a year of hourly ones.
const MOST: usize = 9000;
/// So many equal gaps one after the other are no outages: runs were that far apart then.
const REGULAR: usize = 4;

/// A run, as far as it decides about its slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    /// When it began.
    pub begin: Timestamp,
    /// What Duplicati said.
    pub status: Status,
    /// What became of it.
    pub outcome: RunOutcome,
}

/// A slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// When its run should have begun; without a schedule, when it began.
    pub at: Timestamp,
    /// What became of it.
    pub fate: SlotFate,
    /// The runs that belong to it, as indexes.
    pub runs: std::ops::Range<usize>,
}

/// What the past is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// The schedule, if there is one.
    pub plan: Option<&'a Plan>,
    /// What is set.
    pub settings: &'a Settings,
    /// The usual duration of a run: seconds.
    pub usual: i64,
    /// When this program did not run, in ascending order.
    pub down: &'a [Span],
    /// The time.
    pub now: Timestamp,
}

impl Past<'_> {
    /// The slots since the first of some runs, which are in ascending order. Slots that are still awaited are none yet.
    #[must_use]
    pub fn slots(&self, runs: &[Ran]) -> Vec<Slot> {
        let mut slots = match self.plan {
            Some(Plan { pattern: Pattern::Elapsed { .. }, .. }) | None => self.between(runs),
            Some(plan) => self.at_slots(plan, runs),
        };
        let since = regular_until(&slots).max(self.settings.schedule_set);
        slots.retain(|slot| slot.fate.has_run() || since.is_none_or(|since| slot.at >= since));
        slots
    }

    fn zone(&self, plan: &Plan) -> &Zone {
        self.settings.zone_of(plan.source)
    }

    /// Slots by the clock; the runs from one to the next belong to it.
    fn at_slots(&self, plan: &Plan, runs: &[Ran]) -> Vec<Slot> {
        let Some(first) = runs.first() else { return Vec::new() };
        let (zone, early) = (self.zone(plan), early(plan.interval));
        // What was told is the next run only.
        let pattern = match &plan.pattern {
            Pattern::Told { then, .. } => then,
            pattern => pattern,
        };
        let from = pattern.last_before(first.begin.plus(early), zone).unwrap_or(first.begin);
        let mut times =
            pattern.slots(from.plus(-1), zone).take_while(|at| *at <= self.now.plus(early)).take(MOST);
        let mut slots = Vec::new();
        let mut next = times.next();
        let mut at_run = 0;
        while let Some(at) = next {
            next = times.next();
            let until = next.map_or(Timestamp::MAX, |next| next.plus(-early));
            let rest = runs.get(at_run..).unwrap_or_default();
            let count = rest.partition_point(|run| run.begin < until);
            let of = at_run..at_run + count;
            at_run = of.end;
            let fate = self.fate(plan, at, runs.get(of.clone()).unwrap_or_default());
            slots.extend(fate.map(|fate| Slot { at, fate, runs: of }));
        }
        slots
    }

    /// Each run is a slot; between two that are far apart, and after the last one, there are others.
    fn between(&self, runs: &[Ran]) -> Vec<Slot> {
        let mut slots: Vec<Slot> = Vec::new();
        let mut before: Option<Timestamp> = None;
        for (index, run) in runs.iter().enumerate() {
            if let Some(before) = before {
                slots.extend(self.missing(before, run.begin));
            }
            if let Some(fate) = fate_of(std::slice::from_ref(run)) {
                slots.push(Slot { at: run.begin, fate, runs: index..index + 1 });
                before = Some(run.begin);
            }
        }
        if let Some(before) = before {
            slots.extend(self.missing(before, self.now));
        }
        slots
    }

    fn missing(&self, from: Timestamp, to: Timestamp) -> Vec<Slot> {
        let Some(plan) = self.plan else { return Vec::new() };
        // A quarter of the distance is jitter.
        let allowed = plan.interval / 4;
        if to.since(from) <= plan.interval.saturating_add(allowed) {
            return Vec::new();
        }
        let zone = self.zone(plan);
        let times = plan.pattern.slots(from.plus(allowed), zone);
        times
            .take_while(|at| *at < to.plus(-allowed))
            .take(MOST)
            .filter_map(|at| Some(Slot { at, fate: self.fate(plan, at, &[])?, runs: 0..0 }))
            .collect()
    }

    /// What became of a slot; `None` while it is awaited.
    fn fate(&self, plan: &Plan, at: Timestamp, runs: &[Ran]) -> Option<SlotFate> {
        if let Some(fate) = fate_of(runs) {
            return Some(fate);
        }
        let settings = self.settings;
        if settings.pauses.iter().any(|span| span.has(at)) || settings.maintained_until(at).is_some() {
            return Some(SlotFate::Paused);
        }
        let reported = at.plus(self.usual);
        let due = reported.plus(settings.tolerance.seconds(plan.interval));
        if due > self.now {
            return None;
        }
        let shared: i64 = self.down.iter().map(|span| span.overlap(reported, due)).sum();
        let at_report =
            self.down.iter().any(|span| span.overlap(reported.plus(-900), reported.plus(900)) > 0);
        let is_excused = at_report || shared * 2 > due.since(reported);
        Some(if is_excused { SlotFate::Excused } else { SlotFate::Missed })
    }
}

/// The best of the runs of a slot decides; a rehearsal is no run.
fn fate_of(runs: &[Ran]) -> Option<SlotFate> {
    let fates = runs.iter().filter_map(|run| match run.outcome {
        RunOutcome::Good if run.status == Status::Success => Some(SlotFate::Kept),
        RunOutcome::Good
        | RunOutcome::Partial
        | RunOutcome::Stopped
        | RunOutcome::Skipped
        | RunOutcome::Unknown => Some(SlotFate::Warned),
        RunOutcome::Errors | RunOutcome::Failed => Some(SlotFate::Failed),
        RunOutcome::Rehearsal => None,
    });
    fates.min()
}

/// Until when runs were regularly further apart than they are now.
fn regular_until(slots: &[Slot]) -> Option<Timestamp> {
    let runs: Vec<(usize, Timestamp)> = slots
        .iter()
        .enumerate()
        .filter(|(_, slot)| slot.fate.has_run())
        .map(|(place, slot)| (place, slot.at))
        .collect();
    let gaps: Vec<usize> =
        runs.iter().zip(runs.iter().skip(1)).map(|((one, _), (next, _))| next - one - 1).collect();
    let last = gaps.windows(REGULAR).rposition(|gaps| {
        let first = gaps.first().copied().unwrap_or(0);
        first > 0 && gaps.iter().all(|gap| *gap == first)
    })?;
    runs.get(last + REGULAR).map(|(_, at)| *at)
}

#[cfg(test)]
#[path = "slots_tests.rs"]
mod tests;
