//! Jobs.

use duplistatus::{
    ids::{JobId, ServerId},
    service::{Actor, Services, programs::lists::jobs},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    list::{FieldParams, List, Page, PageParams},
    params::{Answer, Context, Params},
    servers::Filter,
    words::{Outcome, ScheduleSource, Status, Time, Verdict, time},
};
use crate::http::id_path::IdPath;

/// A backup job of a server. Sizes are bytes, durations are seconds. Files, sizes and versions are those of its last complete run.
#[derive(Debug, Serialize, ToSchema)]
pub struct Job {
    /// Its id.
    id: i64,
    /// Id of its server.
    server: i64,
    /// Its name, as Duplicati says it.
    name: String,
    /// What users call it.
    alias: Option<String>,
    /// Notes of users.
    notes: Option<String>,
    /// Its own tags, by name.
    tags: Vec<String>,
    /// Its state.
    state: JobState,
    /// When it is expected to run.
    schedule: JobSchedule,
    /// The run that began last.
    last_run: Option<LastRun>,
    /// When its last report arrived.
    last_report: Option<Time>,
    /// Start of its last good run.
    last_success: Option<Time>,
    /// Its last conclusive verification.
    verification: Option<Verification>,
    /// Failed runs in a row.
    failures: i64,
    /// Since when it fails.
    failing_since: Option<Time>,
    /// Number of its runs.
    runs: i64,
    /// Files of the source.
    files: Option<i64>,
    /// Bytes of the source.
    source_size: Option<i64>,
    /// Bytes at the destination.
    storage_size: Option<i64>,
    /// Bytes that all its runs uploaded.
    uploaded_total: i64,
    /// Versions that can be restored.
    versions: Option<i64>,
    /// Bytes that the destination can hold.
    quota_total: Option<i64>,
    /// Bytes that are free at the destination.
    quota_free: Option<i64>,
    /// Since when it is archived: nothing is expected of it.
    archived: Option<Time>,
    /// When it was created.
    created: Option<Time>,
}

/// What is concluded of a job.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobState {
    /// The verdict.
    verdict: Verdict,
    /// Since when.
    since: Option<Time>,
    /// Id of the open incident.
    incident: Option<i64>,
    /// What contradicts the last run, and what else is open: a `kind` and its figures.
    #[schema(value_type = Vec<Object>)]
    checks: Vec<Value>,
}

/// When a job is expected to run.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobSchedule {
    /// Where it comes from.
    source: ScheduleSource,
    /// When the next run is expected.
    next: Option<Time>,
    /// When it is overdue.
    due: Option<Time>,
    /// The usual distance between runs in seconds.
    interval: Option<i64>,
}

/// The run of a job that began last.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastRun {
    /// Its id.
    id: i64,
    /// When it began.
    started: Option<Time>,
    /// What Duplicati said.
    status: Option<Status>,
    /// What became of it.
    outcome: Option<Outcome>,
    /// Seconds that it took.
    duration: Option<i64>,
    /// Bytes that it uploaded.
    uploaded_size: Option<i64>,
    /// Number of warnings.
    warnings: Option<i64>,
    /// Why it did not go well.
    headline: Option<String>,
}

/// A verification of a destination that came to a result.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verification {
    /// When it began.
    at: Time,
    /// Whether it failed, or found damaged files.
    failed: bool,
    /// Number of damaged files.
    damaged_files: Option<i64>,
}

impl From<jobs::Job> for Job {
    fn from(job: jobs::Job) -> Self {
        let checks = job.checks.iter().filter_map(|check| serde_json::to_value(check).ok());
        Self {
            id: job.id.0,
            server: job.server.0,
            name: job.name,
            alias: job.alias,
            notes: job.notes,
            tags: job.tags,
            state: JobState {
                verdict: Verdict(job.verdict),
                since: time(job.since),
                incident: job.incident,
                checks: checks.collect(),
            },
            schedule: JobSchedule {
                source: ScheduleSource(job.schedule),
                next: time(job.next_expected),
                due: time(job.due),
                interval: job.interval,
            },
            last_run: job.last_run.map(LastRun::from),
            last_report: time(job.last_report),
            last_success: time(job.last_success),
            verification: job.verification.map(|(at, failed, damaged_files)| Verification {
                at: Time(at),
                failed,
                damaged_files,
            }),
            failures: job.failures,
            failing_since: time(job.failing_since),
            runs: job.runs,
            files: job.files,
            source_size: job.source_size,
            storage_size: job.storage_size,
            uploaded_total: job.uploaded_total,
            versions: job.versions,
            quota_total: job.quota_total,
            quota_free: job.quota_free,
            archived: time(job.archived),
            created: time(job.created),
        }
    }
}

impl From<jobs::LastRun> for LastRun {
    fn from(run: jobs::LastRun) -> Self {
        let jobs::LastRun { id, started, status, outcome, duration, uploaded_size, warnings, headline } = run;
        Self {
            id: id.0,
            started: time(started),
            status: status.map(Status),
            outcome: outcome.map(Outcome),
            duration,
            uploaded_size,
            warnings,
            headline,
        }
    }
}

/// Filter of what belongs to a server.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfServer {
    /// Id of the server.
    server: Option<i64>,
}

/// Lists jobs, by id.
#[utoipa::path(get, path = "/api/v1/jobs", tag = "jobs", params(OfServer, Filter, PageParams),
    responses((status = 200, body = List<Job>)))]
pub async fn list(
    Context(services, actor): Context,
    page: Page,
    Params(OfServer { server }): Params<OfServer>,
    Params(filter): Params<Filter>,
) -> Answer {
    let filter = jobs::Filter { server: server.map(ServerId), ..filter.into() };
    let listed = jobs::list(&services, &actor, filter, page.part()?).await?;
    page.answer(listed.map(Job::from))
}

/// Returns a job.
#[utoipa::path(get, path = "/api/v1/jobs/{job}", tag = "jobs", params(FieldParams),
    responses((status = 200, body = Job)))]
pub async fn get(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    Params(fields): Params<FieldParams>,
) -> Answer {
    one(&services, &actor, JobId(id), &fields).await
}

/// Returns the answer with one job.
pub(super) async fn one(services: &Services, actor: &Actor, id: JobId, fields: &FieldParams) -> Answer {
    fields.answer(&Job::from(jobs::find(services, actor, id).await?))
}
