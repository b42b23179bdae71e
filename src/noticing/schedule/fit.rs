//! Finds the schedule that explains some runs: each candidate is judged by how many of its slots were kept, and how many of the runs
//! are at a slot.

use super::{
    days::Days,
    habit::{Habit, RETRY, median},
    local::{DAY, HOUR, Local, day_in, month_length, month_of},
    pattern::Pattern,
    weekdays::Weekdays,
};
use crate::{
    time::{Day, Timestamp},
    zone::Zone,
};

/// Fewer runs than this say nothing.
const RUNS: usize = 4;
/// So many runs are a schedule of shorter distances.
const MANY: usize = 12;
/// The most runs that are looked at.
const LOOKED_AT: usize = 40;
/// Of 100: a schedule explains this much at least.
const EXPLAINED: i64 = 85;
/// Of 100: another one that explains the same runs no better is no change.
const KEPT: i64 = 76;

/// The schedule that explains the last runs, when nothing was known before.
pub(super) fn fresh(begins: &[Timestamp], zone: &Zone) -> Option<Habit> {
    // What agrees lately counts, when all of it does not.
    [LOOKED_AT, 12, 6, RUNS]
        .into_iter()
        .filter(|count| *count <= begins.len() || *count == LOOKED_AT)
        .find_map(|count| {
            let newest = begins.get(begins.len().saturating_sub(count)..)?;
            let least = match newest.len() {
                ..=4 => 100,
                5..=6 => 88,
                _ => EXPLAINED,
            };
            best(newest, zone)
                .filter(|(habit, explained)| *explained >= least && !rests(&habit.pattern, begins, zone))
                .map(|(habit, _)| habit)
        })
}

/// Whether a schedule of hours rests at the same time of the day: it was seen three times, so the hours in between are none of its slots.
pub(super) fn rests(pattern: &Pattern, begins: &[Timestamp], zone: &Zone) -> bool {
    let period = pattern.interval();
    if period > DAY / 4 || !matches!(pattern, Pattern::Elapsed { .. }) {
        return false;
    }
    let pairs = begins.iter().zip(begins.iter().skip(1));
    let gaps = pairs.map(|(one, next)| (Local::of(*one, zone).second, next.since(*one)));
    let gaps: Vec<(i64, i64)> = gaps.filter(|(_, gap)| (2 * period + HOUR..DAY).contains(gap)).collect();
    let is_alike = |one: &(i64, i64), other: &(i64, i64)| {
        let apart = (one.0 - other.0 + DAY / 2).rem_euclid(DAY) - DAY / 2;
        apart.abs() <= period && (one.1 - other.1).abs() <= period
    };
    gaps.iter().any(|one| gaps.iter().filter(|other| is_alike(one, other)).count() >= 3)
}

/// Another schedule than the known one, when the last runs leave no doubt: after three periods.
pub(super) fn other(known: &Habit, begins: &[Timestamp], zone: &Zone) -> Option<Habit> {
    let interval = known.pattern.interval();
    let longer = begins.get(begins.len().checked_sub(RUNS)?..).and_then(|newest| {
        let (habit, explained) = best(newest, zone)?;
        (explained == 100 && habit.pattern.interval() > interval).then_some((habit, newest))
    });
    let last = *begins.last()?;
    let shorter = || {
        // Runs by hand at the same hour on some days, or one after the other, are no schedule.
        let newest = begins.get(begins.len().checked_sub(MANY)?..)?;
        let (habit, explained) = best(newest, zone)?;
        let new = habit.pattern.interval();
        let least = if new * 4 <= interval { interval } else { 3 * interval };
        let is_long = newest.first().is_some_and(|first| last.since(*first) >= least)
            || newest.len() < begins.len() && new * 24 <= interval;
        (is_long && explained >= 90 && new < interval).then_some((habit, newest))
    };
    let same = || {
        let newest = begins.get(begins.len().checked_sub(RUNS)?..)?;
        let (habit, explained) = best(newest, zone)?;
        (explained == 100 && habit.pattern.interval() == interval).then_some((habit, newest))
    };
    longer
        .or_else(same)
        .or_else(shorter)
        .filter(|(_, newest)| explained(&known.pattern, newest, zone) <= KEPT)
        .map(|(habit, _)| habit)
}

