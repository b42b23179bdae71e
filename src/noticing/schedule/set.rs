//! A schedule that a person set.

use serde::{Deserialize, Serialize};

use super::{
    cron::Cron,
    habit::median,
    local::{DAY, HOUR, Local, month_of},
    pattern::Pattern,
    weekdays::Weekdays,
};
use crate::{
    time::{Day, Timestamp},
    zone::Zone,
};

/// A schedule as a person sets it. Its zone is said beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// Runs begin in a fixed distance.
    Every {
        /// The distance.
        period: Period,
        /// Second of the day; without it, that of the runs.
        at: Option<i64>,
        /// Days on which there are slots; without them, all.
        weekdays: Option<Weekdays>,
        /// A day with a slot, for distances of several days, weeks or months; without it, that of the runs.
        anchor: Option<Day>,
    },
    /// As a cron expression says.
    Cron(Cron),
    /// There is none: the job is never late.
    Never,
}

/// A distance of slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// Elapsed seconds.
    Seconds(i64),
    /// Calendar days.
    Days(i64),
    /// Weeks.
    Weeks(i64),
    /// Months.
    Months(i64),
}

/// A text that is no distance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no distance of runs: use a number and m, h, D, W, M or Y, as in 90m, 6h, 1D, 1W2D or 1M, up to ten years"
)]
pub struct NoPeriod(String);

impl Period {
    /// Reads `90m`, `6h`, `1D`, `1W2D`, `1M`, as Duplicati writes them; lower case is minutes, hours, and seconds.
    ///
    /// # Errors
    /// When it is none, or mixes months with anything else.
    pub fn parse(text: &str) -> Result<Self, NoPeriod> {
        let error = || NoPeriod(text.chars().take(40).collect());
        let (mut seconds, mut days, mut months, mut weeks_only) = (0_i64, 0_i64, 0_i64, true);
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(error());
        }
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (number, tail) = rest.split_at_checked(digits).ok_or_else(error)?;
            let number: i64 = number.parse().ok().filter(|number| *number < 1_000_000).ok_or_else(error)?;
            let mut tail = tail.chars();
            let unit = tail.next().ok_or_else(error)?;
            rest = tail.as_str();
            weeks_only &= unit == 'W';
            match unit {
                's' => seconds += number,
                'm' => seconds += number * 60,
                'h' | 'H' => seconds += number * HOUR,
                'd' | 'D' => days += number,
                'w' | 'W' => days += number * 7,
                'M' => months += number,
                'y' | 'Y' => months += number * 12,
                _ => return Err(error()),
            }
        }
        match (seconds, days, months) {
            (0, 0, months @ 1..=120) => Ok(Self::Months(months)),
            (0, days @ 1..=3650, 0) if weeks_only => Ok(Self::Weeks(days / 7)),
            (0, days @ 1..=3650, 0) => Ok(Self::Days(days)),
            (seconds @ 60.., days @ 0..=3650, 0) if seconds < 3650 * DAY => {
                Ok(Self::Seconds(seconds + days * DAY))
            }
            _ => Err(error()),
        }
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Days(days) => write!(f, "{days}D"),
            Self::Weeks(weeks) => write!(f, "{weeks}W"),
            Self::Months(months) => write!(f, "{months}M"),
            Self::Seconds(seconds) => {
                let parts = [(seconds / HOUR, 'h'), (seconds % HOUR / 60, 'm'), (seconds % 60, 's')];
                parts
                    .iter()
                    .filter(|(number, _)| *number > 0)
                    .try_for_each(|(n, unit)| write!(f, "{n}{unit}"))
            }
        }
    }
}

