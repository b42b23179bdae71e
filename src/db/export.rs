//! All runs as JSON, in the columns in which runs are imported (`docs/IMPORT.md`).

use std::io::Write;

use diesel::Connection as _;
use serde_json::Value as Json;

use super::{
    Connection,
    dump::{DumpError, each},
    dynamic::{Row, Value},
};
use crate::report::LogLine;

/// Columns of the export, and where they come from.
pub const COLUMNS: [(&str, &str); 44] = [
    ("server", "servers.name"),
    (
        "machine_id",
        "(SELECT machine_id FROM machine_ids WHERE machine_ids.server_id = servers.id ORDER BY last_seen DESC, id DESC LIMIT 1)",
    ),
    ("job", "jobs.name"),
    ("backup_id", "jobs.backup_id"),
    ("start", "backups.start_time"),
    ("end", "backups.end_time"),
    ("duration", "backups.duration"),
    ("status", "backups.status"),
    ("received", "backups.created_at"),
    ("files_count", "backups.files_count"),
    ("files_size", "backups.files_size"),
    ("storage_size", "backups.storage_size"),
    ("uploaded_size", "backups.uploaded_size"),
    ("downloaded_size", "backups.downloaded_size"),
    ("versions", "backups.versions"),
    ("warnings_count", "backups.warnings_count"),
    ("errors_count", "backups.errors_count"),
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
    ("interrupted", "backups.interrupted"),
    ("partial", "backups.partial"),
    ("dry_run", "backups.dry_run"),
    ("duplicati_version", "backups.duplicati_version"),
    ("destination_type", "backups.destination_type"),
    ("exception", "backups.exception"),
    ("messages", "backups.messages"),
];

/// Columns that are true or false.
const FLAGS: [&str; 3] = ["interrupted", "partial", "dry_run"];

/// Writes an array of all runs, the oldest of each job first; what is not known is left out. How many runs.
///
/// # Errors
/// See [`DumpError`].
pub fn runs(conn: &mut Connection, out: &mut dyn Write) -> Result<u64, DumpError> {
    let columns: Vec<&str> = COLUMNS.iter().map(|(_, source)| *source).collect();
    let sql = format!(
        "SELECT {} FROM servers JOIN jobs ON jobs.server_id = servers.id JOIN backups ON backups.job_id = jobs.id
         ORDER BY servers.id, jobs.id, backups.start_time",
        columns.join(", ")
    );
    let mut count = 0_u64;
    out.write_all(b"[")?;
    conn.transaction(|conn| {
        each(conn, &sql, |Row(values)| {
            out.write_all(if count == 0 { b"\n" } else { b",\n" })?;
            count += 1;
            let members = COLUMNS
                .iter()
                .zip(values)
                .filter_map(|((name, _), value)| Some(((*name).to_owned(), json(name, value)?)));
            serde_json::to_writer(&mut *out, &members.collect::<serde_json::Map<_, _>>())
                .map_err(|error| DumpError::Write(error.into()))
        })
    })?;
    out.write_all(b"\n]\n")?;
    Ok(count)
}

fn json(column: &str, value: Value) -> Option<Json> {
    Some(match value {
        Value::Null | Value::Blob(_) => return None,
        Value::Integer(number) if FLAGS.contains(&column) => Json::Bool(number != 0),
        Value::Integer(number) => number.into(),
        Value::Real(number) => number.into(),
        Value::Text(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            match column {
                "messages" => match serde_json::from_str::<Vec<LogLine>>(&text) {
                    Ok(lines) => lines.iter().map(ToString::to_string).collect(),
                    Err(_) => text.into(),
                },
                _ => text.into(),
            }
        }
    })
}