/// The period that all runs give when they are few, if it is nearly that of the pattern and explains them as well.
pub(super) fn refined(pattern: &Pattern, begins: &[Timestamp], zone: &Zone) -> Option<i64> {
    let Pattern::Elapsed { period: known, .. } = pattern else { return None };
    if begins.len() > MANY {
        return None;
    }
    let better = elapsed(begins)?;
    let Pattern::Elapsed { period, .. } = better else { return None };
    let is_near = period != *known && (period - known).abs() * 10 <= *known;
    (is_near && explained(&better, begins, zone) >= explained(pattern, begins, zone)).then_some(period)
}

/// The candidate that explains most.
fn best(begins: &[Timestamp], zone: &Zone) -> Option<(Habit, i64)> {
    let last = *begins.last()?;
    let mut candidates: Vec<Pattern> = calendar(begins, zone);
    candidates.extend(elapsed(begins));
    let mut found: Option<(Pattern, i64)> = None;
    for pattern in candidates {
        let explained = explained(&pattern, begins, zone);
        if found.as_ref().is_none_or(|(_, best)| explained > *best) {
            found = Some((pattern, explained));
        }
    }
    let (pattern, explained) = found?;
    let slot = |begin: &Timestamp| pattern.hit(*begin, pattern.width(), zone);
    let hits: Vec<Timestamp> = begins.iter().copied().filter(|begin| slot(begin).is_some()).collect();
    // Retries are one run.
    let mut slots: Vec<Timestamp> = hits.iter().filter_map(slot).collect();
    slots.dedup();
    let span = hits.last()?.since(*hits.first()?);
    // Three periods; and a few minutes by hand are no schedule of minutes.
    let is_enough =
        slots.len() >= RUNS && span >= 3 * HOUR && last.since(*hits.last()?) <= 4 * pattern.interval();
    if !is_enough {
        return None;
    }
    let mut habit = Habit::new(pattern, *hits.first()?, zone);
    for hit in &hits {
        habit.confirm(*hit, zone);
    }
    Some((habit, explained))
}

/// How much of some runs and slots belongs together: of 100.
fn explained(pattern: &Pattern, begins: &[Timestamp], zone: &Zone) -> i64 {
    let (Some(first), Some(last)) = (begins.first(), begins.last()) else { return 0 };
    let width = pattern.width();
    let mut slots =
        pattern.slots(first.plus(-width - 1), zone).take_while(|slot| *slot <= last.plus(width)).take(5000);
    let mut slot = slots.next();
    let (mut expected, mut hits, mut beside) = (0_i64, 0_i64, 0_i64);
    let mut is_hit = false;
    for begin in begins {
        while let Some(at) = slot
            && at.plus(width) < *begin
        {
            expected += 1;
            is_hit = false;
            slot = slots.next();
        }
        match slot {
            Some(at) if begin.since(at).abs() <= width => {
                hits += i64::from(!is_hit);
                is_hit = true;
            }
            _ => beside += 1,
        }
    }
    expected += i64::from(slot.is_some() && is_hit);
    expected += i64::try_from(slots.filter(|slot| *slot <= *last).count()).unwrap_or(i64::MAX);
    match expected + hits + beside {
        0 => 0,
        sum => 200 * hits / sum,
    }
}

/// Patterns of calendar days: those of the time of day at which most days have a run.
fn calendar(begins: &[Timestamp], zone: &Zone) -> Vec<Pattern> {
    let local: Vec<i64> = begins
        .iter()
        .map(|begin| Local::of(*begin, zone))
        .map(|local| local.day.number() * DAY + local.second)
        .collect();
    // With the centre at noon, the days do not end within a cluster.
    let on = |center: i64| {
        let moved = move |at: i64| at - center + DAY / 2;
        let days = local.iter().map(|at| (moved(*at).div_euclid(DAY), moved(*at).rem_euclid(DAY) - DAY / 2));
        days.filter(|(_, offset)| offset.abs() <= 2 * HOUR).collect::<Vec<_>>()
    };
    let distinct = |days: &[(i64, i64)]| {
        let mut days: Vec<i64> = days.iter().map(|(day, _)| *day).collect();
        days.dedup();
        days
    };
    let mut best: Option<(usize, i64)> = None;
    for at in &local {
        let center = at.rem_euclid(DAY);
        let count = distinct(&on(center)).len();
        if best.is_none_or(|(most, _)| count > most) {
            best = Some((count, center));
        }
    }
    let Some((_, center)) = best else { return Vec::new() };
    let cluster = on(center);
    let newest: Vec<i64> = cluster.iter().rev().take(9).map(|(_, offset)| *offset).collect();
    let time = center + median(&newest);
    let (carry, at) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    let days: Vec<Day> = distinct(&cluster).into_iter().map(|day| Day::from_number(day + carry)).collect();
    let mut found: Vec<Pattern> = weekly(&days, at).into_iter().collect();
    found.extend(distances(&days).map(|every| Pattern::Days {
        every,
        anchor: days.last().copied().unwrap_or_default(),
        at,
        weekdays: Weekdays::ALL,
    }));
    found.extend(monthly(&days, at));
    found
}