impl Schedule {
    /// Its slots. What it leaves open is taken from the good runs, in ascending order; `known` is since when the job is known.
    /// `None` when there are no slots, or none can be told yet.
    #[must_use]
    pub fn pattern(&self, good: &[Timestamp], known: Timestamp, zone: &Zone) -> Option<Pattern> {
        let Self::Every { period, at, weekdays, anchor } = self else {
            return match self {
                Self::Cron(cron) => Some(Pattern::Cron { expression: cron.clone() }),
                _ => None,
            };
        };
        let newest = good.get(good.len().saturating_sub(9)..).unwrap_or_default();
        let local: Vec<Local> = newest.iter().map(|begin| Local::of(*begin, zone)).collect();
        let last = good.last().copied().unwrap_or(known);
        let at_or_usual = at.unwrap_or_else(|| usual_second(&local).unwrap_or(Local::of(last, zone).second));
        let weekdays_or_all = weekdays.unwrap_or(Weekdays::ALL);
        let day = |residue: &dyn Fn(Day) -> i64| {
            anchor.unwrap_or_else(|| {
                // A run that began late in the evening before belongs to the slot of the next day.
                let days = newest.iter().map(|begin| {
                    let local = Local::of(begin.plus(HOUR), zone);
                    if at_or_usual < 2 * HOUR { local.day } else { Local::of(*begin, zone).day }
                });
                most_usual(days.collect(), residue).unwrap_or(Local::of(known, zone).day)
            })
        };
        Some(match *period {
            Period::Seconds(period) => {
                let start = match (at, anchor) {
                    (None, _) => last,
                    (Some(second), anchor) => {
                        let day = anchor.unwrap_or_else(|| Local::of(known, zone).day);
                        // The grid of the day on which the job was last seen, where a day is a multiple of the period.
                        let day = if DAY % period == 0 { Local::of(last, zone).day } else { day };
                        let grid = Local { day, second: *second }.instant(zone);
                        grid.plus(common_shift(newest, grid, period))
                    }
                };
                Pattern::Elapsed { anchor: start, period, weekdays: weekdays_or_all }
            }
            Period::Days(every) => Pattern::Days {
                every,
                anchor: if every > 1 { day(&|day| day.number().rem_euclid(every)) } else { Day::default() },
                at: at_or_usual,
                weekdays: weekdays_or_all,
            },
            Period::Weeks(every) => match weekdays {
                Some(weekdays) => Pattern::Weeks {
                    every,
                    anchor: if every > 1 {
                        day(&|day| (day.number() + 3).div_euclid(7).rem_euclid(every))
                    } else {
                        Day::default()
                    },
                    at: at_or_usual,
                    weekdays: *weekdays,
                },
                None => Pattern::Days {
                    every: every * 7,
                    anchor: day(&|day| day.number().rem_euclid(every * 7)),
                    at: at_or_usual,
                    weekdays: Weekdays::ALL,
                },
            },
            Period::Months(every) => {
                let day = day(&|day| {
                    let (_, _, number) = day.civil();
                    // The last day is one day, whatever its number.
                    if day.plus(1).civil().2 == 1 { 0 } else { number }
                });
                let number = if day.plus(1).civil().2 == 1 && anchor.is_none() { 31 } else { day.civil().2 };
                Pattern::Months { every, anchor: month_of(day), day: number, at: at_or_usual }
            }
        })
    }
}

/// The time of day at which most of some runs began; with none, nothing.
fn usual_second(runs: &[Local]) -> Option<i64> {
    let near = |center: i64| {
        let offset = move |second: i64| (second - center + DAY / 2).rem_euclid(DAY) - DAY / 2;
        runs.iter().map(move |local| offset(local.second)).filter(|offset| offset.abs() <= HOUR)
    };
    // Of two that are equally usual, the newer one.
    let center = runs.iter().map(|local| local.second).max_by_key(|second| near(*second).count())?;
    Some((center + median(&near(center).collect::<Vec<_>>())).rem_euclid(DAY))
}

/// The newest of the days whose residue is the most usual.
fn most_usual(days: Vec<Day>, residue: &dyn Fn(Day) -> i64) -> Option<Day> {
    let count = |day: Day| days.iter().filter(|other| residue(**other) == residue(day)).count();
    days.iter().copied().max_by_key(|day| count(*day))
}

