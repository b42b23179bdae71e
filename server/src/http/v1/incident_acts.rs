//! What programs do about incidents.

use axum::{Json, http::StatusCode, response::IntoResponse as _};
use duplistatus::service::{
    Actor, Services,
    noticing::incidents::{self as acts, Act},
    programs::lists::incidents,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    incidents::Incident,
    params::{Answer, Context},
    words::Time,
};
use crate::http::{answer::rejection, id_path::IdPath, json_body::JsonBody};

/// A note.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The note, at most 500 characters.
    #[serde(default)]
    note: String,
}

/// Until when messages about an incident wait.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Snooze {
    /// A minute to 90 days from now.
    until: Time,
}

/// Why an incident is closed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// The reason, at most 500 characters.
    reason: String,
}

/// Does something about an incident, and answers with what it is then.
async fn act(services: &Services, actor: &Actor, id: i64, act: Act) -> Answer {
    if acts::handle(services, actor, vec![id], act).await? == 0 {
        // It does not exist, or was closed.
        incidents::find(services, actor, id).await?;
        let hint = "Nothing can be done about it. If the problem comes back, another incident is opened.";
        return Ok(rejection(StatusCode::CONFLICT, "closed", "the incident is closed", hint));
    }
    let incident = incidents::find(services, actor, id).await?;
    Ok(Json(Incident::from(incident)).into_response())
}

/// Acknowledges an incident: no reminders until it becomes worse.
#[utoipa::path(post, path = "/api/v1/incidents/{incident}/acknowledge", tag = "incidents", request_body = Note,
    responses((status = 200, body = Incident)))]
pub async fn acknowledge(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    JsonBody(Note { note }): JsonBody<Note>,
) -> Answer {
    act(&services, &actor, id, Act::Acknowledge { note }).await
}

/// Adds a note to the timeline of an incident.
#[utoipa::path(post, path = "/api/v1/incidents/{incident}/note", tag = "incidents", request_body = Note,
    responses((status = 200, body = Incident)))]
pub async fn note(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    JsonBody(Note { note }): JsonBody<Note>,
) -> Answer {
    act(&services, &actor, id, Act::Note { note }).await
}

/// Snoozes an incident: no message about it until a time.
#[utoipa::path(post, path = "/api/v1/incidents/{incident}/snooze", tag = "incidents", request_body = Snooze,
    responses((status = 200, body = Incident)))]
pub async fn snooze(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    JsonBody(Snooze { until }): JsonBody<Snooze>,
) -> Answer {
    let seconds = until.0.since(services.clock().now());
    act(&services, &actor, id, Act::Snooze { seconds }).await
}

/// Closes an incident. It is not opened again for the same problem.
#[utoipa::path(post, path = "/api/v1/incidents/{incident}/close", tag = "incidents", request_body = Close,
    responses((status = 200, body = Incident)))]
pub async fn close(
    Context(services, actor): Context,
    IdPath(id): IdPath,
    JsonBody(Close { reason }): JsonBody<Close>,
) -> Answer {
    act(&services, &actor, id, Act::Close { reason }).await
}
