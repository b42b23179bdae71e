//! The runs that pass the filter of the list, on all of its pages, as a file: written as they are read, in little memory.

use std::{
    io::{BufWriter, Write},
    ops::ControlFlow,
};

use serde::Serialize;

use super::{row, wanted};
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
    let mut list: Box<dyn List> = match file.format {
        ExportFormat::Json => Box::new(JsonList { out, count: 0 }),
        ExportFormat::Csv => {
            // Texts are quoted, because some spreadsheets expect a separator other than the comma.
            let quoted = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(out);
            Box::new(CsvList { out: quoted, count: 0 })
        }
    };
    let mut written = list.begin();
    if written.is_ok() {
        run_search::each(conn, &file.filter, file.order, i64::MAX, 0, |found| {
            written = list.add(&Line::of(&row(zone, found)));
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
    }
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

/// The heading of a CSV file; the names are those of the JSON fields.
const COLUMNS: [&str; 19] = [
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

    fn cells(&self) -> [String; COLUMNS.len()] {
        let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        [
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

/// A file of lines.
trait List {
    fn begin(&mut self) -> std::io::Result<()>;
    fn add(&mut self, line: &Line<'_>) -> std::io::Result<()>;
    /// Ends it; how many lines it has.
    fn end(&mut self) -> std::io::Result<u64>;
}

struct JsonList<'o> {
    out: &'o mut dyn Write,
    count: u64,
}

impl List for JsonList<'_> {
    fn begin(&mut self) -> std::io::Result<()> {
        self.out.write_all(b"[")
    }

    fn add(&mut self, line: &Line<'_>) -> std::io::Result<()> {
        self.out.write_all(if self.count == 0 { b"\n" } else { b",\n" })?;
        self.count += 1;
        Ok(serde_json::to_writer(&mut *self.out, line)?)
    }

    fn end(&mut self) -> std::io::Result<u64> {
        self.out.write_all(b"\n]\n")?;
        Ok(self.count)
    }
}

struct CsvList<'o> {
    out: csv::Writer<&'o mut dyn Write>,
    count: u64,
}

impl List for CsvList<'_> {
    fn begin(&mut self) -> std::io::Result<()> {
        Ok(self.out.write_record(COLUMNS)?)
    }

    fn add(&mut self, line: &Line<'_>) -> std::io::Result<()> {
        self.count += 1;
        Ok(self.out.write_record(line.cells())?)
    }

    fn end(&mut self) -> std::io::Result<u64> {
        self.out.flush()?;
        Ok(self.count)
    }
}
