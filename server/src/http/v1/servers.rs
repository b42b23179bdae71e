//! Servers.

use duplistatus::{
    ids::{GroupId, ServerId, TagId},
    service::{Actor, Services, programs::lists::servers},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    list::{FieldParams, List, Page},
    params::{Answer, Context, Params},
    words::{Time, Verdict, time},
};
use crate::http::id_path::IdPath;

/// A machine that runs Duplicati.
#[derive(Debug, Serialize, ToSchema)]
pub struct Server {
    /// Its id.
    id: i64,
    /// Its unique name.
    name: String,
    /// What users call it.
    alias: Option<String>,
    /// Notes of users.
    notes: Option<String>,
    /// The page of its Duplicati.
    duplicati_url: Option<String>,
    /// Its group.
    group: Option<Named>,
    /// Its tags, by name.
    tags: Vec<String>,
    /// Number of its jobs.
    jobs: i64,
    /// When it last reported.
    last_seen: Option<Time>,
    /// Version of its Duplicati, as it last said.
    duplicati_version: Option<String>,
    /// Its operating system, as it last said.
    operating_system: Option<String>,
    /// Since when it is archived: nothing is expected of its jobs.
    archived: Option<Time>,
    /// When it was created.
    created: Option<Time>,
    /// When its name, alias or notes were last changed.
    updated: Option<Time>,
}

/// Something with a name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Named {
    /// Its id.
    id: i64,
    /// Its name.
    name: String,
}

impl From<servers::Server> for Server {
    fn from(server: servers::Server) -> Self {
        let servers::Server { id, name, alias, notes, duplicati_url, group, tags, jobs, .. } = server;
        Self {
            id: id.0,
            name,
            alias,
            notes,
            duplicati_url,
            group: group.map(|(id, name)| Named { id: id.0, name }),
            tags,
            jobs,
            last_seen: time(server.last_seen),
            duplicati_version: server.duplicati_version,
            operating_system: server.operating_system,
            archived: time(server.archived),
            created: time(server.created),
            updated: time(server.updated),
        }
    }
}

/// Filters of servers and of jobs.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Id of the group.
    group: Option<i64>,
    /// Id of a tag.
    tag: Option<i64>,
    /// A verdict: jobs that have it, or servers with such a job.
    verdict: Option<Verdict>,
    /// Whether they are archived.
    archived: Option<bool>,
    /// What the name or the alias contains.
    text: Option<String>,
}

impl From<Filter> for servers::Filter {
    fn from(filter: Filter) -> Self {
        let Filter { group, tag, verdict, archived, text } = filter;
        Self {
            server: None,
            group: group.map(GroupId),
            tag: tag.map(TagId),
            verdict: verdict.map(|verdict| verdict.0),
            archived,
            text,
        }
    }
}

/// Lists servers, by id.
#[utoipa::path(get, path = "/api/v1/servers", tag = "servers", params(Filter, super::list::PageParams),
    responses((status = 200, body = List<Server>)))]
pub async fn list(Context(services, actor): Context, page: Page, Params(filter): Params<Filter>) -> Answer {
    let listed = servers::list(&services, &actor, filter.into(), page.part()?).await?;
    page.answer(listed.map(Server::from))
}

/// Returns a server.
#[utoipa::path(get, path = "/api/v1/servers/{server}", tag = "servers", params(FieldParams),
    responses((status = 200, body = Server)))]
pub async fn get(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    Params(fields): Params<FieldParams>,
) -> Answer {
    one(&services, &actor, ServerId(id), &fields).await
}

/// Returns the answer with one server.
pub(super) async fn one(services: &Services, actor: &Actor, id: ServerId, fields: &FieldParams) -> Answer {
    fields.answer(&Server::from(servers::find(services, actor, id).await?))
}
