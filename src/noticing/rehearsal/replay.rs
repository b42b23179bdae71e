//! Replays a story through the functions that decide: reports and live messages as they arrive, the clock as the evaluator follows it,
//! our own downtime.

use serde::Serialize;

use super::{
    expand::{Arrival, Single, singles},
    scenario::{Job, Scenario, ScenarioError},
};
use crate::{
    noticing::{
        facts::Facts,
        incident::{Event, Track},
        live::Message,
        run::Report,
        settings::{Settings, Span},
        state::{Problem, evaluate},
    },
    report::LiveState,
    time::Timestamp,
    zone::Zone,
};

/// An alarm that would have been raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alarm {
    /// The job.
    pub job: String,
    /// What it is about.
    pub kind: &'static str,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it was closed; a change within an alarm is not closed by itself.
    #[serde(skip_serializing_if = "Closed::is_of_another")]
    pub closed: Closed,
    /// Whether it is a change of an alarm that was open.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub within: bool,
}

/// When an alarm was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Closed {
    /// Then; or it is still open.
    At(Option<Timestamp>),
    /// It is a change within another one.
    OfAnother,
}

impl Closed {
    fn is_of_another(&self) -> bool {
        *self == Self::OfAnother
    }
}

/// How often a run that reports progress is heard: seconds.
const PROGRESS: i64 = 300;

/// What happens at a time; the order is that of what happens at the same one.
#[derive(Debug, Clone)]
enum Happening {
    Live(Message),
    Report(Arrival),
    /// This program starts again.
    Restart,
}

/// The alarms of a scenario, in the order in which they were raised.
///
/// # Errors
/// When it names something that does not exist.
pub fn rehearse(scenario: &Scenario) -> Result<Vec<Alarm>, ScenarioError> {
    let zone = Zone::named(&scenario.zone)?;
    let mut down: Vec<Span> =
        scenario.down.iter().map(|(from, until)| Span { from: *from, until: Some(*until) }).collect();
    down.sort_by_key(|span| span.from);
    let mut alarms = Vec::new();
    for job in &scenario.jobs {
        let settings = settings(job, &zone)?;
        let runs = singles(job, &zone)?;
        alarms.extend(replay(&job.job, &settings, &runs, &down, scenario.from, scenario.until));
    }
    alarms.sort_by_key(|alarm| alarm.opened);
    Ok(alarms)
}

/// The alarms that the reports of a job would have raised with some settings, in the order in which they were raised. `down` is when
/// this program did not run, in ascending order.
#[must_use]
pub fn past(
    job: &str,
    settings: &Settings,
    reports: Vec<Report>,
    down: &[Span],
    until: Timestamp,
) -> Vec<Alarm> {
    let Some(from) = reports.iter().map(|report| report.received).min() else { return Vec::new() };
    let single = |report: Report| Single {
        begin: report.begin,
        duration: report.duration,
        received: Some(report.received),
        is_live: false,
        arrival: Arrival::Backup(Box::new(report)),
    };
    let runs: Vec<Single> = reports.into_iter().map(single).collect();
    replay(job, settings, &runs, down, from, until)
}

fn settings(job: &Job, zone: &Zone) -> Result<Settings, ScenarioError> {
    let schedule = job.schedule.as_ref();
    let schedule_zone = schedule.and_then(|set| set.zone.as_deref()).map(Zone::named).transpose()?;
    Ok(Settings {
        schedule: schedule.map(|set| set.schedule()).transpose()?,
        schedule_zone,
        tolerance: job.tolerance.unwrap_or_default(),
        announced: job.announced,
        pauses: job.paused.iter().map(|(from, until)| Span { from: *from, until: *until }).collect(),
        ..Settings::new(zone.clone())
    })
}

