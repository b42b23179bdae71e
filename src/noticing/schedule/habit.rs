//! A schedule that was inferred: how it is confirmed, moved and given up.
//!
//! A habit is carried on by each run that began after all others. A run at its slot confirms it and moves the time a little; runs beside
//! the slots change nothing, until three of them agree. While runs are missing, nothing is learnt: a job never learns to be dead.

use serde::{Deserialize, Serialize};

use super::{
    days::Days,
    fit,
    local::{DAY, HOUR, Local},
    pattern::Pattern,
    weekdays::Weekdays,
};
use crate::{time::Timestamp, zone::Zone};

/// A schedule that was inferred from runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Habit {
    /// Its slots.
    pub pattern: Pattern,
    /// How many seconds after their slots the last runs began.
    offsets: Vec<i64>,
    /// On which days it ran.
    days: Days,
    /// The last slot at which a run came.
    hit: Timestamp,
    /// The zone by whose clock all this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
}

/// So many runs decide about the time of day: three of them are the majority.
const OFFSETS: usize = 5;
/// So many runs at another time are a changed schedule.
const CHANGED: usize = 3;
/// So many runs beside every slot, without a new pattern, mean that there is none any more.
const GIVEN_UP: usize = 8;

impl Habit {
    /// A habit whose slots a run just kept.
    #[must_use]
    pub fn new(pattern: Pattern, hit: Timestamp, zone: &Zone) -> Self {
        let slot = pattern.hit(hit, pattern.width(), zone).unwrap_or(hit);
        Self {
            pattern,
            offsets: Vec::new(),
            days: Days::of(Local::of(slot, zone).day),
            hit: slot,
            zone: None,
        }
    }

    /// What is known after the last of some runs; `begins` are the newest runs in ascending order, whatever became of them.
    #[must_use]
    pub fn learn(known: Option<Self>, begins: &[Timestamp], zone: &Zone) -> Option<Self> {
        let learnt = Self::learn_from(known, begins, zone)?;
        Some(Self { zone: Some(zone.name().to_owned()), ..learnt })
    }

    /// The same by the clock of this zone, if it was learnt by another one. Runs that no longer show a schedule say nothing against it:
    /// its slots then stay at the time at which the last of them was.
    #[must_use]
    pub fn in_zone(&self, begins: &[Timestamp], zone: &Zone) -> Option<Self> {
        let was = Zone::named(self.zone.as_deref().filter(|was| *was != zone.name())?).ok()?;
        let learnt = Self::learn(None, begins, zone);
        Some(learnt.unwrap_or_else(|| {
            let mut moved = Self { zone: Some(zone.name().to_owned()), ..self.clone() };
            if !matches!(self.pattern, Pattern::Elapsed { .. }) {
                let seconds = i64::from(zone.offset(self.hit) - was.offset(self.hit));
                let days = Local::of(self.hit, zone).day.number() - Local::of(self.hit, &was).day.number();
                moved.pattern = self.pattern.clone().shifted(seconds);
                moved.days = self.days.moved(days);
            }
            moved
        }))
    }

    fn learn_from(known: Option<Self>, begins: &[Timestamp], zone: &Zone) -> Option<Self> {
        let known = known.filter(|known| !fit::rests(&known.pattern, begins, zone));
        let Some(known) = known else { return fit::fresh(begins, zone) };
        let Some(last) = begins.last() else { return Some(known) };
        let mut known = known;
        let before = known.hit;
        let is_hit = known.confirm(*last, zone);
        let next = known.pattern.next_after(before.plus(known.pattern.width()), zone);
        if is_hit && next.is_none_or(|next| next >= known.hit) {
            known.refine(begins, zone);
            return Some(known);
        }
        known.moved(begins, zone).or_else(|| fit::other(&known, begins, zone)).or_else(|| {
            let newest = begins.iter().rev().take(GIVEN_UP);
            let misses = newest.filter(|begin| !known.is_at_slot(**begin, zone)).count();
            (misses < GIVEN_UP).then_some(known)
        })
    }

    /// Whether a run came at a slot. If so the time of day follows it, and its weekday is one more time seen.
    pub fn confirm(&mut self, begin: Timestamp, zone: &Zone) -> bool {
        let Some(slot) = self.hit_of(begin, zone) else { return false };
        if slot <= self.hit && !self.offsets.is_empty() {
            // The same slot again, or an older one.
            self.days = self.days.with(Local::of(slot, zone).day);
            return true;
        }
        self.hit = self.hit.max(slot);
        self.days = self.days.with(Local::of(slot, zone).day);
        self.offsets.push(begin.since(slot));
        if self.offsets.len() > OFFSETS {
            self.offsets.remove(0);
        }
        let offset = median(&self.offsets);
        for known in &mut self.offsets {
            *known -= offset;
        }
        let was = Local::of(slot, zone).day;
        self.pattern = self.pattern.clone().shifted(offset);
        // Past midnight, it is another day's.
        let days = match &self.pattern {
            Pattern::Elapsed { .. } => 0,
            _ => Local::of(slot.plus(offset), zone).day.number() - was.number(),
        };
        self.days = self.days.moved(days);
        self.hit = self.hit.plus(offset);
        if let Some(weekdays) = self.weekdays() {
            self.pattern = self.pattern.clone().on(weekdays);
        }
        true
    }

