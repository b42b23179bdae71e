//! Servers.

use super::{Listed, Part, Position};
pub use crate::db::tables::id_lists::Wanted as Filter;
use crate::{
    access::Permission,
    db::{
        Connection, StoreError,
        tables::{id_lists, jobs::time, labels, servers::ServerRecord},
    },
    error::Error,
    ids::{GroupId, ServerId},
    service::{Actor, Services},
    time::Timestamp,
};

/// A server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its id.
    pub id: ServerId,
    /// Its unique name.
    pub name: String,
    /// What users call it.
    pub alias: Option<String>,
    /// Notes of users.
    pub notes: Option<String>,
    /// The page of its Duplicati.
    pub duplicati_url: Option<String>,
    /// Its group.
    pub group: Option<(GroupId, String)>,
    /// Its tags, by name.
    pub tags: Vec<String>,
    /// Number of its jobs.
    pub jobs: i64,
    /// When it last reported.
    pub last_seen: Option<Timestamp>,
    /// Version of its Duplicati, as it last said.
    pub duplicati_version: Option<String>,
    /// Its operating system, as it last said.
    pub operating_system: Option<String>,
    /// Since when it is archived.
    pub archived: Option<Timestamp>,
    /// When it was created.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
}

/// A part of the servers, by id.
///
/// # Errors
/// When the actor may not view backups; database errors.
pub async fn list(
    services: &Services,
    actor: &Actor,
    filter: Filter,
    part: Part,
) -> Result<Listed<Server>, Error> {
    actor.may(Permission::ViewBackups)?;
    Ok(services.db.read(move |conn| load(conn, &filter, part)).await?)
}

/// One server.
///
/// # Errors
/// [`Error::NotFound`] if there is none; when the actor may not view backups.
pub async fn find(services: &Services, actor: &Actor, id: ServerId) -> Result<Server, Error> {
    let filter = Filter { server: Some(id), ..Filter::default() };
    let mut found = list(services, actor, filter, Part { after: None, limit: 1 }).await?;
    found.rows.pop().ok_or(Error::NotFound)
}

fn load(conn: &mut Connection, wanted: &Filter, part: Part) -> Result<Listed<Server>, StoreError> {
    let rows = id_lists::servers(conn, wanted, part.above(), part.read())?;
    let listed = Listed::of(part, rows, |(row, _)| Position { at: None, id: row.id });
    let ids: Vec<i64> = listed.rows.iter().map(|(row, _)| row.id).collect();
    let groups: Vec<i64> = listed.rows.iter().filter_map(|(_, group)| *group).collect();
    let groups = id_lists::group_names(conn, &groups)?;
    let counts = id_lists::job_counts(conn, &ids)?;
    let servers: Vec<ServerId> = ids.iter().copied().map(ServerId).collect();
    let tags = labels::of_servers(conn, &servers)?;
    Ok(listed.map(|(row, group)| {
        let group = group.and_then(|id| Some((GroupId(id), groups.get(&id)?.clone())));
        let of_row =
            tags.iter().filter(|(server, _)| *server == row.id).map(|(_, name)| name.clone()).collect();
        let jobs = counts.get(&row.id).copied().unwrap_or(0);
        server(row, group, of_row, jobs)
    }))
}

fn server(row: ServerRecord, group: Option<(GroupId, String)>, tags: Vec<String>, jobs: i64) -> Server {
    Server {
        id: ServerId(row.id),
        name: row.name,
        alias: row.alias,
        notes: row.notes,
        duplicati_url: row.duplicati_url,
        group,
        tags,
        jobs,
        last_seen: time(row.last_seen.as_deref()),
        duplicati_version: row.duplicati_version,
        operating_system: row.operating_system,
        archived: time(row.archived_at.as_deref()),
        created: time(Some(&row.created_at)),
        updated: time(Some(&row.updated_at)),
    }
}
