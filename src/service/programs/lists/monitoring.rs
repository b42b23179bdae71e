//! Maintenance windows and pauses.

use super::{Listed, Part, Position};
use crate::{
    access::Permission,
    db::tables::id_lists,
    error::Error,
    ids::{GroupId, JobId, ServerId},
    noticing::settings::{Span, Window},
    service::{Actor, Services},
};

/// A maintenance window. Without job, server and group it is for everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaintenanceWindow {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The job that it is for.
    pub job: Option<JobId>,
    /// The server that it is for.
    pub server: Option<ServerId>,
    /// The group that it is for.
    pub group: Option<GroupId>,
    /// When it is; `None` if its row is damaged.
    pub times: Option<Window>,
    /// Who added it.
    pub by: String,
}

/// A pause. Without job, server and group everything is paused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Its id.
    pub id: i64,
    /// The job that is paused.
    pub job: Option<JobId>,
    /// The server that is paused.
    pub server: Option<ServerId>,
    /// The group that is paused.
    pub group: Option<GroupId>,
    /// When it is; `None` if its row is damaged.
    pub span: Option<Span>,
    /// Why.
    pub reason: String,
    /// Who began it.
    pub by: String,
}

/// A part of the maintenance windows, by id.
///
/// # Errors
/// When the actor may not view backups; database errors.
pub async fn windows(
    services: &Services,
    actor: &Actor,
    part: Part,
) -> Result<Listed<MaintenanceWindow>, Error> {
    actor.may(Permission::ViewBackups)?;
    let rows = services.db.read(move |conn| id_lists::windows(conn, part.above(), part.read())).await?;
    let listed = Listed::of(part, rows, |row| Position { at: None, id: row.id });
    Ok(listed.map(|row| MaintenanceWindow {
        id: row.id,
        times: row.window(),
        job: row.job_id.map(JobId),
        server: row.server_id.map(ServerId),
        group: row.group_id.map(GroupId),
        name: row.name,
        by: row.created_by,
    }))
}

/// A part of the pauses, by id. Those that ended are included.
///
/// # Errors
/// When the actor may not view backups; database errors.
pub async fn pauses(services: &Services, actor: &Actor, part: Part) -> Result<Listed<Pause>, Error> {
    actor.may(Permission::ViewBackups)?;
    let rows = services.db.read(move |conn| id_lists::pauses(conn, part.above(), part.read())).await?;
    let listed = Listed::of(part, rows, |row| Position { at: None, id: row.id });
    Ok(listed.map(|row| Pause {
        id: row.id,
        span: row.span(),
        job: row.job_id.map(JobId),
        server: row.server_id.map(ServerId),
        group: row.group_id.map(GroupId),
        reason: row.reason,
        by: row.created_by,
    }))
}
