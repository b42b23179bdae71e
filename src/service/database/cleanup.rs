//! Runs that are old enough go: job by job, oldest first, in steps that reports do not wait for.

use std::{collections::HashMap, sync::Arc, time::Instant};

use serde_json::json;

use super::{
    cleanup_plan::{Plan, Target, plan},
    retention::{Policy, check},
    step_size::StepSize,
    steps,
};
use crate::{
    access::Permission,
    db::{
        Connection,
        tables::{retention, retention::RunAge, settings},
    },
    dto::database::{CleanupReport, CleanupRequest},
    error::Error,
    service::{Actor, Services, audit, audit::Entry, rows::missing_is_not_found, tasks::housekeeping},
    units::milliseconds,
    zone::Zone,
};

/// Runs that are looked for at a time.
const READ: i64 = 5000;

/// Deletes runs that are older than they are to be kept, with their raw reports and notifications, and brings everything
/// that is derived from them up to date in the same transactions. Days go as a whole, on the site's calendar: a run of 90
/// days is kept to the end of its day.
///
/// # Errors
/// [`Error::Invalid`] when a number is out of its range; [`Error::NotFound`] when there is no such server or job. What
/// was deleted before an error stays deleted.
pub async fn cleanup(
    services: &Services,
    actor: &Actor,
    request: CleanupRequest,
) -> Result<CleanupReport, Error> {
    actor.may(if request.dry_run { Permission::ViewDatabase } else { Permission::ManageDatabase })?;
    check(request.days, request.keep_last)?;
    if request.job.is_some() && request.server.is_none() {
        return Err(Error::Invalid { field: "job", hint: "also give the name of its server".into() });
    }
    clean(services, actor, Some(request)).await
}

/// The same as the settings and the rules say, by schedule: nothing where they say nothing.
///
/// # Errors
/// When the database refuses.
pub async fn clean_up_by_rules(services: &Services, actor: &Actor) -> Result<CleanupReport, Error> {
    actor.may(Permission::ManageDatabase)?;
    clean(services, actor, None).await
}

async fn clean(
    services: &Services,
    actor: &Actor,
    request: Option<CleanupRequest>,
) -> Result<CleanupReport, Error> {
    let began = Instant::now();
    let (zone, made) = find(services, request.clone()).await?;
    let mut report = CleanupReport {
        dry_run: request.as_ref().is_some_and(|request| request.dry_run),
        jobs: made.targets.iter().filter_map(|target| target.cleaned.clone()).collect(),
        ..CleanupReport::default()
    };
    let (runs, operations) = count(&made.targets);
    agreed(request.as_ref(), runs + operations)?;
    if report.dry_run {
        (report.runs, report.operations) = (runs, operations);
    } else {
        let done = work(services, request.as_ref(), &zone, made, &mut report).await;
        note(services, actor, request.as_ref(), &report, done.is_ok()).await?;
        done?;
    }
    report.took = milliseconds(began.elapsed());
    Ok(report)
}

/// What goes by now, and on which calendar.
async fn find(services: &Services, request: Option<CleanupRequest>) -> Result<(Zone, Plan), Error> {
    let (site, now) = (services.zone.clone(), services.clock.now());
    services
        .db
        .read(move |conn| {
            let zone = settings::site_zone(conn, &site)?;
            let made = plan(conn, &zone, zone.day(now), request.as_ref())?;
            Ok((zone, made))
        })
        .await
        .map_err(missing_is_not_found)
}

/// How many runs and other operations go.
pub(super) fn count(targets: &[Target]) -> (i64, i64) {
    let runs = targets.iter().filter_map(|target| target.cleaned.as_ref()).map(|cleaned| cleaned.runs).sum();
    (runs, targets.iter().map(|target| target.operations).sum())
}

/// Refuses to delete more than somebody agreed to.
fn agreed(request: Option<&CleanupRequest>, going: i64) -> Result<(), Error> {
    match request.and_then(|request| request.at_most) {
        Some(most) if going > most => Err(Error::Invalid {
            field: "at_most",
            hint: format!(
                "{going} runs and other operations would now be deleted, but only {most} were confirmed: preview and confirm again"
            ),
        }),
        _ => Ok(()),
    }
}

