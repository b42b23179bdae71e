//! Imports over HTTP: upload of a file, and progress.

use std::{io::Write as _, path::Path};

use app::features::import::api::IMPORT_PATH;
use axum::{
    Extension, Json,
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use duplistatus::{
    access::Permission,
    db::{StoreError, engine::files},
    error::Error,
    service::{Actor, import},
};
use serde_json::json;

use super::{
    answer::{redirect_back, service_problem},
    entered, fields,
    page::accepts_html,
    query::invalid,
    received_file::{Received, ReceivedFile, receive},
};
use crate::state::AppState;

/// Path of the page.
const PAGE: &str = "/settings/import";

/// Returns the progress of the import, and the result of the last one.
#[utoipa::path(get, path = "/api/v1/import", tag = "database",
    responses((status = 200, description = "The current import and the last one", body = Object)))]
pub async fn state(State(state): State<AppState>, Extension(actor): Extension<Actor>) -> Response {
    match import::state(&state.services, &actor) {
        Ok(work) => Json(work).into_response(),
        Err(error) => service_problem(&error),
    }
}

/// Starts an import of the file in the body.
///
/// The page's form is redirected back to the page, which shows the progress.
#[utoipa::path(post, path = "/api/v1/import", tag = "database",
    request_body(content = String, content_type = "application/octet-stream"),
    responses((status = 202, description = "It has begun", body = Object)))]
pub async fn begin(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    request: Request,
) -> Response {
    let from_page = accepts_html(request.headers());
    let mut entered = Vec::new();
    match take(&state, &actor, request, &mut entered).await {
        Ok(()) if from_page => {
            (StatusCode::SEE_OTHER, [(header::LOCATION, state.base.url(PAGE))]).into_response()
        }
        Ok(()) => (StatusCode::ACCEPTED, Json(json!({ "begun": true }))).into_response(),
        Err(error) if from_page && !matches!(error, Error::Forbidden) => {
            let response = redirect_back(&state, PAGE, IMPORT_PATH, "", error);
            entered::keep(&state.services, &actor, IMPORT_PATH, entered, response)
        }
        Err(error) => service_problem(&error),
    }
}

/// Starts the import; `entered` gets the fields that the page shows again after an error.
async fn take(
    state: &AppState,
    actor: &Actor,
    request: Request,
    entered: &mut fields::Fields,
) -> Result<(), Error> {
    actor.may(Permission::ManageDatabase)?;
    // Checked before gigabytes are uploaded.
    state.services.background_work().ensure_idle()?;
    let folder = files::folder_of(state.services.db().path());
    let Received { file, name, fields } = receive(request, folder, &["key", "dry_run"]).await?;
    if let Some(dry_run) = fields.get("dry_run") {
        entered.push(("dry_run".to_owned(), String::from_utf8_lossy(dry_run).into_owned()));
    }
    let dry_run = match fields.get("dry_run").map(Vec::as_slice) {
        Some(b"yes" | b"true" | b"1") => true,
        None | Some(b"" | b"no" | b"false" | b"0") => false,
        Some(_) => return Err(invalid("dry_run", "use yes or no")),
    };
    let key = fields.get("key").filter(|key| !key.is_empty());
    let key = key.map(|key| private_file(folder, key)).transpose()?;
    let wanted = import::Request {
        path: file.path().to_owned(),
        named: Some(name).filter(|name| !name.is_empty()),
        key_file: key.as_ref().map(|key| key.path().to_owned()),
        dry_run,
    };
    import::begin(&state.services, actor, wanted, (file, key))
}

fn private_file(folder: &Path, content: &[u8]) -> Result<ReceivedFile, Error> {
    let failed = |error: std::io::Error| Error::from(StoreError::from_io(folder, &error));
    let (file, mut out) = ReceivedFile::make(folder).map_err(failed)?;
    out.write_all(content).map_err(failed)?;
    Ok(file)
}