    /// Corrects a period of hours or minutes that few runs gave: an error of seconds would add up with each slot.
    fn refine(&mut self, begins: &[Timestamp], zone: &Zone) {
        let Some(period) = fit::refined(&self.pattern, begins, zone) else { return };
        let Pattern::Elapsed { weekdays, .. } = self.pattern else { return };
        self.pattern = Pattern::Elapsed { anchor: self.hit, period, weekdays };
    }

    /// The weekdays of patterns that have any.
    fn weekdays(&self) -> Option<Weekdays> {
        match self.pattern {
            Pattern::Days { every: 1, .. } => Some(self.days.weekdays()),
            Pattern::Elapsed { period, .. } if period <= DAY / 2 => Some(self.days.weekdays()),
            _ => None,
        }
    }

    /// The slot of a run; weekdays that have none yet count too.
    fn hit_of(&self, begin: Timestamp, zone: &Zone) -> Option<Timestamp> {
        let width = self.pattern.width();
        match self.weekdays() {
            Some(_) => self.pattern.clone().on(Weekdays::ALL).hit(begin, width, zone),
            None => self.pattern.hit(begin, width, zone),
        }
    }

    /// Whether a run came at a slot.
    #[must_use]
    pub fn is_at_slot(&self, begin: Timestamp, zone: &Zone) -> bool {
        self.pattern.hit(begin, self.pattern.width(), zone).is_some()
    }

    /// The same schedule at another time: the last three runs agree about it, each in place of another slot.
    fn moved(&self, begins: &[Timestamp], zone: &Zone) -> Option<Self> {
        let newest = begins.get(begins.len().checked_sub(CHANGED)?..)?;
        if newest.iter().any(|begin| self.is_at_slot(*begin, zone)) {
            return None;
        }
        let before =
            |begin: &Timestamp| self.pattern.last_before(*begin, zone).map(|slot| (slot, begin.since(slot)));
        let after =
            |begin: &Timestamp| self.pattern.next_after(*begin, zone).map(|slot| (slot, begin.since(slot)));
        let nearest = |begin: &Timestamp| {
            before(begin).into_iter().chain(after(begin)).min_by_key(|(_, offset)| offset.abs())
        };
        // Half of the distance away, one is near to the slot before it, and another one to the slot after it.
        let offset = self
            .common_offset(newest.iter().filter_map(nearest).collect(), zone)
            .or_else(|| self.common_offset(newest.iter().filter_map(before).collect(), zone))?;
        let pattern = self.pattern.clone().shifted(offset);
        let carry = self.pattern.second_of_day().map_or(0, |at| (at + offset).div_euclid(DAY));
        let days = self.days.moved(carry);
        let mut moved = Self { pattern, offsets: Vec::new(), days, hit: self.hit, zone: None };
        for begin in newest {
            moved.confirm(*begin, zone);
        }
        Some(moved)
    }

    /// How far from their slots three runs began, when they agree, and the slots follow each other.
    fn common_offset(&self, slots: Vec<(Timestamp, i64)>, zone: &Zone) -> Option<i64> {
        let offset = median(&slots.iter().map(|(_, offset)| *offset).collect::<Vec<_>>());
        let width = self.pattern.width();
        let follow = |((one, _), (next, _)): (&(Timestamp, i64), &(Timestamp, i64))| {
            self.pattern.next_after(*one, zone).is_some_and(|after| after == *next)
        };
        let agree = slots.len() == CHANGED
            && slots.iter().all(|(_, each)| (each - offset).abs() <= width)
            && slots.iter().zip(slots.iter().skip(1)).all(follow);
        agree.then_some(offset)
    }

    /// How many of the newest runs came at a slot, and of how many.
    #[must_use]
    pub fn evidence(&self, begins: &[Timestamp], zone: &Zone) -> (usize, usize) {
        let newest = begins.iter().rev().take(30);
        let hits = newest.clone().filter(|begin| self.is_at_slot(**begin, zone)).count();
        (hits, newest.count())
    }
}

/// The middle one.
#[must_use]
pub fn median(numbers: &[i64]) -> i64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

/// Runs within this are one: retries. Seconds.
pub(super) const RETRY: i64 = HOUR / 4;

#[cfg(test)]
#[path = "habit_tests.rs"]
mod tests;
