//! When a job ran: its rhythm, less the runs that were missed.

use super::{
    fleet::{Job, Machine, Timetable},
    random::Random,
    scenario::{CALM, Scenario},
};
use crate::{
    time::{Day, Timestamp},
    zone::Zone,
};

/// Silence of the job that is late: seconds.
const SILENCE: i64 = 9 * 86_400;
/// How long the job that is stuck was heard of no more, at least: seconds. Longer than its tolerance.
const STUCK: i64 = 9 * 3600;
/// How long ago the job was paused that is: seconds.
pub(super) const PAUSED: i64 = 5 * 86_400;
/// The shortest silence of the job that was given up: seconds.
const FORGOTTEN: i64 = 20 * 86_400;

impl Timetable {
    /// The minutes of a day at which a run is due.
    fn minutes(self, day: Day) -> Vec<i64> {
        match self {
            Self::Daily(minute) => vec![minute],
            Self::Weekdays(minute) => (day.weekday() < 5).then_some(minute).into_iter().collect(),
            Self::Weekly(weekday, minute) => {
                (day.weekday() == weekday).then_some(minute).into_iter().collect()
            }
            Self::Hours(hours) => (0..24 / hours).map(|slot| slot * hours * 60 + 5).collect(),
        }
    }

    /// Runs missed in a thousand.
    fn missed(self) -> i64 {
        match self {
            Self::Hours(_) => 6,
            Self::Daily(_) | Self::Weekdays(_) | Self::Weekly(..) => 22,
        }
    }
}

/// The first run due after a time.
pub(super) fn next(job: &Job, after: Timestamp, zone: &Zone) -> Option<Timestamp> {
    let today = zone.day(after);
    (0..8).flat_map(|ahead| due(job, today.plus(ahead), zone)).find(|start| start.since(after) > 1800)
}

/// The starts of a job's runs that have begun by `now`, oldest first.
pub(super) fn starts(
    machine: &Machine,
    job: &Job,
    number: i64,
    now: Timestamp,
    zone: &Zone,
) -> Vec<Timestamp> {
    let today = zone.day(now);
    let is_away = |back: i64| machine.away.is_some_and(|(from, to)| (to..=from).contains(&back));
    let mut due: Vec<Timestamp> = (0..=job.since)
        .rev()
        .filter(|back| !is_away(*back))
        .flat_map(|back| due(job, today.plus(-back), zone))
        // Nobody's schedule is to the second, and big jobs begin when the one before is done.
        .map(|at| at.plus(Random::of(&[1, number, at.unix()]).below(90)))
        .filter(|at| *at < now)
        .collect();
    let count = due.len();
    let mut index = 0;
    due.retain(|at| {
        index += 1;
        count - index < CALM || !Random::of(&[2, number, at.unix()]).chance(job.rhythm.missed())
    });
    match job.scenario {
        Scenario::Silent => due.retain(|at| now.since(*at) > SILENCE),
        Scenario::Abandoned => {
            due.retain(|at| now.since(*at) > FORGOTTEN);
            due.truncate(2);
        }
        Scenario::New => due = due.split_off(due.len().saturating_sub(2)),
        Scenario::Stuck => due.retain(|at| now.since(*at) > STUCK),
        Scenario::Paused => due.retain(|at| now.since(*at) > PAUSED),
        Scenario::Steady | Scenario::Failing | Scenario::Warned | Scenario::Known | Scenario::Excused => {}
    }
    due
}

pub(super) fn due(job: &Job, day: Day, zone: &Zone) -> impl Iterator<Item = Timestamp> {
    let midnight = zone.start(day);
    job.rhythm.minutes(day).into_iter().map(move |minute| midnight.plus(minute * 60))
}