/// Days of the week.
fn weekly(days: &[Day], at: i64) -> Option<Pattern> {
    let (first, rest) = days.split_first()?;
    let all = rest.iter().fold(Days::of(*first), |all, day| all.with(*day));
    let weekdays = all.weekdays();
    // Each weekday has been there once only: any days would fit.
    let is_seen = all.percent() >= 60 || all.span() >= 14 || weekdays.count() == 1;
    (is_seen && weekdays != Weekdays::NONE).then(|| Pattern::daily(*first, at, weekdays))
}

/// The usual number of days between two runs, if it is no day.
fn distances(days: &[Day]) -> impl Iterator<Item = i64> + use<> {
    let distances: Vec<i64> =
        days.iter().zip(days.iter().skip(1)).map(|(one, next)| next.number() - one.number()).collect();
    Some(median(&distances)).filter(|days| (2..=400).contains(days)).into_iter()
}

/// A day of the month.
fn monthly(days: &[Day], at: i64) -> Option<Pattern> {
    let months: Vec<i64> = days.iter().map(|day| month_of(*day)).collect();
    let distances: Vec<i64> =
        months.iter().zip(months.iter().skip(1)).map(|(one, next)| next - one).collect();
    let every = median(&distances);
    // The day on which most of them are; one that is further than a month is long is its last day.
    let numbers: Vec<i64> = days.iter().map(|day| day.civil().2).collect();
    let is_last =
        days.iter().zip(&numbers).filter(|(day, number)| **number == month_length(month_of(**day))).count();
    let day = if is_last * 10 >= days.len() * 9 { 31 } else { median(&numbers) };
    let hits = days.iter().zip(&months).filter(|(each, month)| **each == day_in(**month, day)).count();
    ((1..=24).contains(&every) && hits * 10 >= days.len() * 7).then(|| Pattern::Months {
        every,
        anchor: months.last().copied().unwrap_or_default(),
        day,
        at,
    })
}

/// A period of minutes or hours.
fn elapsed(begins: &[Timestamp]) -> Option<Pattern> {
    let mut gaps: Vec<i64> = begins
        .iter()
        .zip(begins.iter().skip(1))
        .map(|(one, next)| next.since(*one))
        .filter(|gap| *gap > RETRY / 4)
        .collect();
    gaps.sort_unstable();
    // The gap that most others resemble.
    let alike = |gap: i64| gaps.iter().filter(|other| (**other - gap).abs() <= gap / 8).collect::<Vec<_>>();
    let usual = gaps.iter().copied().max_by_key(|gap| alike(*gap).len())?;
    let alike: Vec<i64> = alike(usual).into_iter().copied().collect();
    let usual = median(&alike);
    let (first, last) = (*begins.first()?, *begins.last()?);
    let periods = (last.since(first) + usual / 2).div_euclid(usual.max(1));
    let exact = if periods > 0 { last.since(first) / periods } else { usual };
    // Runs by hand, or a change in between, would stretch it.
    let least = if usual >= 20 * HOUR { 200 } else { 30 };
    let exact = if (exact - usual).abs() * least <= usual { exact } else { usual };
    // What a person would have set, where it is that.
    let period = [HOUR, HOUR / 2, HOUR / 4, 300, 60]
        .into_iter()
        .map(|unit| ((usual + unit / 2).div_euclid(unit) * unit, unit))
        .find(|(round, unit)| *round >= *unit && (round - exact).abs() * 50 <= *round)
        .map_or(exact, |(round, _)| round);
    // Nobody sets a run for every 67 hours.
    let is_set = period < 20 * HOUR || period % (6 * HOUR) == 0;
    if !(300..=40 * DAY).contains(&period) || !is_set {
        return None;
    }
    let phase = |begin: &Timestamp| (last.since(*begin) + period / 2).rem_euclid(period) - period / 2;
    let offset = median(&begins.iter().rev().take(9).map(phase).collect::<Vec<_>>());
    Some(Pattern::Elapsed { anchor: last.plus(-offset), period, weekdays: Weekdays::ALL })
}

#[cfg(test)]
#[path = "fit_tests.rs"]
mod tests;
