//! The runs that pass the filter of the list, on all of its pages, as a file: written as they are read, in little memory.

use std::{
    io::{BufWriter, Write},
    ops::ControlFlow,
};

use serde::Serialize;

use super::{
    super::{
        choice::Choice,
        list_file::{self, ListFile, number},
    },
    row, wanted,
};
use crate::{
    access::Permission,
    db::{
        Connection, StoreError, StoreErrorKind,
        care::export::escape_formula,
        tables::run_search::{self, Order, RunFilter},
    },
    dto::{
        export::ExportFormat,
        runs::{RunsQuery, RunsRow},
    },
    error::Error,
    service::{Actor, Services, audit, audit::Entry},
    zone::Zone,
};

/// Bytes that are written at once.
const PIECE: usize = 64 * 1024;

/// A list that can be written.
#[derive(Debug, Clone)]
pub struct RunsFile {
    query: RunsQuery,
    filter: RunFilter,
    order: Order,
    format: ExportFormat,
}

/// Finds what is asked for.
///
/// # Errors
/// When the actor may not; [`Error::Invalid`] when the days are the wrong way round.
pub fn select(
    services: &Services,
    actor: &Actor,
    query: RunsQuery,
    format: ExportFormat,
) -> Result<RunsFile, Error> {
    actor.may(Permission::ViewBackups)?;
    let (filter, order) = wanted(services, &query)?;
    Ok(RunsFile { query, filter, order, format })
}

/// Writes the list as it is at this moment; reports arrive meanwhile. How many runs.
///
/// # Errors
/// When the database cannot be read, or the text cannot be written.
pub async fn write_out(
    services: &Services,
    actor: &Actor,
    file: RunsFile,
    out: impl Write + Send + 'static,
) -> Result<u64, Error> {
    let zone = actor.zone(services);
    let filter = file.query.words().into_iter().filter(|(name, word)| *name != "page" && !word.is_empty());
    let mut facts: serde_json::Map<String, serde_json::Value> =
        filter.map(|(name, word)| (name.to_owned(), word.into())).collect();
    facts.insert("format".into(), file.format.as_str().into());
    let runs = services
        .db
        .read_unpooled(move |conn| {
            let mut out = BufWriter::with_capacity(PIECE, out);
            // That the text could not be written says nothing about the database.
            Ok(write(conn, &zone, &file, &mut out)?.and_then(|runs| out.flush().map(|()| runs)))
        })
        .await?
        .map_err(|error| StoreError::new(StoreErrorKind::Io, error.to_string()))?;
    facts.insert("runs".into(), runs.into());
    if let Err(error) = audit::note(services, actor, Entry::new("runs.export").after(facts.into())).await {
        tracing::warn!(%error, "the export of runs could not be recorded in the audit log");
    }
    Ok(runs)
}

/// The outer result is the database's, the inner one the file's.
fn write(
    conn: &mut Connection,
    zone: &Zone,
    file: &RunsFile,
    out: &mut dyn Write,
) -> Result<std::io::Result<u64>, StoreError> {
    let choice = Choice::of(conn, &file.query.group, &file.query.tag)?;
    let filter = RunFilter { group: choice.group, tag: choice.tag, ..file.filter.clone() };
    let mut list = match ListFile::begin::<Line<'_>>(out, file.format) {
        Ok(list) => list,
        Err(error) => return Ok(Err(error)),
    };
    let mut written = Ok(());
    run_search::each(conn, &filter, file.order, i64::MAX, 0, |found| {
        written = list.add(&Line::of(&row(zone, found)));
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(written.and_then(|()| list.end()))
}

/// One run in a file: what the list shows of it.
#[derive(Debug, Serialize)]
struct Line<'r> {
    id: i64,
    server_id: i64,
    server: &'r str,
    job_id: i64,
    job: &'r str,
    started: String,
    started_local: String,
    start_assumed: bool,
    status: &'static str,
    outcome: &'static str,
    duration: Option<i64>,
    files: Option<i64>,
    source_size: Option<i64>,
    storage_size: Option<i64>,
    uploaded_size: Option<i64>,
    versions: Option<i64>,
    warnings: Option<i64>,
    errors: Option<i64>,
    headline: Option<&'r str>,
}

impl<'r> Line<'r> {
    fn of(row: &'r RunsRow) -> Self {
        let RunsRow { server_id, server_name, run, headline } = row;
        Self {
            id: run.id.0,
            server_id: server_id.0,
            server: server_name,
            job_id: run.job_id.0,
            job: &run.job_name,
            started: run.started.at.to_string(),
            started_local: run.started.zoned(),
            start_assumed: run.start_assumed,
            status: run.status.as_str(),
            outcome: run.outcome.as_str(),
            duration: run.duration,
            files: run.files,
            source_size: run.source_size,
            storage_size: run.storage_size,
            uploaded_size: run.uploaded_size,
            versions: run.versions,
            warnings: run.warnings,
            errors: run.errors,
            headline: headline.as_deref(),
        }
    }
}

impl list_file::Line for Line<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "server_id",
        "server",
        "job_id",
        "job",
        "started",
        "started_local",
        "start_assumed",
        "status",
        "outcome",
        "duration",
        "files",
        "source_size",
        "storage_size",
        "uploaded_size",
        "versions",
        "warnings",
        "errors",
        "headline",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.server_id.to_string(),
            escape_formula(self.server),
            self.job_id.to_string(),
            escape_formula(self.job),
            self.started.clone(),
            self.started_local.clone(),
            self.start_assumed.to_string(),
            self.status.to_owned(),
            self.outcome.to_owned(),
            number(self.duration),
            number(self.files),
            number(self.source_size),
            number(self.storage_size),
            number(self.uploaded_size),
            number(self.versions),
            number(self.warnings),
            number(self.errors),
            escape_formula(self.headline.unwrap_or_default()),
        ]
    }
}
