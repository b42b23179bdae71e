//! When a good run is overdue, and what excuses it.

use serde::{Deserialize, Serialize};

use super::{
    facts::Facts,
    live::{Live, SILENT},
    schedule::{
        Pattern, Plan, Source, early,
        local::{DAY, HOUR},
    },
    settings::{Settings, Span},
};
use crate::{time::Timestamp, zone::Zone};

/// Around the moment at which a report is due, our own downtime excuses its slot: seconds.
const AROUND: i64 = HOUR / 4;
/// So many slots are looked at, before it is given up to find one that counts.
const SLOTS: usize = 2000;
/// Without a schedule, runs are judged as if it were daily.
const UNKNOWN_INTERVAL: i64 = DAY;

/// Why a job has no good run when it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overdue {
    /// Nothing came.
    Late,
    /// A run said that it ended, and its report never came.
    NoReport,
    /// A run began, and did not finish.
    Stuck {
        /// When it began.
        begin: Timestamp,
        /// When it was last heard of.
        heard: Timestamp,
    },
}

/// How a job stands with its schedule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Standing {
    /// The slot whose run is waited for.
    pub slot: Option<Timestamp>,
    /// When it is late without one.
    pub due: Option<Timestamp>,
    /// Since when it is overdue, and why.
    pub overdue: Option<(Timestamp, Overdue)>,
    /// The last slot before it that our own downtime excuses.
    pub excused: Option<Timestamp>,
    /// When time alone may change this.
    pub changes_at: Option<Timestamp>,
}

/// What it takes to judge one job.
#[derive(Debug, Clone, Copy)]
pub struct Timing<'a> {
    /// What is known.
    pub facts: &'a Facts,
    /// What is set.
    pub settings: &'a Settings,
    /// Its schedule.
    pub plan: &'a Plan,
    /// When this program did not run, in ascending order.
    pub down: &'a [Span],
}

