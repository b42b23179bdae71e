//! Groups, tags, and kinds of warnings.

use axum::Json;
use axum::response::IntoResponse as _;
use duplistatus::{
    dto::job::{Origin, WarningView},
    ids::JobId,
    service::programs::lists::labels,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    list::{List, Page, PageParams},
    params::{Answer, Context},
    words::{Time, time},
};
use crate::http::id_path::IdPath;

/// Servers that belong together.
#[derive(Debug, Serialize, ToSchema)]
pub struct Group {
    /// Its id.
    id: i64,
    /// Its name.
    name: String,
    /// Number of its servers.
    servers: i64,
    /// When it was created.
    created: Option<Time>,
}

/// A word by which servers and jobs are found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tag {
    /// Its id.
    id: i64,
    /// Its name.
    name: String,
    /// Number of servers that have it.
    servers: i64,
    /// Number of jobs that have it themselves.
    jobs: i64,
    /// When it was created.
    created: Option<Time>,
}

/// A kind of warnings that is accepted.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptedWarning {
    /// Its id.
    id: i64,
    /// Id of the job for which it is accepted; null: everywhere.
    job: Option<i64>,
    /// The kind.
    kind: String,
    /// Until when; null: until someone withdraws it.
    until: Option<Time>,
    /// Who accepted it.
    by: String,
}

/// A kind of warnings of a job.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningKind {
    /// The kind.
    kind: String,
    /// Number of warnings in the last 30 days.
    count: i64,
    /// Start of the last run with it.
    last_seen: Option<Time>,
    /// Id of that run.
    last_run: Option<i64>,
    /// Where it is accepted: `job` or `site`; null: nowhere.
    accepted_for: Option<&'static str>,
    /// Until when it is accepted; null: until someone withdraws it.
    accepted_until: Option<Time>,
    /// Who accepted it.
    accepted_by: Option<String>,
}

/// The kinds of warnings of a job.
#[derive(Debug, Serialize, ToSchema)]
pub struct WarningKinds {
    /// At most 50, the most frequent first.
    data: Vec<WarningKind>,
}

impl From<WarningView> for WarningKind {
    fn from(view: WarningView) -> Self {
        let WarningView { kind, count, last, accepted } = view;
        let (last_seen, last_run) = last.map_or((None, None), |(at, run)| (Some(at.into()), Some(run.0)));
        let accepted_for = accepted.as_ref().map(|accepted| match accepted.origin {
            Origin::Job => "job",
            Origin::Server => "server",
            Origin::Group => "group",
            Origin::Site => "site",
        });
        Self {
            kind,
            count,
            last_seen,
            last_run,
            accepted_for,
            accepted_until: time(accepted.as_ref().and_then(|accepted| accepted.until)),
            accepted_by: accepted.map(|accepted| accepted.by),
        }
    }
}

/// Lists groups, by id.
#[utoipa::path(get, path = "/api/v1/groups", tag = "labels", params(PageParams),
    responses((status = 200, body = List<Group>)))]
pub async fn groups(Context(services, actor): Context, page: Page) -> Answer {
    let listed = labels::groups(&services, &actor, page.part()?).await?;
    page.answer(listed.map(|group| {
        let labels::Group { id, name, servers, created } = group;
        Group { id: id.0, name, servers, created: time(created) }
    }))
}

/// Lists tags, by id.
#[utoipa::path(get, path = "/api/v1/tags", tag = "labels", params(PageParams),
    responses((status = 200, body = List<Tag>)))]
pub async fn tags(Context(services, actor): Context, page: Page) -> Answer {
    let listed = labels::tags(&services, &actor, page.part()?).await?;
    page.answer(listed.map(|tag| {
        let labels::Tag { id, name, servers, jobs, created } = tag;
        Tag { id: id.0, name, servers, jobs, created: time(created) }
    }))
}

/// Lists the kinds of warnings that are accepted, by id.
#[utoipa::path(get, path = "/api/v1/warning-kinds", tag = "warnings", params(PageParams),
    responses((status = 200, body = List<AcceptedWarning>)))]
pub async fn accepted(Context(services, actor): Context, page: Page) -> Answer {
    let listed = labels::accepted_warnings(&services, &actor, page.part()?).await?;
    page.answer(listed.map(|warning| {
        let labels::AcceptedWarning { id, job, kind, until, by } = warning;
        AcceptedWarning { id, job: job.map(|id| id.0), kind, until: time(until), by }
    }))
}

/// Returns the kinds of warnings of a job in the last 30 days, and those that are accepted for it.
#[utoipa::path(get, path = "/api/v1/jobs/{job}/warning-kinds", tag = "warnings",
    responses((status = 200, body = WarningKinds)))]
pub async fn of_job(Context(services, actor): Context, IdPath(id): IdPath) -> Answer {
    let found = labels::warnings_of_job(&services, &actor, JobId(id)).await?;
    Ok(Json(WarningKinds { data: found.into_iter().map(WarningKind::from).collect() }).into_response())
}
