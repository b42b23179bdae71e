//! What is known about a job: bounded, and carried on by each report.
//!
//! Facts are what a server stores for a job beside its verdict, or makes anew from the last hundred reports. They hold at most
//! [`RUNS`] runs, and of those only times, outcome and figures: some kilobytes as JSON. Nothing in them depends on the present time.

use serde::{Deserialize, Serialize};

use super::{
    checks::{CheckKind, Checks},
    lateness::Timing,
    live::{Live, Message},
    run::{Figures, Report, Run},
    schedule::{Habit, Plan, Source, Told, habit::median},
    sender_clock,
    settings::Settings,
};
use crate::time::Timestamp;

/// The most runs that are kept.
pub const RUNS: usize = 60;
/// Of those that are no good runs.
const OTHERS: usize = 20;
/// The last good runs that say what is usual.
const USUAL: usize = 30;

/// What is known about a job.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// The last runs, in the order in which they began.
    runs: Vec<Run>,
    /// How many runs there were in all.
    count: u64,
    /// When the first report arrived.
    first: Option<Timestamp>,
    /// When the last report of a backup arrived.
    last: Option<Timestamp>,
    /// The longest time between two runs: seconds.
    longest_gap: i64,
    /// The schedule that was inferred.
    habit: Option<Habit>,
    /// The schedule that is told.
    told: Told,
    /// How long after its slot the last good run began, when it made good a missed one: seconds.
    displaced: Option<i64>,
    /// A run under way, or one that ended without its report.
    live: Option<Live>,
    /// A run that was followed by another one before it ended.
    unfinished: Option<Live>,
    /// What is wrong.
    pub checks: Checks,
}

impl Facts {
    /// Takes the report of a backup, in whatever order they arrive. Returns whether it was a new one.
    pub fn report(&mut self, report: &Report, settings: &Settings) -> bool {
        let mut run = Run {
            told: report.begin,
            begin: report.begin,
            received: report.received,
            duration: report.duration.max(0),
            outcome: report.outcome,
            figures: if report.outcome.is_complete() { report.figures } else { Default::default() },
            is_bad: false,
        };
        let shares_clock = self.believe(&mut run, settings);
        if self.runs.iter().any(|known| sender_clock::is_same(known, &run)) {
            return false;
        }
        self.first = Some(self.first.map_or(run.received, |first| first.min(run.received)));
        self.last = Some(self.last.map_or(run.received, |last| last.max(run.received)));
        self.count = self.count.saturating_add(1);
        let at = self.runs.partition_point(|known| known.begin <= run.begin);
        let is_newest = at == self.runs.len();
        if let Some(last) = self.runs.last().filter(|_| is_newest) {
            self.longest_gap = self.longest_gap.max(run.begin.since(last.begin));
        }
        if is_newest {
            self.newest(&mut run, report, settings);
        }
        self.runs.insert(at, run);
        if shares_clock {
            self.habit = Habit::learn(None, &self.begins(), &settings.zone);
        } else if is_newest && report.outcome.came() {
            self.habit = Habit::learn(self.habit.take(), &self.begins(), &settings.zone);
        }
        self.forget();
        true
    }

    /// Makes them anew from the last reports of a job, in the order in which they arrived. What reports do not repeat is taken from
    /// what was known: the schedule that was told, runs under way, how many runs there were.
    #[must_use]
    pub fn rebuilt(known: Option<&Self>, reports: &[Report], count: u64, settings: &Settings) -> Self {
        let mut facts = Self::default();
        for report in reports {
            facts.report(report, settings);
        }
        facts.count = facts.count.max(count);
        if let Some(known) = known {
            let is_new = |told: Timestamp| known.told.next().is_none_or(|next| next < told);
            if reports.iter().filter_map(|report| report.next).max().is_none_or(|told| !is_new(told)) {
                facts.told = known.told.clone();
            }
            facts.first = facts.first.into_iter().chain(known.first).min();
            facts.live = known
                .live
                .filter(|live| !facts.runs.last().is_some_and(|run| live.is_reported_by(run.begin)));
            facts.unfinished =
                known.unfinished.filter(|live| !facts.last_good().is_some_and(|run| run.begin >= live.begin));
            facts.checks.keep_of(&known.checks);
        }
        facts
    }