impl Timing<'_> {
    /// How the job stands at a time.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        let Some((slot, due, excused)) = self.expected_from().and_then(|from| self.unexcused(from, now))
        else {
            return Standing::default();
        };
        let early = early(self.plan.interval);
        let mut standing = Standing { slot: Some(slot), due: Some(due), excused, ..Standing::default() };
        let lost = self.facts.unfinished().filter(|live| live.begin >= slot.plus(-early));
        match self.facts.live() {
            Some(live) if live.ended.is_none() && live.begin <= due && lost.is_none() => {
                let at = self.stuck_at(live, due);
                if now >= at {
                    standing.overdue = Some((at, Overdue::Stuck { begin: live.begin, heard: live.heard }));
                } else {
                    standing.changes_at = Some(at);
                }
            }
            Some(Live { begin, ended: Some(ended), .. }) if *begin <= due && *begin >= slot.plus(-early) => {
                let at = due.max(ended.plus(self.tolerance()));
                self.or_late(&mut standing, at, Overdue::NoReport, now);
            }
            _ => {
                let overdue = lost
                    .map_or(Overdue::Late, |live| Overdue::Stuck { begin: live.begin, heard: live.heard });
                self.or_late(&mut standing, due, overdue, now);
            }
        }
        standing
    }

    fn or_late(&self, standing: &mut Standing, at: Timestamp, overdue: Overdue, now: Timestamp) {
        // Maintenance holds what becomes due in it.
        let at = self.settings.maintained_until(at).unwrap_or(at);
        if now >= at {
            standing.overdue = Some((at, overdue));
        } else {
            standing.changes_at = Some(at);
        }
    }

    /// When a run under way is stuck: when it is silent at the time at which its slot is late, or takes twice as long as ever.
    fn stuck_at(&self, live: &Live, due: Timestamp) -> Timestamp {
        let silent = due.max(live.heard.plus(SILENT));
        let longest = self.facts.longest_duration().map(|longest| {
            due.max(live.begin.plus(longest.saturating_mul(2).saturating_add(self.tolerance())))
        });
        longest.map_or(silent, |longest| longest.min(silent))
    }

    /// After which moment slots count.
    #[must_use]
    pub fn expected_from(&self) -> Option<Timestamp> {
        let early = early(self.plan.interval);
        let since_good = self.facts.last_good().map(|run| {
            let slack = self.clock_slack(run.begin.plus(self.plan.interval));
            run.begin.plus(early.saturating_add(slack))
        });
        let since_known = || {
            let first = self.facts.first().map(|first| first.plus(early));
            self.settings.announced.map(|announced| announced.plus(-1)).or(first)
        };
        since_good.or_else(since_known)
    }

    /// The first slot after a moment that counts, and when it is late.
    #[must_use]
    pub fn pending(&self, from: Timestamp, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        self.unexcused(from, now).map(|(slot, due, _)| (slot, due))
    }

    fn unexcused(
        &self,
        from: Timestamp,
        now: Timestamp,
    ) -> Option<(Timestamp, Timestamp, Option<Timestamp>)> {
        let zone = self.zone();
        // On resuming the next slot counts; a schedule counts from when it was set.
        let resumed = self.settings.resumed(now);
        let from = [resumed, self.settings.schedule_set].into_iter().flatten().fold(from, Timestamp::max);
        let mut excused = None;
        for slot in self.plan.pattern.slots(from, zone).take(SLOTS) {
            if self.settings.pauses.iter().any(|span| span.has(slot))
                || self.settings.maintained_until(slot).is_some()
            {
                continue;
            }
            if self.is_excused(slot) {
                excused = Some(slot);
                continue;
            }
            return Some((slot, self.due(slot), excused));
        }
        None
    }

    /// When a slot without a good run makes the job late.
    fn due(&self, slot: Timestamp) -> Timestamp {
        let tolerance = self.tolerance();
        if self.settings.tolerance.is_from_slot() {
            return slot.plus(tolerance);
        }
        let usual = self.facts.usual_duration();
        let slack = self.clock_slack(slot);
        let due = slot.plus(usual.saturating_add(tolerance).saturating_add(slack));
        // The schedule may have been moved: the run is waited for at its new time as well.
        match self.facts.displaced() {
            Some(displaced) if self.plan.source == Source::Inferred => due.plus(displaced),
            _ => due,
        }
    }

    fn tolerance(&self) -> i64 {
        self.settings.tolerance.seconds(self.plan.interval)
    }

    /// Whether our own downtime explains that nothing is known of a slot.
    fn is_excused(&self, slot: Timestamp) -> bool {
        let reported = slot.plus(self.facts.usual_duration());
        let end = reported.plus(self.tolerance());
        let near = self
            .down
            .iter()
            .rev()
            .take_while(|span| span.until.is_none_or(|until| until > reported.plus(-AROUND)));
        let (mut shared, mut at_report) = (0, false);
        for span in near {
            shared += span.overlap(reported, end);
            at_report |= span.overlap(reported.plus(-AROUND), reported.plus(AROUND)) > 0;
        }
        at_report || shared * 2 > self.tolerance()
    }

    /// How far a schedule of hours may be off after its zone changed the clock: a sender keeps either the elapsed time or the local one.
    fn clock_slack(&self, slot: Timestamp) -> i64 {
        if self.plan.source == Source::Told || !matches!(self.plan.pattern, Pattern::Elapsed { .. }) {
            return 0;
        }
        let zone = self.zone();
        let moved = i64::from(zone.offset(slot) - zone.offset(slot.plus(-4 * self.plan.interval))).abs();
        let moved = moved.rem_euclid(self.plan.interval.max(1));
        if moved * 6 >= self.tolerance() * 5 { moved } else { 0 }
    }

    fn zone(&self) -> &Zone {
        self.settings.zone_of(self.plan.source)
    }
}

/// A run of a job whose schedule waits for nothing, or that has none: whether it is stuck.
#[must_use]
pub fn stuck(facts: &Facts, settings: &Settings, plan: Option<&Plan>, now: Timestamp) -> Standing {
    let mut standing = Standing::default();
    let Some(live) = facts.live() else { return standing };
    let interval = plan.map_or(UNKNOWN_INTERVAL, |plan| plan.interval);
    let tolerance = settings.tolerance.seconds(interval);
    let usual_end = live.begin.plus(facts.usual_duration().saturating_add(tolerance));
    let (at, overdue) = match live.ended {
        Some(ended) => (ended.plus(tolerance), Overdue::NoReport),
        None => {
            let silent = usual_end.max(live.heard.plus(SILENT));
            let longest = facts.longest_duration().map_or(silent, |longest| {
                usual_end.max(live.begin.plus(longest.saturating_mul(2).saturating_add(tolerance)))
            });
            (silent.min(longest), Overdue::Stuck { begin: live.begin, heard: live.heard })
        }
    };
    if now >= at {
        standing.overdue = Some((at, overdue));
    } else {
        standing.changes_at = Some(at);
    }
    standing
}
