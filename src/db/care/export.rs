//! Exports runs as JSON or CSV, with the columns that the import reads (`docs/IMPORT.md`). Only one row is in memory at a
//! time.

use std::io::Write;

use diesel::Connection as _;
use serde_json::{Map, Value as Json};

use super::dump::{DumpError, each};
use crate::{
    db::{
        Connection,
        engine::dynamic::{Row, Value, rows},
    },
    dto::export::ExportFormat,
    ids::JobId,
    report::{Log, Status, written_log},
    time::Timestamp,
};

/// The version of the format, stored in the first column. The import accepts rows with this version unchanged.
pub const FORM: i64 = 1;

/// The columns of the export and their SQL.
pub const COLUMNS: [(&str, &str); 56] = [
    ("export", "1"),
    ("server", "servers.name"),
    (
        "machine_id",
        "(SELECT machine_id FROM machine_ids WHERE machine_ids.server_id = servers.id ORDER BY last_seen DESC, id DESC LIMIT 1)",
    ),
    ("job", "jobs.name"),
    ("backup_id", "jobs.backup_id"),
    ("start", "backups.start_time"),
    ("start_assumed", "backups.start_assumed"),
    ("claimed_start", "backups.claimed_start"),
    ("begin_text", "backups.begin_text"),
    ("end", "backups.end_time"),
    ("duration", "backups.duration"),
    ("status", "backups.status"),
    ("outcome", "backups.outcome"),
    ("received", "backups.created_at"),
    ("files_count", "backups.files_count"),
    ("files_size", "backups.files_size"),
    ("storage_size", "backups.storage_size"),
    ("storage_files", "backups.storage_files"),
    ("unknown_files", "backups.unknown_files"),
    ("uploaded_size", "backups.uploaded_size"),
    ("downloaded_size", "backups.downloaded_size"),
    ("versions", "backups.versions"),
    ("available_versions", "backups.available_versions"),
    ("warnings_count", "backups.warnings_count"),
    ("errors_count", "backups.errors_count"),
    ("reporting_warnings", "backups.reporting_warnings"),
    ("messages_count", "backups.messages_count"),
    ("added_files", "backups.added_files"),
    ("added_size", "backups.added_size"),
    ("modified_files", "backups.modified_files"),
    ("modified_size", "backups.modified_size"),
    ("opened_files", "backups.opened_files"),
    ("opened_size", "backups.opened_size"),
    ("deleted_files", "backups.deleted_files"),
    ("added_folders", "backups.added_folders"),
    ("modified_folders", "backups.modified_folders"),
    ("deleted_folders", "backups.deleted_folders"),
    ("not_processed_files", "backups.not_processed_files"),
    ("too_large_files", "backups.too_large_files"),
    ("files_with_error", "backups.files_with_error"),
    ("files_uploaded", "backups.files_uploaded"),
    ("files_downloaded", "backups.files_downloaded"),
    ("files_deleted", "backups.files_deleted"),
    ("retry_attempts", "backups.retry_attempts"),
    ("quota_total", "backups.quota_total"),
    ("quota_free", "backups.quota_free"),
    ("quota_assigned", "backups.quota_assigned"),
    ("interrupted", "backups.interrupted"),
    ("partial", "backups.partial"),
    ("dry_run", "backups.dry_run"),
    ("duplicati_version", "backups.duplicati_version"),
    ("destination_type", "backups.destination_type"),
    ("headline", "backups.headline"),
    ("exception", "backups.exception"),
    ("messages_left_out", "NULL"),
    ("messages", "backups.messages"),
];

/// Boolean columns.
const FLAGS: [&str; 4] = ["start_assumed", "interrupted", "partial", "dry_run"];
/// Columns of the log.
const LOG: [&str; 2] = ["messages_left_out", "messages"];

