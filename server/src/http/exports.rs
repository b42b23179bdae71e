//! Exports of runs and schedules, streamed as they are read: any number, with little memory.

use std::{
    io::{self, Write},
    time::Duration,
};

use axum::{
    Extension,
    body::{Body, Bytes},
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use duplistatus::{
    dto::export::{ExportFormat, ExportQuery},
    error::Error,
    service::{
        Actor,
        database::{self, Text},
        overview::{runs, schedules},
    },
};
use tokio::{
    runtime::Handle,
    sync::mpsc,
    time::{Instant, timeout_at},
};
use tokio_stream::wrappers::ReceiverStream;

use super::{
    answer::service_problem,
    query::{QueryParameters, invalid},
};
use crate::state::AppState;

/// Number of pieces that wait to be sent.
const WAITING: usize = 4;
/// How long a piece may wait for a receiver that does not read.
const STALLED: Duration = Duration::from_secs(30);
/// Maximum duration of a download: until it ends, the write-ahead log cannot be checkpointed.
const LONGEST: Duration = Duration::from_secs(600);

type Piece = Result<Bytes, io::Error>;

/// Returns runs as a file in the import format.
#[utoipa::path(get, path = "/api/v1/runs/export", tag = "files",
    responses((status = 200, description = "The file", content((String = "text/csv"), (serde_json::Value = "application/json")))))]
pub async fn runs(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    words: QueryParameters,
) -> Response {
    let query = match ExportQuery::from_words(words.all()) {
        Ok(query) => query,
        Err(wrong) => return service_problem(&invalid(wrong.field, &wrong.hint)),
    };
    let format = query.format;
    let export = match database::select(&state.services, &actor, query).await {
        Ok(export) => export,
        Err(error) => return service_problem(&error),
    };
    let name = file_name(&state, &actor, "runs", format);
    stream(&name, format, |out| async move {
        database::write_out(&state.services, &actor, Text::Runs(export), out).await
    })
}

/// Returns runs as a file: those that pass the filters of their page, in its order.
#[utoipa::path(get, path = "/api/v1/runs/download", tag = "files",
    responses((status = 200, description = "The file", content((String = "text/csv"), (serde_json::Value = "application/json")))))]
pub async fn list(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    words: QueryParameters,
) -> Response {
    let format = words.get("format").and_then(ExportFormat::from_word);
    let Some(format) = format else { return service_problem(&invalid("format", "use csv or json")) };
    let query = words.runs();
    let file = query.and_then(|query| runs::export::select(&state.services, &actor, query, format));
    let file = match file {
        Ok(file) => file,
        Err(error) => return service_problem(&error),
    };
    let name = file_name(&state, &actor, "runs", format);
    stream(
        &name,
        format,
        |out| async move { runs::export::write_out(&state.services, &actor, file, out).await },
    )
}

/// Returns schedules as a file: those that pass the filters of their page, in its order.
#[utoipa::path(get, path = "/api/v1/schedules/download", tag = "files",
    responses((status = 200, description = "The file", content((String = "text/csv"), (serde_json::Value = "application/json")))))]
pub async fn schedules(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    words: QueryParameters,
) -> Response {
    let format = words.get("format").and_then(ExportFormat::from_word);
    let Some(format) = format else { return service_problem(&invalid("format", "use csv or json")) };
    let query = words.schedules();
    let file = match query.and_then(|query| schedules::export::select(&actor, query, format)) {
        Ok(file) => file,
        Err(error) => return service_problem(&error),
    };
    let name = file_name(&state, &actor, "schedules", format);
    stream(&name, format, |out| async move {
        schedules::export::write_out(&state.services, &actor, file, out).await
    })
}

fn file_name(state: &AppState, actor: &Actor, what: &str, format: ExportFormat) -> String {
    let day = actor.zone(&state.services).day(state.services.clock().now());
    format!("duplistatus-{what}-{day}.{}", format.as_str())
}

/// A file that is sent while it is written.
fn stream<Written>(
    name: &str,
    format: ExportFormat,
    write: impl FnOnce(Pieces) -> Written + Send + 'static,
) -> Response
where
    Written: Future<Output = Result<u64, Error>> + Send + 'static,
{
    let (pieces, sent) = mpsc::channel::<Piece>(WAITING);
    let out = Pieces { pieces: pieces.clone(), handle: Handle::current(), until: Instant::now() + LONGEST };
    tokio::spawn(async move {
        if let Err(error) = write(out).await {
            tracing::warn!(%error, "an export broke off");
            // Aborts the transfer, so that the receiver does not take the file for complete.
            let _ = pieces.send(Err(io::Error::other("the export broke off"))).await;
        }
    });
    let kind = match format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Json => "application/json",
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, Body::from_stream(ReceiverStream::new(sent))).into_response()
}

/// Passes pieces on from the thread that reads the database, at the speed of the receiver.
struct Pieces {
    pieces: mpsc::Sender<Piece>,
    handle: Handle,
    until: Instant,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = Bytes::copy_from_slice(bytes);
        let until = self.until.min(Instant::now() + STALLED);
        match self.handle.block_on(timeout_at(until, self.pieces.send(Ok(piece)))) {
            Ok(Ok(())) => Ok(bytes.len()),
            Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