    /// Takes a live message about a backup.
    pub fn hear(&mut self, message: Message) {
        let is_reported = message
            .started
            .is_some_and(|started| self.runs.iter().any(|run| run.told.since(started).abs() <= 60));
        if is_reported {
            return;
        }
        let (live, lost) = Live::hear(self.live, message);
        self.live = Some(live);
        self.unfinished = lost.or(self.unfinished);
    }

    /// Takes a verification.
    pub fn verified(&mut self, is_whole: bool, received: Timestamp) {
        self.first = self.first.or(Some(received));
        self.checks.verified(is_whole, received);
    }

    /// A person expects what a check found.
    pub fn expect(&mut self, check: CheckKind) {
        let last = self.last_run().map(|run| run.received).unwrap_or_default();
        self.checks.expect(check, last);
        if check == CheckKind::NoReport {
            self.live = self.live.filter(|live| live.ended.is_none());
        }
    }

    /// Learns the inferred schedule again when the zone of the job is another one since. Returns whether it is.
    pub fn follow_zone(&mut self, settings: &Settings) -> bool {
        let moved = self.habit.as_ref().and_then(|habit| habit.in_zone(&self.begins(), &settings.zone));
        let is_moved = moved.is_some();
        if is_moved {
            self.habit = moved;
        }
        is_moved
    }

    /// What follows from a run that began after all others.
    fn newest(&mut self, run: &mut Run, report: &Report, settings: &Settings) {
        if run.outcome.is_good() {
            self.displace(run, settings);
            self.unfinished = None;
        }
        self.live = self.live.filter(|live| !live.is_reported_by(run.begin));
        if run.outcome.came() {
            // A clock that is wrong tells the next run by itself.
            let by_our_clock = report.next.map(|next| next.plus(run.begin.since(run.told)));
            self.told.hear(run.begin, by_our_clock);
        }
        run.is_bad = self.checks.report(report, run, &self.runs) && run.outcome.is_complete();
    }

    /// Whether a good run made good a slot that was missed, at another time.
    fn displace(&mut self, run: &Run, settings: &Settings) {
        let zone = &settings.zone;
        let Some(habit) = &self.habit else { return };
        if habit.is_at_slot(run.begin, zone) {
            self.displaced = None;
            return;
        }
        let missed = self.plan(settings).and_then(|plan| {
            let timing = Timing { facts: self, settings, plan: &plan, down: &[] };
            let (slot, due) = timing.pending(timing.expected_from()?, run.received)?;
            let width = plan.pattern.width();
            let came = self.runs.iter().any(|run| run.outcome.came() && run.begin.since(slot).abs() <= width);
            let before = plan.pattern.last_before(run.begin, zone)?;
            (run.received > due && !came).then(|| run.begin.since(before))
        });
        self.displaced = missed.or(self.displaced);
    }

    /// Decides when a run began; runs before it may turn out to have the same wrong clock.
    fn believe(&mut self, run: &mut Run, settings: &Settings) -> bool {
        let mut arrived: Vec<usize> = (0..self.runs.len()).collect();
        arrived.sort_by_key(|at| self.runs.get(*at).map(|run| run.received));
        let newest: Vec<usize> = arrived.into_iter().rev().take(5).rev().collect();
        let before: Vec<&Run> = newest.iter().filter_map(|at| self.runs.get(*at)).collect();
        let sharing = sender_clock::believe(run, &before);
        let mut changed = false;
        for at in newest.into_iter().rev().take(sharing) {
            if let Some(known) = self.runs.get_mut(at)
                && known.begin != known.arrival()
            {
                known.begin = known.arrival();
                changed = true;
            }
        }
        if changed {
            self.runs.sort_by_key(|run| run.begin);
        }
        if run.begin == run.told && self.came_at_its_slot(run, settings) {
            run.begin = run.arrival();
        }
        changed
    }

    /// Whether a report that seems to be late came when the next run was due, and cannot be about an older one: the clock was changed.
    fn came_at_its_slot(&self, run: &Run, settings: &Settings) -> bool {
        let Some(habit) = &self.habit else { return false };
        let zone = &settings.zone;
        let is_late = run.arrival().since(run.told) > 600;
        let arrived = habit.pattern.hit(run.arrival(), habit.pattern.width().min(1800), zone);
        let is_missing = habit.pattern.hit(run.told, habit.pattern.width(), zone).is_some_and(|slot| {
            let is_kept = |known: &Run| known.begin.since(slot).abs() <= habit.pattern.width();
            self.runs.first().is_some_and(|first| first.begin <= slot) && !self.runs.iter().any(is_kept)
        });
        is_late && arrived.is_some() && !is_missing
    }

