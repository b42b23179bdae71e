//! Database backups over HTTP: create, list, download, delete and restore.

use std::path::Path as FilePath;

use app::features::database_backups::{PREVIEW_ID, api::RESTORE_PATH};
use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use duplistatus::{
    access::Permission,
    db::engine::files,
    dto::database::{BackupFile, RestoreChoice},
    error::Error,
    service::{Actor, database},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio_util::io::ReaderStream;
use utoipa::ToSchema;

use super::{
    answer::{redirect_back, service_problem},
    json_body::JsonBody,
    page::accepts_html,
    query::{QueryParameters, invalid},
    received_file::receive,
    v1::words::{Time, time},
};
use crate::state::AppState;

/// Path of the page.
const PAGE: &str = "/settings/backups";

/// The database backups in the folder.
#[derive(Debug, Serialize, ToSchema)]
pub struct Backups {
    /// The folder.
    folder: String,
    /// Number of own backups that are kept.
    keep: i64,
    /// When the last one was created.
    last: Option<Time>,
    /// The files, newest first.
    data: Vec<Backup>,
}

/// A database backup.
#[derive(Debug, Serialize, ToSchema)]
pub struct Backup {
    /// Name of the file.
    name: String,
    /// Its bytes.
    size: u64,
    /// When it was created.
    created: Option<Time>,
    /// Whether this database created it.
    own: bool,
}

/// Lists the database backups in the folder.
#[utoipa::path(get, path = "/api/v1/database/backups", tag = "database",
    responses((status = 200, body = Backups)))]
pub async fn list(State(state): State<AppState>, Extension(actor): Extension<Actor>) -> Response {
    match database::backups(&state.services, &actor).await {
        Ok(page) => {
            let data = page.files.into_iter().map(|file| {
                let BackupFile { name, size, made, own } = file;
                Backup { name, size, created: time(made), own }
            });
            let last = time(page.last);
            Json(Backups { folder: page.folder, keep: page.keep, last, data: data.collect() }).into_response()
        }
        Err(error) => service_problem(&error),
    }
}

/// Starts a database backup.
#[utoipa::path(post, path = "/api/v1/database/backups", tag = "database",
    responses((status = 202, description = "It has begun", body = Object)))]
pub async fn begin(State(state): State<AppState>, Extension(actor): Extension<Actor>) -> Response {
    match database::begin_backup(&state.services, &actor).await {
        Ok(()) => (StatusCode::ACCEPTED, Json(json!({ "begun": true }))).into_response(),
        Err(error) => service_problem(&error),
    }
}

/// Returns a database backup as a file.
#[utoipa::path(get, path = "/api/v1/database/backups/{name}", tag = "files",
    responses((status = 200, description = "The file", content((String = "application/zstd"), (String = "application/vnd.sqlite3")))))]
pub async fn download(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(name): Path<String>,
) -> Response {
    let path = match database::download(&state.services, &actor, &name).await {
        Ok(path) => path,
        Err(error) => return service_problem(&error),
    };
    let length = files::length(&path);
    match tokio::fs::File::open(&path).await {
        Ok(file) => {
            let kind = if name.ends_with(".zst") { "application/zstd" } else { "application/vnd.sqlite3" };
            let headers = [
                (header::CONTENT_TYPE, kind.to_owned()),
                (header::CONTENT_LENGTH, length.to_string()),
                // This program created the name, so it needs no escaping.
                (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
            ];
            (headers, Body::from_stream(ReaderStream::with_capacity(file, 64 * 1024))).into_response()
        }
        // It was deleted after it was listed.
        Err(_) => service_problem(&Error::NotFound),
    }
}

/// Deletes a database backup.
#[utoipa::path(delete, path = "/api/v1/database/backups/{name}", tag = "database",
    responses((status = 204)))]
pub async fn delete(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(name): Path<String>,
    words: QueryParameters,
) -> Response {
    if let Err(error) = words.confirm("the backup is permanently deleted") {
        return service_problem(&error);
    }
    match database::delete_backup(&state.services, &actor, &name).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => service_problem(&error),
    }
}

