//! What people change of a job, and how it goes.

use diesel::prelude::*;

use super::{
    backup_ids,
    noticing::{incident_changes, settings::Scope},
    server_changes::{GOING, is_being_deleted},
};
use crate::{
    db::{
        Connection, StoreError, StoreErrorKind,
        engine::lossy_text::{LossyText, OptionalLossyText},
        schema::{backup_ids as id_rows, job_days, jobs, operations, site_days},
    },
    ids::{JobId, JobRef, ServerId},
    time::Timestamp,
};

/// What people say of a job.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = jobs)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct EditedJob {
    pub id: i64,
    pub server_id: i64,
    #[diesel(deserialize_as = LossyText)]
    pub name: String,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub alias: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub notes: Option<String>,
    #[diesel(deserialize_as = OptionalLossyText)]
    pub archived_at: Option<String>,
    pub run_count: i64,
}

impl EditedJob {
    /// It, with its server.
    pub fn job_ref(&self) -> JobRef {
        JobRef { server: ServerId(self.server_id), id: JobId(self.id) }
    }
}

/// What changes of a job; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = jobs)]
#[expect(missing_docs, reason = "the columns are explained in the migrations")]
pub struct JobUpdate {
    pub name: Option<String>,
    pub alias: Option<Option<String>>,
    pub notes: Option<Option<String>>,
    pub archived_at: Option<Option<String>>,
}

/// Returns the jobs of a server, ordered by name.
///
/// # Errors
///
/// Database errors.
pub fn of_server(conn: &mut Connection, server: ServerId) -> Result<Vec<EditedJob>, StoreError> {
    Ok(jobs::table
        .filter(jobs::server_id.eq(server.0))
        .order(jobs::name)
        .select(EditedJob::as_select())
        .load(conn)?)
}

/// A job that may be on its way out.
///
/// # Errors
/// [`StoreErrorKind::NotFound`] when there is none.
pub fn find(conn: &mut Connection, job: JobId) -> Result<EditedJob, StoreError> {
    Ok(jobs::table.find(job.0).select(EditedJob::as_select()).first(conn)?)
}

/// A job that is there to stay.
///
/// # Errors
/// [`StoreErrorKind::NotFound`] when there is none, or it is being deleted.
pub fn find_lasting(conn: &mut Connection, job: JobId) -> Result<EditedJob, StoreError> {
    let found = find(conn, job)?;
    if is_being_deleted(&found.name) {
        return Err(StoreError::new(StoreErrorKind::NotFound, "the job is being deleted"));
    }
    Ok(found)
}

/// Changes a job. Under another name it is another one for those who read of its incident: what is open is closed.
///
/// # Errors
/// Database errors.
pub fn update(
    conn: &mut Connection,
    job: &EditedJob,
    changes: &JobUpdate,
    now: Timestamp,
) -> Result<(), StoreError> {
    if changes.name.as_ref().is_some_and(|name| *name != job.name) {
        incident_changes::close_gone(conn, Scope::Job(JobId(job.id)), "renamed", now)?;
    }
    // An update of nothing is an error.
    if *changes != JobUpdate::default() {
        diesel::update(jobs::table.find(job.id)).set(changes).execute(conn)?;
    }
    Ok(())
}

/// How many other operations (restore, test …) a job has.
///
/// # Errors
/// Database errors.
pub fn operations(conn: &mut Connection, job: JobId) -> Result<i64, StoreError> {
    Ok(operations::table.filter(operations::job_id.eq(job.0)).count().get_result(conn)?)
}

/// Lets no report find a job any more: its ids are forgotten, and its name is free. What comes from now on makes a new job.
///
/// # Errors
/// Database errors.
pub fn detach(conn: &mut Connection, job: &EditedJob) -> Result<(), StoreError> {
    diesel::delete(id_rows::table.filter(id_rows::job_id.eq(job.id))).execute(conn)?;
    // If an interrupted deletion is repeated, the name is already free.
    if !is_being_deleted(&job.name) {
        let name = format!("{} (being deleted, {}){GOING}", job.name, job.id);
        diesel::update(jobs::table.find(job.id))
            .set((jobs::name.eq(name), jobs::alias.eq(None::<String>), jobs::backup_id.eq(None::<String>)))
            .execute(conn)?;
    }
    Ok(())
}

/// Deletes a job with all that is left of it. The site's days count it no more.
///
/// # Errors
/// Database errors.
pub fn delete(conn: &mut Connection, job: JobId) -> Result<(), StoreError> {
    let counted = job_days::table.filter(job_days::day.eq(site_days::day)).filter(job_days::job_id.eq(job.0));
    diesel::update(site_days::table.filter(diesel::dsl::exists(counted)))
        .set(site_days::stale.eq(true))
        .execute(conn)?;
    diesel::delete(jobs::table.find(job.0)).execute(conn)?;
    Ok(())
}

/// Whether another job of the server has this name.
///
/// # Errors
/// Database errors.
pub fn is_taken(conn: &mut Connection, job: &EditedJob, name: &str) -> Result<bool, StoreError> {
    let known = backup_ids::find_by_name(conn, ServerId(job.server_id), name)?;
    Ok(known.is_some_and(|known| known.id != job.id))
}