    fn forget(&mut self) {
        while self.runs.len() > RUNS {
            let others = self.runs.iter().filter(|run| !run.outcome.is_good()).count();
            let at =
                if others > OTHERS { self.runs.iter().position(|run| !run.outcome.is_good()) } else { None };
            self.runs.remove(at.unwrap_or(0));
        }
        // Figures are compared with those of the last runs only.
        let complete = self.runs.iter().filter(|run| run.outcome.is_complete()).count();
        let older = self.runs.iter_mut().filter(|run| run.outcome.is_complete());
        for run in older.take(complete.saturating_sub(USUAL + 1)) {
            run.figures = Figures::default();
        }
    }

    /// When runs began from which a schedule is inferred.
    fn begins(&self) -> Vec<Timestamp> {
        self.runs.iter().filter(|run| run.outcome.came()).map(|run| run.begin).collect()
    }

    /// The schedule that counts: set, else told, else inferred.
    #[must_use]
    pub fn plan(&self, settings: &Settings) -> Option<Plan> {
        if let Some(schedule) = &settings.schedule {
            let zone = settings.zone_of(Source::Set);
            let good: Vec<Timestamp> = self.good().map(|run| run.begin).collect();
            let known = settings.announced.or(self.first).or(settings.schedule_set).unwrap_or_default();
            return schedule.pattern(&good, known, zone).map(|pattern| Plan::new(Source::Set, pattern));
        }
        let told = self.told.pattern(&settings.zone).map(|pattern| Plan::new(Source::Told, pattern));
        told.or_else(|| self.habit.as_ref().map(|habit| Plan::new(Source::Inferred, habit.pattern.clone())))
    }

    /// Of the newest runs, how many began at a slot of the inferred schedule, and of how many.
    #[must_use]
    pub fn evidence(&self, settings: &Settings) -> Option<(usize, usize)> {
        self.habit.as_ref().map(|habit| habit.evidence(&self.begins(), &settings.zone))
    }

    fn good(&self) -> impl DoubleEndedIterator<Item = &Run> {
        self.runs.iter().filter(|run| run.outcome.is_good())
    }

    /// The last good run.
    #[must_use]
    pub fn last_good(&self) -> Option<&Run> {
        self.good().next_back()
    }

    /// The run that began last.
    #[must_use]
    pub fn last_run(&self) -> Option<&Run> {
        self.runs.last()
    }

    /// The first of the failures since the last good run, when the last run that came is one; and the last of them.
    #[must_use]
    pub fn failing(&self) -> Option<(&Run, &Run)> {
        let mut since_good = self.runs.iter().rev().take_while(|run| !run.outcome.is_good());
        let last = since_good.find(|run| run.outcome.came())?;
        let first = self.runs.iter().rev().take_while(|run| !run.outcome.is_good());
        let first = first.filter(|run| run.outcome.is_failure()).last()?;
        last.outcome.is_failure().then_some((first, last))
    }

    /// The usual duration of a good run: seconds.
    #[must_use]
    pub fn usual_duration(&self) -> i64 {
        median(&self.good().rev().take(USUAL).map(|run| run.duration).collect::<Vec<_>>())
    }

    /// The longest duration of the last good runs: seconds.
    #[must_use]
    pub fn longest_duration(&self) -> Option<i64> {
        self.good().rev().take(USUAL).map(|run| run.duration).max()
    }

    /// Runs in all.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// When the first report arrived.
    #[must_use]
    pub const fn first(&self) -> Option<Timestamp> {
        self.first
    }

    /// When the last report of a backup arrived.
    #[must_use]
    pub const fn last(&self) -> Option<Timestamp> {
        self.last
    }

    /// The longest time between two runs: seconds.
    #[must_use]
    pub const fn longest_gap(&self) -> i64 {
        self.longest_gap
    }

    /// How long after its slot the last good run made good a missed one: seconds.
    #[must_use]
    pub const fn displaced(&self) -> Option<i64> {
        self.displaced
    }

    /// A run under way, or one that ended without its report.
    #[must_use]
    pub const fn live(&self) -> Option<&Live> {
        self.live.as_ref()
    }

    /// A run that never ended.
    #[must_use]
    pub const fn unfinished(&self) -> Option<&Live> {
        self.unfinished.as_ref()
    }
}

#[cfg(test)]
#[path = "facts_tests.rs"]
mod tests;
