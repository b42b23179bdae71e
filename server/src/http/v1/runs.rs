//! Runs, and their logs.

use std::collections::BTreeMap;

use duplistatus::{
    dto::{
        run::{LogFilter, RunPage, RunQuery},
        runs::{RunsRow, RunsSort},
    },
    ids::{GroupId, JobId, RunId, ServerId, TagId},
    report::LogLine,
    service::{overview::run, programs::lists::runs},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{
    list::{FieldParams, List, Page, PageParams},
    params::{Answer, Context, Params},
    words::{LinesWord, LogLines, Outcome, RunOrder, Status, Time, Words, time},
};
use crate::http::id_path::IdPath;

/// One execution of a job, as lists show it. Files, source and storage size are null unless it left a complete version.
#[derive(Debug, Serialize, ToSchema)]
pub struct Run {
    /// Its id.
    id: i64,
    /// Id of its server.
    server: i64,
    /// Id of its job.
    job: i64,
    /// What Duplicati said.
    status: Status,
    /// What became of it.
    outcome: Outcome,
    /// When it began, by the clock of the server.
    started: Time,
    /// Whether the start was derived from the arrival of the report.
    start_assumed: bool,
    /// Seconds that it took.
    duration: Option<i64>,
    /// Files of the source.
    files: Option<i64>,
    /// Bytes of the source.
    source_size: Option<i64>,
    /// Bytes at the destination.
    storage_size: Option<i64>,
    /// Bytes that it uploaded.
    uploaded_size: Option<i64>,
    /// Versions that can be restored.
    versions: Option<i64>,
    /// Number of warnings.
    warnings: Option<i64>,
    /// Number of errors.
    errors: Option<i64>,
    /// The line that says why it did not go well.
    headline: Option<String>,
}

/// One execution of a job, with everything but its log.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunDetails {
    /// Its id.
    id: i64,
    /// Id of its server.
    server: i64,
    /// Id of its job.
    job: i64,
    /// What Duplicati said.
    status: Status,
    /// What became of it.
    outcome: Outcome,
    /// What contradicts it: a `kind` and its figures.
    #[schema(value_type = Vec<Object>)]
    checks: Vec<Value>,
    /// When it began, by the clock of the server.
    started: Time,
    /// Whether the start was derived from the arrival of the report.
    start_assumed: bool,
    /// The start that the report claimed, where that cannot be true.
    start_claim: Option<String>,
    /// When it ended, by the clock of the server.
    ended: Option<Time>,
    /// When the report arrived.
    received: Time,
    /// Seconds that it took.
    duration: Option<i64>,
    /// The run before it.
    previous: Option<i64>,
    /// The run after it.
    next: Option<i64>,
    /// Whether it was interrupted.
    interrupted: bool,
    /// Whether a part of the source is missing.
    partial: bool,
    /// Whether nothing was written.
    dry_run: bool,
    /// The figures that Duplicati sent, by name. Those whose name ends with `_size`, and those of quotas, are bytes.
    figures: BTreeMap<String, i64>,
    /// Number of warnings.
    warnings: Option<i64>,
    /// Number of errors.
    errors: Option<i64>,
    /// Number of messages.
    messages: Option<i64>,
    /// The line that says why it did not go well.
    headline: Option<String>,
    /// The exception that ended it.
    exception: Option<String>,
    /// Number of log lines that are kept.
    log_lines: i64,
    /// When the versions were created that could be restored after it, newest first.
    versions: Vec<Time>,
    /// Version of Duplicati.
    duplicati_version: Option<String>,
    /// Kind of the destination, such as `s3`.
    destination_type: Option<String>,
    /// Whether the raw report is kept.
    has_raw_report: bool,
    /// Whether something of it was damaged on the disk, so that what is answered may be wrong.
    damaged: bool,
}

impl From<RunsRow> for Run {
    fn from(row: RunsRow) -> Self {
        let RunsRow { server_id, run, headline, .. } = row;
        Self {
            id: run.id.0,
            server: server_id.0,
            job: run.job_id.0,
            status: Status(run.status),
            outcome: Outcome(run.outcome),
            started: run.started.into(),
            start_assumed: run.start_assumed,
            duration: run.duration,
            files: run.files,
            source_size: run.source_size,
            storage_size: run.storage_size,
            uploaded_size: run.uploaded_size,
            versions: run.versions,
            warnings: run.warnings,
            errors: run.errors,
            headline,
        }
    }
}

