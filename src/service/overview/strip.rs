//! What the slots of a job's strip were: asked for when somebody looks at one.

use crate::{
    access::Permission,
    db::tables::{
        jobs,
        run_lists::{self, ListRow, Wanted},
    },
    dto::{server::RunSort, strip::Slot},
    error::Error,
    ids::{JobId, RunId, ServerId},
    outcome::RunOutcome,
    service::{
        Actor, Services,
        rows::{missing_is_not_found, strip},
    },
};

/// Runs that are looked at: more than a strip has cells, since rehearsals are in none.
const RUNS: i64 = 62;

/// The slots of a job, in the order of the letters that lists show of it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such job.
pub async fn slots(services: &Services, actor: &Actor, job: JobId) -> Result<Vec<Slot>, Error> {
    actor.may(Permission::ViewBackups)?;
    let (zone, now) = (actor.zone(services), services.clock.now());
    let (record, runs) = services
        .db
        .read(move |conn| {
            let record = jobs::find(conn, job)?;
            let server = ServerId(record.server_id);
            let runs =
                run_lists::list(conn, Wanted::all(server, Some(job)), RunSort::Started, false, RUNS, 0)?;
            Ok((record, runs))
        })
        .await
        .map_err(missing_is_not_found)?;
    let slots = strip(now, &record, &record.why()).into_iter().map(|(at, mark)| {
        let start = at.to_string();
        let run: Option<&ListRow> = mark.and_then(|_| runs.iter().find(|run| run.start_time == start));
        let outcome: RunOutcome = run.and_then(|run| run.outcome.parse().ok()).unwrap_or_default();
        Slot {
            at: zone.moment(at),
            day: services.zone.day(at),
            status: mark.map(|mark| mark.status),
            duration: run.and_then(|run| run.duration),
            source_size: outcome.own_figure(run.and_then(|run| run.files_size)),
            uploaded_size: outcome.sent_figure(run.and_then(|run| run.uploaded_size)),
            run: run.map(|run| RunId(run.id)),
        }
    });
    Ok(slots.collect())
}

#[cfg(test)]
#[path = "strip_tests.rs"]
mod tests;