/// How far the last three runs are from a grid, when they agree: a sender that stays at UTC, a clock that was changed.
fn common_shift(newest: &[Timestamp], grid: Timestamp, period: i64) -> i64 {
    let offset = |begin: &Timestamp| (begin.since(grid) + period / 2).rem_euclid(period) - period / 2;
    let last: Vec<i64> = newest.iter().rev().take(3).map(offset).collect();
    let middle = median(&last);
    let agree = last.len() == 3 && last.iter().all(|each| (each - middle).abs() <= 600);
    if agree && middle.abs() > 900 { middle } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn next(schedule: &Schedule, good: &[&str], zone: &str, after: &str) -> String {
        let good: Vec<Timestamp> = good.iter().map(|text| at(text)).collect();
        let zone = Zone::named(zone).unwrap();
        let pattern = schedule.pattern(&good, at("2026-01-01T00:00:00Z"), &zone).unwrap();
        pattern.next_after(at(after), &zone).unwrap().to_string()
    }

    fn every(text: &str, at: Option<i64>) -> Schedule {
        Schedule::Every { period: Period::parse(text).unwrap(), at, weekdays: None, anchor: None }
    }

    #[test]
    fn distances_are_read_as_duplicati_writes_them() {
        for (text, expected) in [
            ("90m", Period::Seconds(5400)),
            ("12h", Period::Seconds(43_200)),
            ("1D", Period::Days(1)),
            ("1W", Period::Weeks(1)),
            ("1W2D", Period::Days(9)),
            ("1D12h", Period::Seconds(129_600)),
            ("3M", Period::Months(3)),
            ("1Y", Period::Months(12)),
        ] {
            assert_eq!(Period::parse(text), Ok(expected), "{text}");
        }
        for text in ["", "D", "1", "0D", "1x", "1M2D", "-1D", "99999999D", "30s", "1 D"] {
            assert!(Period::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_left_open_is_taken_from_the_runs() {
        let second = ["2026-02-02T01:00:00Z", "2026-02-04T01:00:10Z", "2026-02-06T01:00:05Z"];
        assert_eq!(
            next(&every("2D", Some(2 * HOUR)), &second, "Europe/Berlin", "2026-02-06T02:00:00Z"),
            "2026-02-08T01:00:00Z"
        );
        // A run by hand moves neither day nor time.
        let by_hand =
            ["2026-02-02T01:00:00Z", "2026-02-04T01:00:10Z", "2026-02-06T01:00:05Z", "2026-02-07T15:00:00Z"];
        assert_eq!(
            next(&every("2D", None), &by_hand, "Europe/Berlin", "2026-02-07T15:00:00Z"),
            "2026-02-08T01:00:05Z"
        );
        let month = ["2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z"];
        assert_eq!(
            next(&every("1M", Some(10 * HOUR)), &month, "UTC", "2026-03-01T00:00:00Z"),
            "2026-03-31T10:00:00Z"
        );
        assert_eq!(
            next(&every("1W", Some(0)), &["2026-02-01T00:00:30Z"], "UTC", "2026-02-02T00:00:00Z"),
            "2026-02-08T00:00:00Z"
        );
    }

    #[test]
    fn hours_without_a_time_follow_the_last_run_and_with_one_the_clock() {
        assert_eq!(
            next(&every("6h", None), &["2026-02-02T01:17:00Z"], "UTC", "2026-02-02T01:17:00Z"),
            "2026-02-02T07:17:00Z"
        );
        assert_eq!(
            next(
                &every("6h", Some(1800)),
                &["2026-02-02T07:31:00Z"],
                "Europe/Berlin",
                "2026-02-02T07:31:00Z"
            ),
            "2026-02-02T11:30:00Z"
        );
        // Three runs an hour beside the grid: it moved.
        let moved = ["2026-02-02T00:30:00Z", "2026-02-02T06:31:00Z", "2026-02-02T12:30:00Z"];
        assert_eq!(
            next(&every("6h", Some(1800)), &moved, "Europe/Berlin", "2026-02-02T12:40:00Z"),
            "2026-02-02T18:30:00Z"
        );
    }

    #[test]
    fn no_schedule_has_no_slots() {
        let zone = Zone::utc();
        assert_eq!(Schedule::Never.pattern(&[], Timestamp::default(), &zone), None);
    }
}