impl From<RunPage> for RunDetails {
    fn from(page: RunPage) -> Self {
        let figures = page.figures.iter().filter_map(|figure| {
            Some((serde_json::to_value(figure.kind).ok()?.as_str()?.to_owned(), figure.value))
        });
        let (errors, warnings, others) = page.line_counts;
        Self {
            id: page.id.0,
            server: page.server_id.0,
            job: page.job_id.0,
            status: Status(page.status),
            outcome: Outcome(page.outcome),
            checks: page.checks.iter().filter_map(|check| serde_json::to_value(check).ok()).collect(),
            started: page.started.into(),
            start_assumed: page.start_assumed,
            start_claim: page.start_claim,
            ended: time(page.ended),
            received: page.received.into(),
            duration: page.duration,
            previous: page.neighbours.0.map(|id| id.0),
            next: page.neighbours.1.map(|id| id.0),
            interrupted: page.interrupted,
            partial: page.partial,
            dry_run: page.dry_run,
            figures: figures.collect(),
            warnings: page.warnings_count,
            errors: page.errors_count,
            messages: page.messages_count,
            headline: page.headline,
            exception: page.exception,
            log_lines: errors + warnings + others,
            versions: page.versions.into_iter().map(Time::from).collect(),
            duplicati_version: page.duplicati_version,
            destination_type: page.destination_type,
            has_raw_report: page.has_raw,
            damaged: page.damaged,
        }
    }
}

/// A line of the log of a run.
#[derive(Debug, Serialize, ToSchema)]
pub struct Line {
    /// When it was written, by the clock of the server.
    at: Option<Time>,
    /// Its level: `error`, `warning`, `information`, `retry`, `verbose`, `profiling`, `dryrun` or `other`.
    level: String,
    /// Where Duplicati wrote it.
    tag: Option<String>,
    /// The message. Secrets are masked.
    text: String,
}

impl From<LogLine> for Line {
    fn from(line: LogLine) -> Self {
        let level = line.level.as_str();
        let at = line.time.map(Timestamp::from_unix).map(Time);
        Self { at, level: level.to_owned(), tag: line.tag, text: line.text }
    }
}

/// Filters of runs.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Id of the server.
    server: Option<i64>,
    /// Id of the job.
    job: Option<i64>,
    /// Id of the group of the server.
    group: Option<i64>,
    /// Id of a tag of the job, or of its server.
    tag: Option<i64>,
    /// Statuses, separated by commas.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "error,fatal")]
    status: Words<Status>,
    /// Outcomes, separated by commas.
    #[serde(default)]
    #[param(value_type = Option<String>, example = "failed,errors")]
    outcome: Words<Outcome>,
    /// Began at this time or later.
    from: Option<Time>,
    /// Began before this time.
    until: Option<Time>,
    /// What the headline contains.
    text: Option<String>,
    /// The order.
    #[serde(default)]
    #[param(value_type = Option<RunOrder>)]
    sort: RunOrder,
}

/// Lists runs, newest first.
#[utoipa::path(get, path = "/api/v1/runs", tag = "runs", params(Filter, PageParams),
    responses((status = 200, body = List<Run>)))]
pub async fn list(Context(services, actor): Context, page: Page, Params(filter): Params<Filter>) -> Answer {
    let Filter { server, job, group, tag, status, outcome, from, until, text, sort: RunOrder(sort) } = filter;
    let wanted = runs::Filter {
        server: server.map(ServerId),
        job: job.map(JobId),
        group: group.map(GroupId),
        tag: tag.map(TagId),
        statuses: status.0.into_iter().map(|one| one.0).collect(),
        outcomes: outcome.0.into_iter().map(|one| one.0).collect(),
        from: from.map(|at| at.0),
        until: until.map(|at| at.0),
        text,
    };
    let page = page.ordered(sort.as_str());
    let order: (RunsSort, bool) = (sort.by, !sort.descending);
    let listed = runs::list(&services, &actor, wanted, order, page.part()?).await?;
    page.answer(listed.map(Run::from))
}

/// Returns a run.
#[utoipa::path(get, path = "/api/v1/runs/{run}", tag = "runs", params(FieldParams),
    responses((status = 200, body = RunDetails)))]
pub async fn get(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    Params(fields): Params<FieldParams>,
) -> Answer {
    let query = RunQuery { run: RunId(id), lines: LogFilter::All, page: 1 };
    fields.answer(&RunDetails::from(run::show(&services, &actor, query).await?))
}

/// Filter of log lines.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OfKind {
    /// The kind of lines.
    level: Option<LogLines>,
}

/// Lists the log lines of a run that are kept, in their order.
#[utoipa::path(get, path = "/api/v1/runs/{run}/log", tag = "runs", params(OfKind, PageParams),
    responses((status = 200, body = List<Line>)))]
pub async fn log(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    page: Page,
    Params(OfKind { level }): Params<OfKind>,
) -> Answer {
    let filter = match level.map(|level| level.0) {
        None => LogFilter::All,
        Some(LinesWord::Error) => LogFilter::Errors,
        Some(LinesWord::Warning) => LogFilter::Warnings,
        Some(LinesWord::Message) => LogFilter::Messages,
    };
    let listed = runs::log(&services, &actor, RunId(id), filter, page.part()?).await?;
    page.answer(listed.map(Line::from))
}
