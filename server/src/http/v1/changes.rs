//! What programs change: servers, jobs, labels, kinds of warnings and rejected reports.

use axum::{Json, extract::Path, response::IntoResponse as _};
use duplistatus::{
    dto::{
        edit::JobChange,
        servers::{LabelChange, ServerChange},
    },
    error::Error,
    ids::{GroupId, JobId, ServerId},
    service::{Actor, Services, ingest::rejected, labels, monitoring, programs::lists::jobs, servers},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    access::no_content,
    jobs::Job,
    list::FieldParams,
    params::{Answer, Context, Params},
    servers::Server,
    words::Time,
};
use crate::http::{id_path::IdPath, json_body::JsonBody};

/// What to change of a server. What is missing stays; an empty text deletes a value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerPatch {
    /// Its unique name.
    name: Option<String>,
    /// What users call it.
    alias: Option<String>,
    /// Notes of users.
    notes: Option<String>,
    /// The page of its Duplicati: http or https.
    duplicati_url: Option<String>,
    /// Whether it is archived: nothing is expected of its jobs.
    archived: Option<bool>,
}

/// What to change of a job. What is missing stays; an empty text deletes a value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobPatch {
    /// Its name, as Duplicati says it.
    name: Option<String>,
    /// What users call it.
    alias: Option<String>,
    /// Notes of users.
    notes: Option<String>,
    /// Whether it is archived: nothing is expected of it.
    archived: Option<bool>,
}

/// The group and the tags of servers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerLabels {
    /// Ids of 1 to 1,000 servers.
    servers: Vec<i64>,
    /// Name of the group into which they go; empty: into none; missing: each stays in its own.
    group: Option<String>,
    /// Tags that they get.
    #[serde(default)]
    add: Vec<String>,
    /// Tags that they lose.
    #[serde(default)]
    remove: Vec<String>,
}

/// The tags of a job.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JobTags {
    /// All of its own tags.
    tags: Vec<String>,
}

/// The name of a group.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupName {
    /// The name. If another group has it, both become one.
    name: String,
}

/// The group that something became.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupRef {
    /// Its id.
    id: i64,
}

/// How many were changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    /// The number.
    pub(super) changed: usize,
}

/// A kind of warnings to accept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptWarning {
    /// Id of the job; missing: everywhere.
    job: Option<i64>,
    /// The kind.
    kind: String,
    /// Until when; missing: until someone withdraws it.
    until: Option<Time>,
}

/// A kind of warnings that is accepted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Accepted {
    /// Id of the job; missing: everywhere.
    job: Option<i64>,
    /// The kind.
    kind: String,
}

/// Which rejected reports to delete.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dismiss {
    /// Those that were last seen up to this time.
    until: Time,
}

/// Changes a server.
#[utoipa::path(patch, path = "/api/v1/servers/{server}", tag = "servers", request_body = ServerPatch,
    responses((status = 200, body = Server)))]
pub async fn server(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    JsonBody(patch): JsonBody<ServerPatch>,
) -> Answer {
    let ServerPatch { name, alias, notes, duplicati_url, archived } = patch;
    let change = ServerChange { name, alias, notes, duplicati_url, archived };
    servers::change(&services, &actor, ServerId(id), change).await?;
    super::servers::one(&services, &actor, ServerId(id), &FieldParams::default()).await
}

/// Changes a job.
#[utoipa::path(patch, path = "/api/v1/jobs/{job}", tag = "jobs", request_body = JobPatch,
    responses((status = 200, body = Job)))]
pub async fn job(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    JsonBody(patch): JsonBody<JobPatch>,
) -> Answer {
    let JobPatch { name, alias, notes, archived } = patch;
    servers::jobs::change(&services, &actor, JobId(id), JobChange { name, alias, notes, archived }).await?;
    super::jobs::one(&services, &actor, JobId(id), &FieldParams::default()).await
}

/// Changes the group and the tags of servers.
#[utoipa::path(post, path = "/api/v1/labels", tag = "labels", request_body = ServerLabels,
    responses((status = 200, body = Changed)))]
