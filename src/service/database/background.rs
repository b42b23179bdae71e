//! Long work that runs in the background: the page polls its progress.

use crate::{
    access::Permission,
    dto::{
        database::{CleanupRequest, DatabaseOverview, Retention},
        work::{Outcome, WorkKind},
    },
    error::Error,
    service::{Actor, Services, tasks, tasks::background},
};

/// The work that the database page can start.
const KINDS: &[WorkKind] =
    &[WorkKind::Integrity, WorkKind::Optimize, WorkKind::Checkpoint, WorkKind::Vacuum, WorkKind::Cleanup];

/// Starts maintenance: check, optimize, checkpoint or vacuum.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; [`Error::Invalid`] while other work is running, or for work that
/// requires further input.
pub fn begin_upkeep(services: &Services, actor: &Actor, kind: WorkKind) -> Result<(), Error> {
    actor.may(Permission::RunMaintenance)?;
    if matches!(kind, WorkKind::Cleanup | WorkKind::Import) {
        return Err(Error::Invalid { field: "kind", hint: "use one of the buttons on the page".into() });
    }
    let guard = services.work.start(kind, &services.clock)?;
    let (services, actor) = (services.clone(), actor.clone());
    background::spawn(guard, async move {
        let done = match kind {
            WorkKind::Vacuum => super::vacuum(&services, &actor).await.map(Outcome::Maintenance),
            WorkKind::Optimize => super::optimize(&services, &actor).await.map(Outcome::Maintenance),
            WorkKind::Checkpoint => super::checkpoint(&services, &actor).await.map(Outcome::Maintenance),
            _ => super::check_integrity(&services, &actor).await.map(Outcome::Integrity),
        };
        done.unwrap_or_else(|error| background::failed(&error))
    });
    Ok(())
}

/// Starts a clean-up.
///
/// # Errors
/// Same as [`super::cleanup`]; [`Error::Invalid`] while other work is running.
pub async fn begin_cleanup(services: &Services, actor: &Actor, request: CleanupRequest) -> Result<(), Error> {
    actor.may(Permission::ManageDatabase)?;
    services.work.ensure_idle()?;
    // A dry run reports invalid requests immediately.
    super::cleanup(services, actor, CleanupRequest { dry_run: true, ..request.clone() }).await?;
    let guard = services.work.start(WorkKind::Cleanup, &services.clock)?;
    let (services, actor) = (services.clone(), actor.clone());
    background::spawn(guard, async move {
        let request = CleanupRequest { dry_run: false, ..request };
        let done = super::cleanup(&services, &actor, request).await;
        done.map_or_else(|error| background::failed(&error), Outcome::Cleanup)
    });
    Ok(())
}

/// Returns the database page, without the parts that take long to compute.
///
/// # Errors
/// [`Error::Forbidden`] without the permission; database errors.
pub async fn overview(services: &Services, actor: &Actor) -> Result<DatabaseOverview, Error> {
    let status = super::status(services, actor).await?;
    let (runs, zone) = (super::stats(services, actor).await?.runs, actor.zone(services));
    let settings = services.settings();
    Ok(DatabaseOverview {
        now: zone.moment(services.clock.now()),
        runs,
        oldest_run: status.oldest_run.map(|at| zone.moment(at)),
        newest_run: status.newest_run.map(|at| zone.moment(at)),
        last_cleanup: status.last_cleanup.map(|at| zone.moment(at)),
        last_backup: status.last_backup.map(|at| zone.moment(at)),
        site: Retention { days: settings.retention_days, keep_last: settings.retention_keep_last },
        rules: super::rules(services, actor).await?,
        task: tasks::one(services, actor, "retention").await?,
        work: background::state(services, actor, KINDS)?,
        status,
    })
}