/// The request to restore a backup.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreRequest {
    /// Whether it is confirmed.
    #[serde(default)]
    confirm: bool,
    /// Whether to restore access that was revoked since.
    #[serde(default)]
    revive: bool,
}

/// Returns what restoring a database backup would do.
#[utoipa::path(get, path = "/api/v1/database/backups/{name}/preview", tag = "database",
    responses((status = 200, description = "What was done or would be", body = Object)))]
pub async fn preview(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(name): Path<String>,
) -> Response {
    match database::preview_kept(&state.services, &actor, &name).await {
        Ok(preview) => Json(preview).into_response(),
        Err(error) => service_problem(&error),
    }
}

/// Restores a database backup of the folder.
#[utoipa::path(post, path = "/api/v1/database/backups/{name}/restore", tag = "database",
    request_body = RestoreRequest, responses((status = 200, description = "What was done or would be", body = Object)))]
pub async fn restore_kept(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Path(name): Path<String>,
    wanted: Option<JsonBody<RestoreRequest>>,
) -> Response {
    let RestoreRequest { confirm, revive } = wanted.map(|JsonBody(wanted)| wanted).unwrap_or_default();
    if !confirm {
        let hint =
            "send { \"confirm\": true } to replace the whole database; /preview shows what would be lost";
        return service_problem(&invalid("confirm", hint));
    }
    match database::restore_kept(&state.services, &actor, &name, RestoreChoice { revive }).await {
        Ok(report) => Json(report).into_response(),
        Err(error) => service_problem(&error),
    }
}

/// Restores the database backup in the body.
///
/// A program gets the result or, with `preview=true`, what would be done. The page's form is redirected back to the page, which shows what
/// would be lost and asks for confirmation.
#[utoipa::path(post, path = "/api/v1/database/restore", tag = "database",
    request_body(content = String, content_type = "application/octet-stream"), responses((status = 200, description = "What was done or would be", body = Object)))]
pub async fn restore(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    words: QueryParameters,
    request: Request,
) -> Response {
    if let Err(error) = actor.may(Permission::ManageDatabase) {
        return service_problem(&error);
    }
    let from_page = accepts_html(request.headers());
    let (preview, revive) = match (words.flag("preview"), words.flag("revive")) {
        (Ok(preview), Ok(revive)) => (preview, revive),
        (Err(error), _) | (_, Err(error)) => return service_problem(&error),
    };
    let only_look = !from_page && preview;
    if !from_page
        && !only_look
        && let Err(error) =
            words.confirm("the whole database is replaced; ?preview=true shows what would be lost")
    {
        // Checked before gigabytes are uploaded.
        return service_problem(&error);
    }
    let received = match receive(request, files::folder_of(state.services.db().path()), &[]).await {
        Ok(received) => received,
        Err(error) if from_page => return redirect_back(&state, PAGE, RESTORE_PATH, "restore", error),
        Err(error) => return service_problem(&error),
    };
    // The sender's file name is recorded in the audit log.
    let named = FilePath::new(&received.name).file_name().map(|name| name.to_string_lossy().into_owned());
    if from_page {
        let named = named.filter(|name| !name.is_empty()).unwrap_or_else(|| "file".to_owned());
        let sent = received.file.sent(named);
        return match database::keep_upload(&state.services, &actor, sent).await {
            Ok(reference) => {
                let page = state.base.url(&format!("{PAGE}?sent={reference}#{PREVIEW_ID}"));
                (StatusCode::SEE_OTHER, [(header::LOCATION, page)]).into_response()
            }
            Err(error) => redirect_back(&state, PAGE, RESTORE_PATH, "restore", error),
        };
    }
    let path = received.file.path().to_owned();
    if only_look {
        return match database::preview(&state.services, &actor, path, named).await {
            Ok(preview) => Json(preview).into_response(),
            Err(error) => service_problem(&error),
        };
    }
    let choice = RestoreChoice { revive };
    match database::restore(&state.services, &actor, path, named, choice).await {
        Ok(report) => Json(report).into_response(),
        Err(error) => service_problem(&error),
    }
}
