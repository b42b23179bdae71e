//! Operations other than backups.

use super::{Listed, Part, Position};
use crate::{
    access::Permission,
    db::tables::operations::{self, Wanted},
    dto::server::OperationRow,
    error::Error,
    ids::{JobId, ServerId},
    service::{Actor, Services, overview::operations::row},
};

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its id.
    pub id: i64,
    /// Its server.
    pub server: ServerId,
    /// Its job.
    pub job: JobId,
    /// What lists show of it.
    pub row: OperationRow,
}

/// Which operations are wanted; what is not said narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this server.
    pub server: Option<ServerId>,
    /// Of this job.
    pub job: Option<JobId>,
    /// With this name, such as `Test`.
    pub operation: Option<String>,
}

/// A part of the operations, those that arrived last first.
///
/// # Errors
/// When the actor may not view backups; database errors.
pub async fn list(
    services: &Services,
    actor: &Actor,
    filter: Filter,
    part: Part,
) -> Result<Listed<Operation>, Error> {
    let Filter { server, job, operation } = filter;
    load(services, actor, Wanted { id: None, server, job, operation }, part).await
}

/// One operation.
///
/// # Errors
/// [`Error::NotFound`] if there is none; when the actor may not view backups.
pub async fn find(services: &Services, actor: &Actor, id: i64) -> Result<Operation, Error> {
    let wanted = Wanted { id: Some(id), ..Wanted::default() };
    let mut found = load(services, actor, wanted, Part { after: None, limit: 1 }).await?;
    found.rows.pop().ok_or(Error::NotFound)
}

async fn load(
    services: &Services,
    actor: &Actor,
    wanted: Wanted,
    part: Part,
) -> Result<Listed<Operation>, Error> {
    actor.may(Permission::ViewBackups)?;
    let zone = services.zone.clone();
    let rows =
        services.db.read(move |conn| operations::before(conn, &wanted, part.below(), part.read())).await?;
    let listed = Listed::of(part, rows, |((id, ..), _)| Position { at: None, id: *id });
    Ok(listed.map(|((id, server, job), found)| Operation {
        id,
        server: ServerId(server),
        job: JobId(job),
        row: row(&zone, found),
    }))
}