/// Everything that happens to a job, in order.
fn happenings(runs: &[Single], down: &[Span]) -> Vec<(Timestamp, Happening)> {
    let mut all: Vec<(Timestamp, Happening)> = Vec::new();
    for run in runs {
        if run.is_live {
            let end = run.begin.plus(run.duration);
            let message =
                |state, received| Happening::Live(Message { state, started: Some(run.begin), received });
            all.push((run.begin, message(LiveState::Started, run.begin)));
            let mut at = run.begin.plus(PROGRESS);
            while at < end {
                all.push((at, message(LiveState::Progress, at)));
                at = at.plus(PROGRESS);
            }
            let last = if run.received.is_some() { LiveState::Completed } else { LiveState::Progress };
            all.push((end, message(last, end)));
        }
        if let Some(received) = run.received {
            all.push((received, Happening::Report(run.arrival.clone())));
        }
    }
    // What arrives while nobody is there is lost.
    all.retain(|(at, _)| !down.iter().any(|span| span.has(*at)));
    all.extend(down.iter().filter_map(|span| span.until).map(|until| (until, Happening::Restart)));
    all.sort_by_key(|(at, _)| *at);
    all
}

fn replay(
    job: &str,
    settings: &Settings,
    runs: &[Single],
    down: &[Span],
    from: Timestamp,
    until: Timestamp,
) -> Vec<Alarm> {
    let mut replay =
        Replay { job, settings, facts: Facts::default(), track: Track::default(), alarms: Vec::new() };
    let mut wake = Some(from);
    let mut ahead =
        happenings(runs, down).into_iter().filter(|(at, _)| *at >= from && *at <= until).peekable();
    loop {
        let next = ahead.peek().map(|(at, _)| *at);
        // The evaluator sleeps while the program does not run.
        let due =
            wake.map(|at| down.iter().find(|span| span.has(at)).and_then(|span| span.until).unwrap_or(at));
        let now = match (next, due) {
            (Some(next), Some(due)) => next.min(due),
            (Some(at), None) | (None, Some(at)) => at,
            (None, None) => break,
        };
        if now > until {
            break;
        }
        if next == Some(now)
            && let Some((_, happening)) = ahead.next()
        {
            replay.happen(happening, now);
        }
        // What is known of downtime at that time.
        let known = down.get(..down.partition_point(|span| span.until.is_some_and(|end| end <= now)));
        // Reports of the same second come first.
        let is_last = ahead.peek().is_none_or(|(at, _)| *at > now);
        if is_last {
            wake = replay.evaluate(known.unwrap_or_default(), now);
        }
    }
    replay.alarms
}

struct Replay<'a> {
    job: &'a str,
    settings: &'a Settings,
    facts: Facts,
    track: Track,
    alarms: Vec<Alarm>,
}

impl Replay<'_> {
    fn happen(&mut self, happening: Happening, now: Timestamp) {
        match happening {
            Happening::Live(message) => self.facts.hear(message),
            Happening::Report(Arrival::Backup(report)) => {
                self.facts.report(&report, self.settings);
            }
            Happening::Report(Arrival::Verification { is_whole }) => self.facts.verified(is_whole, now),
            Happening::Report(Arrival::Other) | Happening::Restart => {}
        }
    }

    /// What the evaluator does: the state, and what happens to the incident.
    fn evaluate(&mut self, down: &[Span], now: Timestamp) -> Option<Timestamp> {
        let is_known = self.facts.first().is_some() || self.facts.live().is_some();
        let announced = self.settings.announced;
        if !is_known && announced.is_none_or(|announced| announced > now) {
            return announced;
        }
        let state = evaluate(&self.facts, self.settings, down, now);
        for entry in self.track.follow(&state, now) {
            self.record(&entry.event, now);
        }
        state.next_change_at
    }

    fn record(&mut self, event: &Event, now: Timestamp) {
        let (problem, within) = match event {
            Event::Opened { problem, .. } => (*problem, false),
            Event::Changed { to, .. } => (*to, true),
            Event::Silent { .. } => (Problem::Late, true),
            Event::Closed { .. } => {
                let open = self.alarms.iter_mut().rev().find(|alarm| !alarm.within);
                if let Some(open) = open {
                    open.closed = Closed::At(Some(now));
                }
                return;
            }
            _ => return,
        };
        self.alarms.push(Alarm {
            job: self.job.to_owned(),
            kind: problem.as_str(),
            opened: now,
            closed: if within { Closed::OfAnother } else { Closed::At(None) },
            within,
        });
    }
}

#[cfg(test)]
#[path = "replay_tests.rs"]
mod tests;
