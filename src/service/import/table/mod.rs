//! Imports runs from a file of rows: CSV with a heading, or JSON objects, in an array or in sequence. `docs/IMPORT.md`
//! lists the columns. Invalid rows are reported and skipped.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use super::{
    ImportError,
    write::{BATCH_BYTES, BATCH_RUNS, Batches, Import, Incoming, channel},
};
use crate::{
    db::node::SourceError,
    dto::import::{ImportFormat, ImportReport, Tally},
    error::Error,
    time::Timestamp,
};

mod columns;
#[cfg(test)]
pub(in crate::service) use columns::COLUMNS;
mod csv;
mod json;

/// Returns whether the first character of a file starts a JSON array or object.
pub(super) fn looks_like_json(path: &Path) -> Result<bool, SourceError> {
    let failed = |source| SourceError::Unreadable { path: path.to_owned(), source };
    let mut start = BufReader::new(File::open(path).map_err(failed)?);
    let bytes = start.fill_buf().map_err(failed)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok(matches!(first, Some(b'[' | b'{')))
}

/// Imports such a file.
pub(super) async fn import(
    import: Import,
    path: PathBuf,
    mut report: ImportReport,
) -> Result<ImportReport, ImportError> {
    let (batches, waiting) = channel();
    let (now, format) = (import.services.clock.now(), report.format);
    let findings = report.clone();
    let reader = tokio::task::spawn_blocking(move || {
        let failed = |source| SourceError::Unreadable { path: path.clone(), source };
        let file = BufReader::new(File::open(&path).map_err(failed)?);
        let mut rows = Rows { batches, batch: Vec::new(), bytes: 0, found: 0, wrong: 0, now, findings };
        let read = match format {
            ImportFormat::Json => json::read(file, &mut rows),
            ImportFormat::Csv | ImportFormat::Node => csv::read(file, &mut rows),
        };
        rows.send();
        let Rows { found, wrong, findings, .. } = rows;
        read.map(|()| (found, wrong, findings))
    });
    let stored = import.store(waiting, None).await;
    let (found, wrong, findings) = reader.await.map_err(Error::internal)??;
    let stored = stored?;
    report = findings;
    report.servers = stored.servers;
    report.runs = Tally { found, left_out: wrong, ..stored.runs };
    Ok(report)
}

/// Converts rows and passes runs on in batches.
struct Rows {
    batches: Batches,
    batch: Vec<Incoming>,
    bytes: usize,
    found: i64,
    wrong: i64,
    now: Timestamp,
    findings: ImportReport,
}

impl Rows {
    /// Takes one row, by column; returns false if the receiver is gone.
    fn take(&mut self, place: &str, fields: Result<columns::Fields, String>) -> bool {
        self.found += 1;
        match fields.and_then(|fields| columns::run(&fields, self.now)) {
            Ok(incoming) => {
                self.bytes += incoming.record.messages.as_ref().map_or(0, String::len);
                self.batch.push(incoming);
                if self.batch.len() >= BATCH_RUNS || self.bytes >= BATCH_BYTES { self.send() } else { true }
            }
            Err(what) => {
                self.wrong += 1;
                self.findings.problem(place, what);
                true
            }
        }
    }

    /// Sends the collected runs, grouped by job.
    fn send(&mut self) -> bool {
        self.bytes = 0;
        let mut batch = std::mem::take(&mut self.batch);
        batch.sort_by(|a, b| {
            let key = |of: &Incoming| {
                (
                    of.identity.machine_name.clone(),
                    of.identity.machine_id.clone(),
                    of.job.clone(),
                    of.start.at,
                )
            };
            key(a).cmp(&key(b))
        });
        self.batches.blocking_send(batch).is_ok()
    }
}
