//! A server goes, with all of its history.

use serde_json::json;

use super::super::{
    Actor, Services, audit,
    audit::Entry,
    database::steps,
    rows::{changed_meanwhile, is_still, missing_is_not_found},
    tasks::housekeeping,
};
use crate::{
    access::Permission,
    db::tables::{
        jobs,
        noticing::{incident_changes, settings::Scope},
        server_changes, servers, settings,
    },
    dto::servers::ServerDeleted,
    error::Error,
    ids::ServerId,
    time::Timestamp,
};

/// Deletes a server with its keys, jobs and runs. First no report finds it any more, by key, machine or name: what its machines
/// send from then on makes a new server. Then its history goes in steps, so that other servers' reports do not wait; when
/// that is interrupted, what is left can be deleted again.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn delete(services: &Services, actor: &Actor, id: ServerId) -> Result<ServerDeleted, Error> {
    delete_named(services, actor, id, ("", None)).await
}

/// The same, if the server is still called `named` and has no more runs than `at_most`: what a question said.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Invalid`] when it is not what was named any more.
pub async fn delete_named(
    services: &Services,
    actor: &Actor,
    id: ServerId,
    (named, at_most): (&str, Option<i64>),
) -> Result<ServerDeleted, Error> {
    actor.may(Permission::ManageDatabase)?;
    let (by, now, named) = (actor.clone(), services.clock.now(), named.to_owned());
    let jobs = services
        .db
        .write(move |tx| {
            let server = servers::find(tx.conn, id)?;
            let jobs = jobs::all(tx.conn, Some(id))?;
            let runs: i64 = jobs.iter().map(|job| job.summary.run_count).sum();
            if !is_still(&named, &server.name) || at_most.is_some_and(|most| runs > most) {
                return Ok(Err(changed_meanwhile("name")));
            }
            server_changes::detach(tx.conn, &server)?;
            let told =
                json!({ "alias": server.alias, "notes": server.notes, "jobs": jobs.len(), "runs": runs });
            let entry = Entry::new("server.delete").on("server", id.0, server.name).before(told);
            audit::record(tx, &by, now, entry)?;
            Ok(Ok(jobs))
        })
        .await
        .map_err(missing_is_not_found)??;
    let site = services.zone.clone();
    let zone = services.db.read(move |conn| settings::site_zone(conn, &site)).await?;
    let mut deleted =
        ServerDeleted { jobs: i64::try_from(jobs.len()).unwrap_or(i64::MAX), ..ServerDeleted::default() };
    let mut step_size = steps::of_runs();
    for job in jobs.iter().map(jobs::JobRecord::job_ref) {
        let ever = Timestamp::MAX;
        deleted.runs += steps::delete_runs(services, &zone, job, ever.to_string(), &mut step_size).await?;
        deleted.operations += steps::delete_operations(services, job, ever, &mut step_size).await?;
    }
    // With what the steps could not read.
    let now = services.clock.now();
    services
        .db
        .write(move |tx| {
            incident_changes::close_gone(tx.conn, Scope::Server(id), "deleted", now)?;
            server_changes::delete(tx.conn, id)
        })
        .await?;
    housekeeping::settle_site_days(services).await?;
    steps::return_space(services, &mut steps::of_pages()).await?;
    Ok(deleted)
}
