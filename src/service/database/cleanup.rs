//! Runs that are old enough go: job by job, oldest first, in steps that reports do not wait for.

use std::{collections::HashMap, time::Instant};

use serde_json::json;

use super::{
    cleanup_plan::{Target, plan},
    pace::Pace,
    retention::check,
    steps,
};
use crate::{
    access::Permission,
    db::{
        Connection,
        retention::{self, Aged},
        settings,
    },
    dto::database::{CleanupReport, CleanupRequest},
    error::Error,
    service::{
        Actor, Services,
        audit::{self, Entry},
        maintenance,
        shape::missing_is_not_found,
    },
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
        return Err(Error::Invalid { field: "job", hint: "name its server as well".into() });
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
    let (site, now) = (services.zone.clone(), services.clock.now());
    let asked = request.clone();
    let (zone, targets) = services
        .db
        .read(move |conn| {
            let zone = settings::site_zone(conn, &site)?;
            let targets = plan(conn, &zone, zone.day(now), asked.as_ref())?;
            Ok((zone, targets))
        })
        .await
        .map_err(missing_is_not_found)?;
    let mut report = CleanupReport {
        dry_run: request.as_ref().is_some_and(|request| request.dry_run),
        jobs: targets.iter().filter_map(|target| target.cleaned.clone()).collect(),
        ..CleanupReport::default()
    };
    if report.dry_run {
        report.runs = report.jobs.iter().map(|job| job.runs).sum();
        report.operations = targets.iter().map(|target| target.operations).sum();
    } else {
        let done = work(services, &zone, &targets, &mut report).await;
        note(services, actor, request.as_ref(), &report, done.is_ok()).await?;
        done?;
    }
    report.took = milliseconds(began.elapsed());
    Ok(report)
}

/// Deletes, step by step, and counts in the report.
async fn work(
    services: &Services,
    zone: &Zone,
    targets: &[Target],
    report: &mut CleanupReport,
) -> Result<(), Error> {
    let mut pace = steps::of_runs();
    let done = delete_all(services, zone, targets, report, &mut pace).await;
    count_steps(report, &pace);
    done?;
    maintenance::settle_site_days(services).await?;
    if report.runs + report.operations > 0 {
        let mut pages = steps::of_pages();
        report.returned = steps::return_space(services, &mut pages).await?;
        count_steps(report, &pages);
    }
    Ok(())
}

async fn delete_all(
    services: &Services,
    zone: &Zone,
    targets: &[Target],
    report: &mut CleanupReport,
    pace: &mut Pace,
) -> Result<(), Error> {
    delete_by_age(services, zone, targets, report, pace).await?;
    for target in targets {
        if target.operations > 0 {
            let (job, cutoff) = (target.job, target.cutoff);
            report.operations += steps::delete_operations(services, job, cutoff, pace).await?;
        }
    }
    Ok(())
}

/// Deletes the runs of all jobs from the oldest on. They are looked for by a reader; only to delete them takes the writer's time.
async fn delete_by_age(
    services: &Services,
    zone: &Zone,
    targets: &[Target],
    report: &mut CleanupReport,
    pace: &mut Pace,
) -> Result<(), Error> {
    let before: HashMap<i64, String> = targets
        .iter()
        .filter(|target| target.cleaned.is_some())
        .map(|target| (target.job.id.0, target.before.clone()))
        .collect();
    let Some(last) = before.values().max().cloned() else { return Ok(()) };
    let mut after: Option<Aged> = None;
    loop {
        let (from, to) = (after.take(), last.clone());
        let read = move |conn: &mut Connection| retention::oldest(conn, from.as_ref(), &to, READ);
        let mut found = services.db.read(read).await?;
        let Some(read_last) = found.last().cloned() else { return Ok(()) };
        after = Some(read_last);
        found.retain(|run| before.get(&run.job).is_some_and(|before| run.start < *before));
        let mut rest = found.as_slice();
        while !rest.is_empty() {
            let size = usize::try_from(pace.size()).unwrap_or(1).min(rest.len());
            let (some, zone) = (rest.iter().take(size).cloned().collect::<Vec<_>>(), zone.clone());
            let (done, took) = services
                .db
                .write_quietly(move |tx| {
                    let began = Instant::now();
                    let done = retention::delete_aged(tx, &zone, &some, Pace::deadline())?;
                    Ok((done, began.elapsed()))
                })
                .await?;
            rest = rest.get(done..).unwrap_or_default();
            let done = i64::try_from(done).unwrap_or(i64::MAX);
            report.runs += done;
            pace.learn(done, took);
            Pace::rest(took).await;
        }
    }
}

fn count_steps(report: &mut CleanupReport, pace: &Pace) {
    report.batches += pace.steps;
    report.longest_batch = report.longest_batch.max(milliseconds(pace.longest));
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