pub async fn labels(Context(services, actor): Context, JsonBody(wanted): JsonBody<ServerLabels>) -> Answer {
    let ServerLabels { servers, group, add, remove } = wanted;
    let servers = servers.into_iter().map(ServerId).collect();
    let change = LabelChange { servers, group, add, remove };
    let changed = labels::set_of_servers(&services, &actor, &change).await?;
    Ok(Json(Changed { changed }).into_response())
}

/// Replaces the tags of a job.
#[utoipa::path(put, path = "/api/v1/jobs/{job}/tags", tag = "labels", request_body = JobTags,
    responses((status = 200, body = Job)))]
pub async fn job_tags(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    JsonBody(JobTags { tags }): JsonBody<JobTags>,
) -> Answer {
    labels::set_of_job(&services, &actor, JobId(id), &tags.join(",")).await?;
    super::jobs::one(&services, &actor, JobId(id), &FieldParams::default()).await
}

/// Renames a group.
#[utoipa::path(patch, path = "/api/v1/groups/{group}", tag = "labels", request_body = GroupName,
    responses((status = 200, body = GroupRef)))]
pub async fn rename_group(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    JsonBody(GroupName { name }): JsonBody<GroupName>,
) -> Answer {
    let id = labels::rename_group(&services, &actor, GroupId(id), &name).await?;
    Ok(Json(GroupRef { id: id.0 }).into_response())
}

/// Deletes a group, with what is set for it. Its servers are in no group then.
#[utoipa::path(delete, path = "/api/v1/groups/{group}", tag = "labels", responses((status = 204)))]
pub async fn delete_group(Context(services, actor): Context, IdPath(id): IdPath) -> Answer {
    labels::delete_group(&services, &actor, GroupId(id), "").await?;
    Ok(no_content())
}

/// Accepts a kind of warnings, of a job or everywhere.
#[utoipa::path(post, path = "/api/v1/warning-kinds", tag = "warnings", request_body = AcceptWarning,
    responses((status = 204)))]
pub async fn accept_warning(
    Context(services, actor): Context,
    JsonBody(wanted): JsonBody<AcceptWarning>,
) -> Answer {
    let AcceptWarning { job, kind, until } = wanted;
    existing(&services, &actor, job).await?;
    let until = until.map(|until| until.0);
    monitoring::accept_warning(&services, &actor, job.map(JobId), &kind, until).await?;
    Ok(no_content())
}

/// Withdraws that a kind of warnings is accepted.
#[utoipa::path(delete, path = "/api/v1/warning-kinds", tag = "warnings", params(Accepted),
    responses((status = 204)))]
pub async fn withdraw_warning(
    Context(services, actor): Context,
    Params(Accepted { job, kind }): Params<Accepted>,
) -> Answer {
    monitoring::withdraw_warning(&services, &actor, job.map(JobId), &kind).await?;
    Ok(no_content())
}

/// Marks what a check found as expected.
#[utoipa::path(post, path = "/api/v1/jobs/{job}/checks/{check}/expect", tag = "warnings",
    responses((status = 204)))]
pub async fn expect_check(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    Path((_, check)): Path<(i64, String)>,
) -> Answer {
    monitoring::expect_word(&services, &actor, JobId(id), &check).await?;
    Ok(no_content())
}

/// Deletes a rejected report from the list.
#[utoipa::path(delete, path = "/api/v1/rejected/{report}", tag = "reports", responses((status = 204)))]
pub async fn dismiss(Context(services, actor): Context, IdPath(id): IdPath) -> Answer {
    rejected::dismiss_by_id(&services, &actor, id).await?;
    Ok(no_content())
}

/// Deletes rejected reports from the list.
#[utoipa::path(post, path = "/api/v1/rejected/dismiss", tag = "reports", request_body = Dismiss,
    responses((status = 204)))]
pub async fn dismiss_until(
    Context(services, actor): Context,
    JsonBody(Dismiss { until }): JsonBody<Dismiss>,
) -> Answer {
    rejected::dismiss_all(&services, &actor, until.0).await?;
    Ok(no_content())
}

/// Returns not found for a job that does not exist.
async fn existing(services: &Services, actor: &Actor, job: Option<i64>) -> Result<(), Error> {
    match job {
        Some(job) => jobs::find(services, actor, JobId(job)).await.map(|_| ()),
        None => Ok(()),
    }
}
