//! Groups, tags, and the kinds of warnings.

use super::{Listed, Part, Position};
use crate::{
    access::Permission,
    db::tables::{
        id_lists,
        jobs::{self, time},
    },
    dto::job::WarningView,
    error::Error,
    ids::{GroupId, JobId, TagId},
    service::{Actor, Services, overview::job_warnings::warnings, rows::missing_is_not_found},
    time::Timestamp,
};

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its name.
    pub name: String,
    /// Number of its servers.
    pub servers: i64,
    /// When it was created.
    pub created: Option<Timestamp>,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its id.
    pub id: TagId,
    /// Its name.
    pub name: String,
    /// Number of servers that have it.
    pub servers: i64,
    /// Number of jobs that have it themselves.
    pub jobs: i64,
    /// When it was created.
    pub created: Option<Timestamp>,
}

/// A kind of warnings that is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedWarning {
    /// Its id.
    pub id: i64,
    /// For which job; `None`: for all.
    pub job: Option<JobId>,
    /// The kind; hostile text.
    pub kind: String,
    /// Until when; `None`: until someone withdraws it.
    pub until: Option<Timestamp>,
    /// Who accepted it.
    pub by: String,
}

/// A part of the groups, by id.
///
/// # Errors
/// When the actor may not view backups; database errors.
pub async fn groups(services: &Services, actor: &Actor, part: Part) -> Result<Listed<Group>, Error> {
    actor.may(Permission::ViewBackups)?;
    let rows = services.db.read(move |conn| id_lists::groups(conn, part.above(), part.read())).await?;
    let listed = Listed::of(part, rows, |(row, _)| Position { at: None, id: row.id });
    Ok(listed.map(|(row, servers)| Group {
        id: GroupId(row.id),
        name: row.name,
        servers,
        created: time(Some(&row.created_at)),
    }))
}

/// A part of the tags, by id.
///
/// # Errors
/// When the actor may not view backups; database errors.
pub async fn tags(services: &Services, actor: &Actor, part: Part) -> Result<Listed<Tag>, Error> {
    actor.may(Permission::ViewBackups)?;
    let rows = services.db.read(move |conn| id_lists::tags(conn, part.above(), part.read())).await?;
    let listed = Listed::of(part, rows, |(row, ..)| Position { at: None, id: row.id });
    Ok(listed.map(|(row, servers, jobs)| Tag {
        id: TagId(row.id),
        name: row.name,
        servers,
        jobs,
        created: time(Some(&row.created_at)),
    }))
}

/// A part of the accepted kinds of warnings, by id.
///
/// # Errors
/// When the actor may not view backups; database errors.
pub async fn accepted_warnings(
    services: &Services,
    actor: &Actor,
    part: Part,
) -> Result<Listed<AcceptedWarning>, Error> {
    actor.may(Permission::ViewBackups)?;
    let rows =
        services.db.read(move |conn| id_lists::accepted_warnings(conn, part.above(), part.read())).await?;
    let listed = Listed::of(part, rows, |row| Position { at: None, id: row.id });
    Ok(listed.map(|row| AcceptedWarning {
        id: row.id,
        job: row.job_id.map(JobId),
        kind: row.kind,
        until: time(row.until_at.as_deref()),
        by: row.created_by,
    }))
}

/// The kinds of warnings of a job in the last 30 days, the most frequent first, and those that are accepted: at most 50.
///
/// # Errors
/// [`Error::NotFound`] if there is no such job; when the actor may not view backups.
pub async fn warnings_of_job(
    services: &Services,
    actor: &Actor,
    job: JobId,
) -> Result<Vec<WarningView>, Error> {
    actor.may(Permission::ViewBackups)?;
    let (zone, now) = (services.zone.clone(), services.clock.now());
    let found = services.db.read(move |conn| {
        let job = jobs::find(conn, job)?.job_ref();
        warnings(conn, &zone, job, now)
    });
    found.await.map_err(missing_is_not_found)
}
