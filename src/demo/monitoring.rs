//! What people set and did: a pause, a warning that is expected, incidents that somebody looked at; and the hour at which this program
//! did not run.

use std::collections::{BTreeSet, HashMap};

use super::{
    DemoError,
    fleet::{FLEET, Job, Machine, Timetable},
    log,
    scenario::Scenario,
    slots,
};
use crate::{
    db::{
        Connection, StoreError,
        tables::{
            jobs,
            noticing::{Judge, accepted, downtimes, incidents as rows, pauses, settings::Scope},
            servers,
        },
    },
    dto::incidents::IncidentFilter,
    noticing::{settings::Span, state::Problem, warnings},
    service::{
        Actor, Services,
        noticing::incidents::{self, Act},
    },
    time::Timestamp,
    zone::Zone,
};

const DAY: i64 = 86_400;
/// Who does it.
const WHO: &str = "jo";

/// The hour around the last weekly run of some job, in which this program did not run: what was sent then is lost, and the run is excused.
pub(super) fn downtime(now: Timestamp, zone: &Zone) -> Option<Span> {
    let weekly =
        |job: &&Job| matches!(job.rhythm, Timetable::Weekly(..)) && job.scenario == Scenario::Excused;
    let job = FLEET.iter().flat_map(|machine| machine.jobs).find(weekly)?;
    let today = zone.day(now);
    let slots = (0..15).flat_map(|back| slots::due(job, today.plus(-back), zone));
    let around = |slot: Timestamp| Span { from: slot.plus(-600), until: Some(slot.plus(3000)) };
    slots.map(around).find(|span| span.until.is_some_and(|until| until <= now))
}

/// Notes when this program did not run, before anything is judged.
pub(super) fn note_downtime(conn: &mut Connection, now: Timestamp, zone: &Zone) -> Result<(), StoreError> {
    match downtime(now, zone) {
        Some(Span { from, until: Some(until) }) => downtimes::note(conn, from, until),
        _ => Ok(()),
    }
}

/// Sets and does it, once everything has come in.
pub(super) async fn act(services: &Services) -> Result<(), DemoError> {
    let (zone, now) = (services.zone().clone(), services.clock().now());
    services
        .db()
        .write(move |tx| {
            let names: HashMap<i64, String> =
                servers::all(tx.conn)?.into_iter().map(|server| (server.id, server.name)).collect();
            for row in jobs::all(tx.conn, None)? {
                let Some(server) = names.get(&row.server_id) else { continue };
                let Some((machine, job)) = made_up(server, &row.name) else { continue };
                let id = row.job_ref().id;
                match job.scenario {
                    Scenario::Paused => {
                        let span = Span { from: now.plus(-slots::PAUSED), until: Some(now.plus(9 * DAY)) };
                        pauses::start(
                            tx.conn,
                            Scope::Job(id),
                            span,
                            ("The camera is being repaired", WHO),
                            span.from,
                        )?;
                    }
                    Scenario::Known => {
                        let kinds: BTreeSet<String> = log::unread(machine.system)
                            .filter_map(|line| warnings::kind_of_text(&line))
                            .collect();
                        for kind in kinds {
                            accepted::accept(tx.conn, (Some(id), &kind), None, WHO, now.plus(-20 * DAY))?;
                        }
                    }
                    _ => continue,
                }
                Judge::at(tx.conn, &zone, now)?.reset(tx.conn, row.job_ref())?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

/// Looks at two incidents, once all states are judged.
pub(super) async fn handle(services: &Services) -> Result<(), DemoError> {
    let open = services.db().read(|conn| {
        let wanted = rows::Wanted { filter: Some(IncidentFilter::Open), ..rows::Wanted::default() };
        rows::list(conn, wanted, 100, 0)
    });
    for row in open.await? {
        let act = match row.problem.parse() {
            Ok(Problem::Late) => Act::Acknowledge { note: "Jo is travelling until Friday".to_owned() },
            Ok(Problem::Stale) => Act::Snooze { seconds: 7 * DAY },
            _ => continue,
        };
        incidents::handle(services, &Actor::CommandLine, vec![row.id], act).await?;
    }
    Ok(())
}

/// The job of the fleet that a stored one is.
fn made_up(server: &str, job: &str) -> Option<(&'static Machine, &'static Job)> {
    let machine = FLEET.iter().find(|machine| machine.name == server)?;
    machine.jobs.iter().find(|known| known.name == job).map(|job| (machine, job))
}