/// Selects the runs to export, and their format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// Runs that began at this time or later.
    pub from: Option<Timestamp>,
    /// Runs that began before this time.
    pub until: Option<Timestamp>,
    /// Only runs of these jobs; `None` for all.
    pub jobs: Option<Vec<JobId>>,
    /// Only runs with one of these statuses; empty for all.
    pub statuses: Vec<Status>,
    /// Whether to include the logs.
    pub log: bool,
    /// The format.
    pub format: ExportFormat,
}

/// Writes runs server by server, oldest first. Unknown values are left out. Returns the number of runs.
///
/// # Errors
/// [`DumpError`].
pub fn runs(conn: &mut Connection, selection: &Selection, out: &mut dyn Write) -> Result<u64, DumpError> {
    let columns: Vec<(&str, &str)> =
        COLUMNS.into_iter().filter(|(name, _)| selection.log || !LOG.contains(name)).collect();
    match selection.format {
        ExportFormat::Json => json(conn, selection, &columns, out),
        ExportFormat::Csv => csv(conn, selection, &columns, out),
    }
}

impl Selection {
    /// Passes on the rows of one snapshot, server by server. The order of each server's runs is that of an index, so
    /// nothing is sorted or buffered.
    fn each(
        &self,
        conn: &mut Connection,
        columns: &[(&str, &str)],
        mut take: impl FnMut(Row) -> Result<(), DumpError>,
    ) -> Result<(), DumpError> {
        conn.transaction(|conn| {
            for server in self.servers(conn)? {
                each(conn, &self.sql(columns, server), &mut take)?;
            }
            Ok(())
        })
    }

    /// Returns the servers that have selected jobs.
    fn servers(&self, conn: &mut Connection) -> Result<Vec<i64>, DumpError> {
        let sql =
            format!("SELECT DISTINCT server_id FROM jobs WHERE {} ORDER BY server_id", self.of_jobs("id"));
        Ok(rows(conn, &sql)?.into_iter().filter_map(|Row(values)| values.first()?.integer()).collect())
    }

    fn of_jobs(&self, column: &str) -> String {
        match &self.jobs {
            Some(jobs) => {
                let ids: Vec<String> = jobs.iter().map(|job| job.0.to_string()).collect();
                format!("{column} IN ({})", ids.join(", "))
            }
            None => "TRUE".to_owned(),
        }
    }

    /// Returns the query for one server. Its only inputs are numbers, times and statuses written by this program.
    fn sql(&self, columns: &[(&str, &str)], server: i64) -> String {
        let columns: Vec<&str> = columns.iter().map(|(_, source)| *source).collect();
        let mut wanted = vec![format!("backups.server_id = {server}"), self.of_jobs("backups.job_id")];
        wanted.extend(self.from.map(|from| format!("backups.start_time >= '{from}'")));
        wanted.extend(self.until.map(|until| format!("backups.start_time < '{until}'")));
        if !self.statuses.is_empty() {
            let words: Vec<String> = self.statuses.iter().map(|status| format!("'{status}'")).collect();
            wanted.push(format!("backups.status IN ({})", words.join(", ")));
        }
        format!(
            "SELECT {} FROM backups CROSS JOIN jobs ON jobs.id = backups.job_id
             CROSS JOIN servers ON servers.id = backups.server_id
             WHERE {} ORDER BY backups.start_time, backups.job_id",
            columns.join(", "),
            wanted.join(" AND ")
        )
    }
}

