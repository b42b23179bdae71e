//! The API for programs: the data of pages as JSON. It requires API keys; see `docs/API.md`.

use app::{features::health::words, locale::use_locale};
use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use duplistatus::{
    dto::{
        dashboard::{Dashboard, DashboardQuery, EncodedJson},
        health::{Check, State as Health},
        run::RunQuery,
        server::ServerQuery,
        servers::LabelChange,
    },
    error::Error,
    ids::{KeyId, RunId, ServerId},
    service::{
        Actor, audit, database, health,
        ingest::rejected,
        ingest_keys, labels,
        overview::{dashboard, run, runs, schedules, server},
        users,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    answer::service_problem,
    id_path::IdPath,
    json_body::JsonBody,
    page,
    query::{PageNumber, QueryParameters},
};
use crate::{client::Client, state::AppState};

fn answer<T: Serialize>(result: Result<T, Error>) -> Response {
    match result {
        Ok(value) => Json(value).into_response(),
        Err(error) => service_problem(&error),
    }
}

/// `GET /api/v1/summary`: totals, problems, and one page of servers with their jobs.
pub async fn summary(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    PageNumber(page): PageNumber,
) -> Response {
    let query = DashboardQuery { page, ..DashboardQuery::default() };
    let shown = dashboard::show(&state.services, &actor, query).await;
    answer(shown.and_then(|shown| opened(&shown).map_err(Error::internal)))
}

/// Returns the dashboard for programs, with the nested JSON of `waiting` decoded.
fn opened(shown: &Dashboard) -> Result<serde_json::Value, serde_json::Error> {
    let mut json = serde_json::to_value(shown)?;
    let waiting = shown.waiting.as_ref().and_then(EncodedJson::open);
    if let (Some(waiting), Some(parts)) = (waiting, json.as_object_mut()) {
        parts.insert("waiting".to_owned(), serde_json::to_value(waiting)?);
    }
    Ok(json)
}

/// `GET /api/v1/servers/{server}`: one server.
pub async fn server(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    IdPath(id): IdPath,
    PageNumber(page): PageNumber,
) -> Response {
    let (range, sort) = Default::default();
    let query =
        ServerQuery { server: ServerId(id), job: None, day: None, range, sort, ascending: false, page };
    answer(server::show(&state.services, &actor, query).await)
}

/// `GET /api/v1/runs/{run}`: one run, with a page of its log.
pub async fn run(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    IdPath(id): IdPath,
    PageNumber(page): PageNumber,
) -> Response {
    let query = RunQuery { run: RunId(id), lines: Default::default(), page };
    answer(run::show(&state.services, &actor, query).await)
}

/// `GET /api/v1/runs`: one page of the runs that pass the filters of the page of runs.
pub async fn runs(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    words: QueryParameters,
) -> Response {
    match words.runs() {
        Ok(query) => answer(runs::list(&state.services, &actor, query).await),
        Err(error) => service_problem(&error),
    }
}

/// `GET /api/v1/schedules`: one page of the jobs that pass the filters of the page of schedules.
pub async fn schedules(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    words: QueryParameters,
) -> Response {
    match words.schedules() {
        Ok(query) => answer(schedules::list(&state.services, &actor, query).await),
        Err(error) => service_problem(&error),
    }
}

/// `POST /api/v1/labels`: changes the group and the tags of servers.
pub async fn labels(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    JsonBody(change): JsonBody<LabelChange>,
) -> Response {
    let changed = labels::set_of_servers(&state.services, &actor, &change).await;
    answer(changed.map(|changed| json!({ "changed": changed })))
}

/// `GET /api/v1/rejected`: rejected reports.
pub async fn rejected(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    PageNumber(page): PageNumber,
) -> Response {
    answer(rejected::list(&state.services, &actor, page).await)
}

/// `GET /api/v1/ingest-keys`: ingest keys without their secrets.
pub async fn list_keys(State(state): State<AppState>, Extension(actor): Extension<Actor>) -> Response {
    answer(ingest_keys::list(&state.services, &actor).await)
}

/// The key to create.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WantedKey {
    /// Name of its server; empty for any server.
    server: String,
}

/// `POST /api/v1/ingest-keys`: creates a key; its secret is only in this response.
pub async fn create_key(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    JsonBody(wanted): JsonBody<WantedKey>,
) -> Response {
    match ingest_keys::create(&state.services, &actor, &wanted.server).await {
        Ok(made) => (StatusCode::CREATED, Json(made)).into_response(),
        Err(error) => service_problem(&error),
    }
}

/// `DELETE /api/v1/ingest-keys/{key}?confirm=true`: revokes a key.
pub async fn revoke_key(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    IdPath(id): IdPath,
    words: QueryParameters,
) -> Response {
    if let Err(error) = words.confirm("the key is permanently revoked") {
        return service_problem(&error);
    }
    match ingest_keys::revoke(&state.services, &actor, KeyId(id)).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => service_problem(&error),
    }
}

/// `GET /api/v1/database`: the status of the running server's database.
pub async fn database(State(state): State<AppState>, Extension(actor): Extension<Actor>) -> Response {
    answer(database::status(&state.services, &actor).await)
}

/// `GET /api/v1/database/tables`: rows and bytes of its tables and indexes.
pub async fn database_tables(State(state): State<AppState>, Extension(actor): Extension<Actor>) -> Response {
    answer(database::tables(&state.services, &actor).await)
}

/// `GET /api/v1/database/stats`: counts and totals of all stored data.
pub async fn database_stats(State(state): State<AppState>, Extension(actor): Extension<Actor>) -> Response {
    answer(database::stats(&state.services, &actor).await)
}

/// `GET /api/v1/health`: every check, worst first, as text.
pub async fn health(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Extension(client): Extension<Client>,
) -> Response {
    let around = page::page_context(&state, Some(&client));
    answer(health::list(&state.services, &actor, &around).await.map(|all| {
        let checks: Vec<Check> = all.iter().map(|one| words::check(use_locale(), one)).collect();
        json!({ "state": checks.first().map_or(Health::Ok, |worst| worst.state), "checks": checks })
    }))
}

/// `GET /api/v1/users`: users and API keys.
pub async fn users(State(state): State<AppState>, Extension(actor): Extension<Actor>) -> Response {
    answer(users::list(&state.services, &actor).await)
}

/// `GET /api/v1/audit`: one page of the entries that match the filters of the audit log page.
pub async fn audit(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    words: QueryParameters,
) -> Response {
    match words.audit() {
        Ok(query) => answer(audit::list(&state.services, &actor, query).await),
        Err(error) => service_problem(&error),
    }
}
