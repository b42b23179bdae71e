//! Downloads: the audit log and the log as filtered on their pages, and raw reports.

use axum::{
    Extension,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use duplistatus::{
    dto::{export::read_day, report::ReportQuery},
    ids::RunId,
    service::{
        Actor,
        audit::{export, export::Format},
        log,
        overview::{report, run},
    },
};

use super::{
    answer::service_problem,
    id_path::IdPath,
    query::{QueryParameters, invalid},
};
use crate::state::AppState;

/// Returns entries of the audit log as a file: those that match the filters of its page.
#[utoipa::path(get, path = "/api/v1/audit/export", tag = "files",
    responses((status = 200, description = "The file", content((String = "text/csv"), (serde_json::Value = "application/json")))))]
pub async fn audit(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    words: QueryParameters,
) -> Response {
    let format = words.get("format").and_then(Format::from_word);
    let Some(format) = format else { return service_problem(&invalid("format", "use csv or json")) };
    let query = match words.audit() {
        Ok(query) => query,
        Err(error) => return service_problem(&error),
    };
    match export::file(&state.services, &actor, query, format).await {
        Ok(file) => attachment(&file.name, file.content_type, file.body),
        Err(error) => service_problem(&error),
    }
}

/// Returns the report of a period as a file, a line for each job.
#[utoipa::path(get, path = "/api/v1/report/download", tag = "files",
    responses((status = 200, description = "The file", body = String, content_type = "text/csv")))]
pub async fn report(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    words: QueryParameters,
) -> Response {
    let day = |name| words.get(name).map(|word| read_day(name, word)).transpose();
    let query = match (day("from"), day("to")) {
        (Ok(from), Ok(to)) => {
            ReportQuery { from, to, group: words.get("group").unwrap_or_default().to_owned() }
        }
        (Err(wrong), _) | (_, Err(wrong)) => return service_problem(&invalid(wrong.field, &wrong.hint)),
    };
    match report::csv(&state.services, &actor, query).await {
        Ok((name, text)) => attachment(&name, "text/csv; charset=utf-8", text.into()),
        Err(error) => service_problem(&error),
    }
}

/// Returns lines of the log as a file: those that match the filters of its page.
#[utoipa::path(get, path = "/api/v1/logs", tag = "files",
    responses((status = 200, description = "The file", body = String, content_type = "text/plain")))]
pub async fn log(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    words: QueryParameters,
) -> Response {
    let query = match words.log() {
        Ok(query) => query,
        Err(error) => return service_problem(&error),
    };
    let day = actor.zone(&state.services).day(state.services.clock().now());
    match log::download(&state.services, &actor, &query).await {
        Ok(text) => attachment(&format!("duplistatus-{day}.log"), "text/plain; charset=utf-8", text.into()),
        Err(error) => service_problem(&error),
    }
}

/// Returns the report of a run as it was received, with secrets masked.
#[utoipa::path(get, path = "/api/v1/runs/{run}/raw", tag = "files",
    responses((status = 200, description = "The file", content((String = "text/plain"), (serde_json::Value = "application/json")))))]
pub async fn raw_report(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    IdPath(id): IdPath,
) -> Response {
    match run::raw_text(&state.services, &actor, RunId(id)).await {
        Ok(text) => {
            // The content determines the type, whatever the sender declared.
            let (end, kind) = if text.trim_start().starts_with('{') {
                ("json", "application/json")
            } else {
                ("txt", "text/plain; charset=utf-8")
            };
            attachment(&format!("report-{id}.{end}"), kind, text.into())
        }
        Err(error) => service_problem(&error),
    }
}

/// Returns a download; this program chooses its name.
fn attachment(name: &str, content_type: &'static str, body: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, content_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body)
        .into_response()
}
