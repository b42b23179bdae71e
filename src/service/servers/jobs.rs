//! A job, as those who look after it change it: called otherwise, archived, deleted with its history.

use serde_json::json;

use super::{
    super::{
        Actor, Services, audit,
        audit::Entry,
        database::steps,
        rows::{changed_meanwhile, is_still, missing_is_not_found},
        tasks::housekeeping,
    },
    NAME, NOTES, text,
};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{
            job_changes::{self, EditedJob, JobUpdate},
            noticing::{Judge, incident_changes, settings::Scope},
            servers, settings,
        },
    },
    dto::edit::{JobChange, JobDeleted},
    error::Error,
    ids::{JobId, ServerId},
    time::Timestamp,
};

/// How a job is called in the audit log.
fn target(conn: &mut Connection, job: &EditedJob) -> Result<String, StoreError> {
    let server = servers::find(conn, ServerId(job.server_id))?;
    Ok(format!("{}: {}", server.name, job.name))
}

/// Changes what is said of a job; what is left out stays as it is. The job is judged again.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Invalid`] when the name is taken or something cannot be used.
pub async fn change(
    services: &Services,
    actor: &Actor,
    id: JobId,
    change: JobChange,
) -> Result<ServerId, Error> {
    actor.may(Permission::ManageServers)?;
    let named = |name: &str| {
        let missing = || Error::Invalid { field: "name", hint: "a job needs a name".into() };
        text("name", name, NAME)?.ok_or_else(missing)
    };
    let name = change.name.as_deref().map(named).transpose()?;
    let alias = change.alias.as_deref().map(|alias| text("alias", alias, NAME)).transpose()?;
    let notes = change.notes.as_deref().map(|notes| text("notes", notes, NOTES)).transpose()?;
    let (by, now, site) = (actor.clone(), services.clock.now(), services.zone.clone());
    services
        .db
        .write(move |tx| {
            let old = job_changes::find_lasting(tx.conn, id)?;
            if let Some(name) = &name
                && job_changes::is_taken(tx.conn, &old, name)?
            {
                return Ok(Err(taken(name)));
            }
            let archived_at = change
                .archived
                .filter(|archived| *archived != old.archived_at.is_some())
                .map(|archived| archived.then(|| now.to_string()));
            let update = JobUpdate { name, alias, notes, archived_at };
            job_changes::update(tx.conn, &old, &update, now)?;
            let new = job_changes::find(tx.conn, id)?;
            if new == old {
                return Ok(Ok(ServerId(old.server_id)));
            }
            Judge::at(tx.conn, &site, now)?.reset(tx.conn, old.job_ref())?;
            let told = |job: &EditedJob| {
                let archived = job.archived_at.is_some();
                json!({ "name": &job.name, "alias": &job.alias, "notes": &job.notes, "archived": archived })
            };
            let entry = Entry::new("job.change").on("job", id.0, target(tx.conn, &old)?);
            audit::record(tx, &by, now, entry.before(told(&old)).after(told(&new)))?;
            Ok(Ok(ServerId(old.server_id)))
        })
        .await
        .map_err(missing_is_not_found)?
}

fn taken(name: &str) -> Error {
    Error::Invalid {
        field: "name",
        hint: format!("this server has a job named “{name}” already: choose another name, or set an alias"),
    }
}

/// Deletes a job with its runs, if it is still called `named` and has no more runs than `at_most`; empty and `None` are for callers
/// that asked nobody. First no report finds it any more: what is sent for it from then on makes a new job. Then its history goes in steps.
/// When that is interrupted, what is left can be deleted again.
///
/// # Errors
/// [`Error::NotFound`] when there is none; [`Error::Invalid`] when it is not what was named any more.
pub async fn delete(
    services: &Services,
    actor: &Actor,
    id: JobId,
    (named, at_most): (&str, Option<i64>),
) -> Result<(ServerId, JobDeleted), Error> {
    actor.may(Permission::ManageDatabase)?;
    let (by, now, named) = (actor.clone(), services.clock.now(), named.to_owned());
    let job = services
        .db
        .write(move |tx| {
            let job = job_changes::find(tx.conn, id)?;
            if !is_still(&named, &job.name) || at_most.is_some_and(|most| job.run_count > most) {
                return Ok(Err(changed_meanwhile("name")));
            }
            let told = json!({ "alias": job.alias, "notes": job.notes, "runs": job.run_count });
            let entry = Entry::new("job.delete").on("job", id.0, target(tx.conn, &job)?).before(told);
            job_changes::detach(tx.conn, &job)?;
            incident_changes::close_gone(tx.conn, Scope::Job(id), "deleted", now)?;
            audit::record(tx, &by, now, entry)?;
            Ok(Ok(job.job_ref()))
        })
        .await
        .map_err(missing_is_not_found)??;
    let site = services.zone.clone();
    let zone = services.db.read(move |conn| settings::site_zone(conn, &site)).await?;
    let (mut step_size, ever) = (steps::of_runs(), Timestamp::MAX);
    let runs = steps::delete_runs(services, &zone, job, ever.to_string(), &mut step_size).await?;
    let operations = steps::delete_operations(services, job, ever, &mut step_size).await?;
    let now = services.clock.now();
    services
        .db
        .write(move |tx| {
            // With what the steps could not read, and what was judged between them.
            incident_changes::close_gone(tx.conn, Scope::Job(id), "deleted", now)?;
            job_changes::delete(tx.conn, id)
        })
        .await?;
    housekeeping::settle_site_days(services).await?;
    steps::return_space(services, &mut steps::of_pages()).await?;
    Ok((job.server, JobDeleted { runs, operations }))
}

#[cfg(test)]
#[path = "jobs_tests.rs"]
mod tests;
