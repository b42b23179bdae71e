//! Incidents, and what happened in them.

use duplistatus::{
    dto::incidents::{IncidentRow, TimelineEntry},
    ids::{JobId, ServerId},
    service::programs::lists::incidents,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    list::{FieldParams, List, Page, PageParams},
    params::{Answer, Context, Params},
    words::{IncidentState, Time, Verdict, time},
};
use crate::http::id_path::IdPath;

/// What is wrong with a job, from the first sign until it is good again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Incident {
    /// Its id.
    id: i64,
    /// Id of the job, unless it was deleted.
    job: Option<i64>,
    /// Id of the server, unless it was deleted.
    server: Option<i64>,
    /// Name of the job.
    job_name: String,
    /// Name of the server.
    server_name: String,
    /// What it is about now, or was when it was closed.
    problem: Verdict,
    /// What it was about at its worst.
    worst: Verdict,
    /// When the problem began.
    since: Time,
    /// When it was opened.
    opened: Time,
    /// Who acknowledged it.
    acknowledged_by: Option<String>,
    /// Until when no message about it is sent.
    snoozed_until: Option<Time>,
    /// Failed runs in a row.
    failures: i64,
    /// Checks that found something.
    checks: Vec<String>,
    /// The line that says why a run failed.
    headline: Option<String>,
    /// When it was closed.
    closed: Option<Time>,
    /// Why it was closed, such as `good` or `person`.
    closed_why: Option<String>,
    /// What happened, and what was told, oldest first.
    timeline: Vec<TimelineItem>,
}

/// Something that happened in an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineItem {
    /// When.
    at: Time,
    /// What happened, such as `opened`, `acknowledged`, `told` or `closed`.
    event: String,
    /// What the problem became.
    problem: Option<Verdict>,
    /// What was set.
    setting: Option<String>,
    /// The check that found something.
    check: Option<String>,
    /// Who did it, or which channel was told.
    actor: Option<String>,
    /// The note.
    note: Option<String>,
    /// Until when.
    until: Option<Time>,
    /// Id of the run.
    run: Option<i64>,
}

/// An event of an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// Its id: later events have higher ones.
    id: i64,
    /// Id of the incident.
    incident: i64,
    /// Id of the server, unless it was deleted.
    server: Option<i64>,
    /// Id of the job, unless it was deleted.
    job: Option<i64>,
    /// When.
    at: Time,
    /// What happened, such as `opened`, `acknowledged` or `closed`.
    event: String,
    /// What the problem became.
    problem: Option<Verdict>,
    /// What was set.
    setting: Option<String>,
    /// The check that found something.
    check: Option<String>,
    /// Who did it.
    actor: Option<String>,
    /// The note.
    note: Option<String>,
    /// Until when.
    until: Option<Time>,
    /// Id of the run.
    run: Option<i64>,
}

impl From<TimelineEntry> for TimelineItem {
    fn from(entry: TimelineEntry) -> Self {
        let TimelineEntry { at, event, problem, setting, check, actor, note, until, run } = entry;
        Self {
            at: at.into(),
            event,
            problem: problem.map(Verdict),
            setting,
            check,
            actor,
            note,
            until: time(until),
            run: run.map(|id| id.0),
        }
    }
}

impl From<IncidentRow> for Incident {
    fn from(row: IncidentRow) -> Self {
        Self {
            id: row.id,
            job: row.job_id.map(|id| id.0),
            server: row.server_id.map(|id| id.0),
            job_name: row.job_name,
            server_name: row.server_name,
            problem: Verdict(row.problem),
            worst: Verdict(row.worst),
            since: row.since.into(),
            opened: row.opened.into(),
            acknowledged_by: row.acknowledged_by,
            snoozed_until: time(row.snoozed_until),
            failures: row.failures,
            checks: row.checks,
            headline: row.message,
            closed: time(row.closed),
            closed_why: row.closed_why,
            timeline: row.timeline.into_iter().map(TimelineItem::from).collect(),
        }
    }
}

impl From<incidents::IncidentEvent> for Event {
    fn from(event: incidents::IncidentEvent) -> Self {
        let incidents::IncidentEvent { id, incident, server, job, entry } = event;
        let TimelineItem { at, event, problem, setting, check, actor, note, until, run } = entry.into();
        let (server, job) = (server.map(|id| id.0), job.map(|id| id.0));
        Self { id, incident, server, job, at, event, problem, setting, check, actor, note, until, run }
    }
}

/// Filters of incidents.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Whether they are open, acknowledged or closed.
    state: Option<IncidentState>,
    /// Id of the server.
    server: Option<i64>,
    /// Id of the job.
    job: Option<i64>,
    /// What they were about at their worst.
    worst: Option<Verdict>,
}

/// Filters of events.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventFilter {
    /// Id of the incident.
    incident: Option<i64>,
    /// Id of the job.
    job: Option<i64>,
    /// Id of the server.
    server: Option<i64>,
}

/// Lists incidents, those that were opened last first.
#[utoipa::path(get, path = "/api/v1/incidents", tag = "incidents", params(Filter, PageParams),
    responses((status = 200, body = List<Incident>)))]
pub async fn list(Context(services, actor): Context, page: Page, Params(filter): Params<Filter>) -> Answer {
    let Filter { state, server, job, worst } = filter;
    let filter = incidents::Filter {
        state: state.map(|state| state.0),
        server: server.map(ServerId),
        job: job.map(JobId),
        problem: worst.map(|worst| worst.0),
    };
    let listed = incidents::list(&services, &actor, filter, page.part()?).await?;
    page.answer(listed.map(Incident::from))
}

/// Returns an incident.
#[utoipa::path(get, path = "/api/v1/incidents/{incident}", tag = "incidents", params(FieldParams),
    responses((status = 200, body = Incident)))]
pub async fn get(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    Params(fields): Params<FieldParams>,
) -> Answer {
    fields.answer(&Incident::from(incidents::find(&services, &actor, id).await?))
}

/// Lists the events of all incidents, newest first.
#[utoipa::path(get, path = "/api/v1/events", tag = "incidents", params(EventFilter, PageParams),
    responses((status = 200, body = List<Event>)))]
pub async fn events(
    Context(services, actor): Context,
    page: Page,
    Params(filter): Params<EventFilter>,
) -> Answer {
    let EventFilter { incident, job, server } = filter;
    let filter = incidents::EventFilter { incident, job: job.map(JobId), server: server.map(ServerId) };
    let listed = incidents::events(&services, &actor, filter, page.part()?).await?;
    page.answer(listed.map(Event::from))
}
