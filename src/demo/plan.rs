//! Everything that the fleet sends up to a moment, in the order in which it arrives.

use serde_json::Value;

use super::{
    figures::Figures,
    fleet::{FLEET, Job, Machine},
    live, monitoring, operation,
    random::Random,
    report::Run,
    retention::{PrunedVersions, Versions},
    scenario::Scenario,
    slots,
};
use crate::{time::Timestamp, zone::Zone};

/// One report on its way.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// When it arrives.
    pub at: Timestamp,
    content: Body,
}

#[derive(Debug, Clone)]
enum Body {
    Run(Box<Run>),
    Operation(operation::Operation),
    Live(Box<Value>),
}

impl Delivery {
    /// The JSON document that Duplicati would send.
    pub fn body(&self, zone: &Zone) -> String {
        match &self.content {
            Body::Run(run) => run.to_json(zone),
            Body::Operation(operation) => operation.to_json(),
            Body::Live(message) => return message.to_string(),
        }
        .to_string()
    }
}

/// Everything that arrives before `now`, oldest first.
pub fn plan(now: Timestamp, zone: &Zone) -> Vec<Delivery> {
    let mut all = Vec::new();
    let mut number = 0;
    for machine in FLEET {
        for job in machine.jobs {
            number += 1;
            all.extend(runs(machine, job, number, now, zone));
        }
    }
    let operations = operation::all(now)
        .into_iter()
        .map(|(at, operation)| Delivery { at, content: Body::Operation(operation) });
    all.extend(operations);
    // What arrives while nobody is there is lost.
    let down = monitoring::downtime(now, zone);
    all.retain(|delivery| !down.is_some_and(|down| down.has(delivery.at)));
    // Stable: what arrives in the same second stays in the order of the fleet.
    all.sort_by_key(|delivery| delivery.at);
    all
}

fn runs(
    machine: &'static Machine,
    job: &'static Job,
    number: i64,
    now: Timestamp,
    zone: &Zone,
) -> Vec<Delivery> {
    let mut begun = slots::starts(machine, job, number, now, zone);
    let unfinished = begun.pop_if(|_| job.scenario == Scenario::Stuck);
    let starts: Vec<(Timestamp, i64)> = begun
        .into_iter()
        .map(|start| (start, Random::of(&[4, number, start.unix()]).around(job.duration, 22).max(3)))
        .filter(|(start, duration)| start.plus(duration + DELAY) <= now)
        .collect();
    let first = starts.first().map_or(now, |(start, _)| *start);
    let count = starts.len();
    let mut versions = Versions::default();
    let mut deliveries = Vec::with_capacity(count);
    if let Some(start) = unfinished {
        for (status, second, permille) in [("Started", 2, 0), ("Progress", 300, 210), ("Progress", 900, 340)]
        {
            let at = start.plus(second);
            let message = live::message((machine, job, number), status, start, at, permille);
            deliveries.push(Delivery { at, content: Body::Live(Box::new(message)) });
        }
    }
    for (index, (start, duration)) in starts.into_iter().enumerate() {
        let mut random = Random::of(&[5, number, start.unix()]);
        let outcome = job.scenario.outcome(count - index - 1, &mut random);
        let thinned = if outcome.is_kept() {
            versions.add(start, job.thins_out)
        } else {
            PrunedVersions { left: versions.count(), ..PrunedVersions::default() }
        };
        let figures = Figures::of(job, start.since(first), thinned.left, index == 0, &mut random);
        // The first run sends everything, which takes its time; runs that fail do so early.
        let duration = match index {
            0 => duration * 3,
            _ if outcome.is_kept() => duration,
            _ => duration / 9 + 2,
        };
        let run = Run {
            machine,
            job,
            number,
            start,
            duration,
            outcome,
            figures,
            thinned,
            next: slots::next(job, start.plus(duration), zone),
            random,
        };
        let delivery = Delivery { at: start.plus(duration + DELAY), content: Body::Run(Box::new(run)) };
        deliveries.push(delivery);
    }
    deliveries
}

/// From the end of a run to the arrival of its report: seconds.
const DELAY: i64 = 4;