/// Deletes, step by step, and counts in the report. When a rule is another one meanwhile, what goes is found anew.
async fn work(
    services: &Services,
    request: Option<&CleanupRequest>,
    zone: &Zone,
    mut made: Plan,
    report: &mut CleanupReport,
) -> Result<(), Error> {
    let mut step_size = steps::of_runs();
    let done = loop {
        match delete_all(services, zone, &made, report, &mut step_size).await {
            Ok(Rules::Changed) => match find(services, request.cloned()).await {
                Ok((_, again)) => {
                    let (runs, operations) = count(&again.targets);
                    if let Err(error) = agreed(request, report.runs + report.operations + runs + operations) {
                        break Err(error);
                    }
                    made = again;
                }
                Err(error) => break Err(error),
            },
            Ok(Rules::Same) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    count_steps(report, &step_size);
    done?;
    housekeeping::settle_site_days(services).await?;
    if report.runs + report.operations > 0 {
        let mut pages = steps::of_pages();
        report.returned = steps::return_space(services, &mut pages).await?;
        count_steps(report, &pages);
    }
    Ok(())
}

/// Whether the rules still are those by which it was found what goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rules {
    Same,
    Changed,
}

async fn delete_all(
    services: &Services,
    zone: &Zone,
    made: &Plan,
    report: &mut CleanupReport,
    step_size: &mut StepSize,
) -> Result<Rules, Error> {
    if delete_by_age(services, zone, made, report, step_size).await? == Rules::Changed {
        return Ok(Rules::Changed);
    }
    for target in &made.targets {
        if target.operations > 0 {
            let (job, cutoff) = (target.job, target.cutoff);
            report.operations += steps::delete_operations(services, job, cutoff, step_size).await?;
        }
    }
    Ok(Rules::Same)
}

/// Deletes the runs of all jobs from the oldest on. They are looked for by a reader; only to delete them takes the writer's time.
async fn delete_by_age(
    services: &Services,
    zone: &Zone,
    made: &Plan,
    report: &mut CleanupReport,
    step_size: &mut StepSize,
) -> Result<Rules, Error> {
    let before: HashMap<i64, String> = made
        .targets
        .iter()
        .filter(|target| target.cleaned.is_some())
        .map(|target| (target.job.id.0, target.before.clone()))
        .collect();
    let Some(last) = before.values().max().cloned() else { return Ok(Rules::Same) };
    let rules = Arc::new(made.rules.clone());
    let mut after: Option<RunAge> = None;
    loop {
        let (from, to) = (after.take(), last.clone());
        let read = move |conn: &mut Connection| retention::oldest(conn, from.as_ref(), &to, READ);
        let mut found = services.db.read(read).await?;
        let Some(read_last) = found.last().cloned() else { return Ok(Rules::Same) };
        after = Some(read_last);
        found.retain(|run| before.get(&run.job).is_some_and(|before| run.start < *before));
        let mut rest = found.as_slice();
        while !rest.is_empty() {
            let size = usize::try_from(step_size.size()).unwrap_or(1).min(rest.len());
            let (some, zone) = (rest.iter().take(size).cloned().collect::<Vec<_>>(), zone.clone());
            let rules = Arc::clone(&rules);
            let step = services
                .db
                .write_unseen(move |tx| {
                    let began = Instant::now();
                    if Policy::load(tx.conn)? != *rules {
                        return Ok(None);
                    }
                    let done = retention::delete_aged(tx, &zone, &some, StepSize::deadline())?;
                    Ok(Some((done, began.elapsed())))
                })
                .await?;
            let Some((done, took)) = step else { return Ok(Rules::Changed) };
            rest = rest.get(done.looked_at..).unwrap_or_default();
            report.runs += done.runs;
            step_size.learn(i64::try_from(done.looked_at).unwrap_or(i64::MAX), took);
            StepSize::rest(took).await;
        }
    }
}

fn count_steps(report: &mut CleanupReport, step_size: &StepSize) {
    report.batches += step_size.steps;
    report.longest_batch = report.longest_batch.max(milliseconds(step_size.longest));
}

/// Records what was done, and shows it to open pages: this write is not a quiet one.
async fn note(
    services: &Services,
    actor: &Actor,
    request: Option<&CleanupRequest>,
    report: &CleanupReport,
    is_done: bool,
) -> Result<(), Error> {
    let (actor, now) = (actor.clone(), services.clock.now());
    let nothing = report.runs + report.operations == 0;
    let mut after =
        json!({ "runs": report.runs, "operations": report.operations, "returned": report.returned });
    if let (Some(request), Some(after)) = (request, after.as_object_mut()) {
        after.extend(
            json!({ "days": request.days, "keep_last": request.keep_last })
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(_, value)| !value.is_null())
                .map(|(name, value)| (name.clone(), value.clone())),
        );
    }
    let mut entry = Entry::new("database.cleanup").after(after);
    if let Some(server) = request.and_then(|request| request.server.clone()) {
        entry = match request.and_then(|request| request.job.clone()) {
            Some(job) => entry.on("job", None, format!("{server}: {job}")),
            None => entry.on("server", None, server),
        };
    }
    let entry = if is_done { entry } else { entry.failed() };
    // By schedule, day after day, nothing to do is nothing to tell.
    let is_told = !(nothing && request.is_none() && is_done);
    services
        .db
        .write(move |tx| {
            if is_done {
                settings::set(tx.conn, settings::LAST_CLEANUP, &now.to_string(), now)?;
            }
            if is_told { audit::record(tx, &actor, now, entry) } else { Ok(()) }
        })
        .await?;
    Ok(())
}

#[cfg(test)]
#[path = "cleanup_tests.rs"]
mod tests;