fn json(
    conn: &mut Connection,
    selection: &Selection,
    columns: &[(&'static str, &str)],
    out: &mut dyn Write,
) -> Result<u64, DumpError> {
    let mut count = 0_u64;
    out.write_all(b"[")?;
    selection.each(conn, columns, |row| {
        out.write_all(if count == 0 { b"\n" } else { b",\n" })?;
        count += 1;
        let cells = cells(columns, row).into_iter();
        let members: Map<String, Json> =
            cells.filter_map(|(name, cell)| Some((name.to_owned(), cell?))).collect();
        serde_json::to_writer(&mut *out, &members).map_err(|error| DumpError::Write(error.into()))
    })?;
    out.write_all(b"\n]\n")?;
    Ok(count)
}

fn csv(
    conn: &mut Connection,
    selection: &Selection,
    columns: &[(&'static str, &str)],
    out: &mut dyn Write,
) -> Result<u64, DumpError> {
    // Texts are quoted, because some spreadsheets expect a separator other than the comma.
    let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(out);
    let failed = |error: csv::Error| DumpError::Write(error.into());
    writer.write_record(columns.iter().map(|(name, _)| *name)).map_err(failed)?;
    let mut count = 0_u64;
    selection.each(conn, columns, |row| {
        count += 1;
        let cells = cells(columns, row).into_iter().map(|(_, cell)| match cell {
            None => String::new(),
            Some(Json::String(text)) => escape_formula(&text),
            // Lists of times are separated by spaces; a log is written as a JSON array.
            Some(Json::Array(times)) if times.iter().all(|time| time.as_str().is_some_and(is_time)) => {
                times.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" ")
            }
            Some(other) => other.to_string(),
        });
        writer.write_record(cells).map_err(failed)
    })?;
    writer.flush()?;
    Ok(count)
}

fn is_time(text: &str) -> bool {
    text.parse::<Timestamp>().is_ok()
}

/// Prefixes a cell that a spreadsheet would run as a formula: names come from outside, and `=HYPERLINK(…)` is one.
/// [`fused`] reverses it.
pub fn escape_formula(cell: &str) -> String {
    let first = cell.trim_start_matches([' ', '\u{a0}']).chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '|' | '%' | '\'' | '＝' | '＋' | '－' | '＠') =>
        {
            format!("'{cell}")
        }
        _ => cell.to_owned(),
    }
}

/// Reverses [`escape_formula`].
pub fn fused(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if escape_formula(rest) == cell => rest,
        _ => cell,
    }
}

/// Returns the values of a row by column; `None` for unknown ones.
fn cells(columns: &[(&'static str, &str)], Row(values): Row) -> Vec<(&'static str, Option<Json>)> {
    let mut left_out = None;
    let mut cells = Vec::with_capacity(values.len());
    for ((name, _), value) in columns.iter().copied().zip(values) {
        let cell = if name == "messages" {
            let (log, missing) = log(value);
            left_out = missing;
            log
        } else {
            cell(name, value)
        };
        cells.push((name, cell));
    }
    // This column is before the log that contains the number.
    for (_, cell) in cells.iter_mut().filter(|(name, _)| *name == "messages_left_out") {
        *cell = left_out.take();
    }
    cells
}

fn cell(column: &str, value: Value) -> Option<Json> {
    Some(match value {
        Value::Null | Value::Blob(_) => return None,
        Value::Integer(number) if FLAGS.contains(&column) => Json::Bool(number != 0),
        Value::Integer(number) => number.into(),
        Value::Real(number) => number.into(),
        Value::Text(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            match column {
                "status" => Status::from_sender(&text).as_str().into(),
                "available_versions" => text
                    .split_ascii_whitespace()
                    .filter_map(|seconds| seconds.parse().ok())
                    .map(|seconds| Json::from(Timestamp::from_unix(seconds).to_string()))
                    .collect(),
                _ => text.into(),
            }
        }
    })
}

/// Returns the lines of a stored log, and how many were dropped when it was stored. An unreadable log is returned as text.
fn log(value: Value) -> (Option<Json>, Option<Json>) {
    let Value::Text(bytes) = value else { return (None, None) };
    let text = String::from_utf8_lossy(&bytes);
    match Log::from_json(&text) {
        Ok(log) => {
            let lines = written_log(&log);
            let left_out = (log.dropped_by_us > 0).then(|| log.dropped_by_us.into());
            ((!lines.is_empty()).then(|| lines.into()), left_out)
        }
        Err(_) => (Some(text.into()), None),
    }
}

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
