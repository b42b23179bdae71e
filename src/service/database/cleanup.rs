//! Deletes old runs: oldest first, in short steps that do not delay reports.

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

/// Number of runs read at a time.
const READ: i64 = 5000;

/// Deletes runs past their retention, with their raw reports and notifications, and updates derived data in the same
/// transactions. Whole days in the site's time zone are deleted: a retention of 90 days keeps a run until the end of its 90th
/// day.
///
/// # Errors
/// [`Error::Invalid`] if a number is out of range; [`Error::NotFound`] if there is no such server or job. Runs deleted before an
/// error stay deleted.
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

/// Deletes runs by settings and rules, on schedule. Does nothing if no retention is set.
///
/// # Errors
///
/// Database errors.
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

/// Determines what is to be deleted now, and in which time zone.
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

/// Returns how many runs and other operations are to be deleted.
pub(super) fn count(targets: &[Target]) -> (i64, i64) {
    let runs = targets.iter().filter_map(|target| target.cleaned.as_ref()).map(|cleaned| cleaned.runs).sum();
    (runs, targets.iter().map(|target| target.operations).sum())
}

/// Rejects deleting more runs than the user confirmed.
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

/// Deletes step by step, and counts in the report. If the rules change meanwhile, determines again what is to be deleted.
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

/// Whether the rules are still those the plan was made with.
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

/// Deletes runs of all jobs, oldest first. A reader finds them; only the deletion itself uses the writer.
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

/// Records the result. The write changes the revision, so that open pages update.
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
    // Scheduled clean-ups without any deletion are not recorded.
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
