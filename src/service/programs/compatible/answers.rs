//! The answers of the Node application, with its fields, types and units.

use serde::Serialize;
use serde_json::{Number, Value, json};

use crate::{
    db::tables::{runs::RunRecord, servers::ServerRecord},
    ids::RunId,
    report::{Level, Log, LogLine},
    status::Status,
    time::Timestamp,
};

/// Maximum characters of a name that is repeated in an answer.
const NAME: usize = 200;

/// The totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "docs/reference/node-api.md explains the fields")]
pub struct Summary {
    pub total_servers: i64,
    pub total_backups_runs: i64,
    pub total_backups: i64,
    pub total_uploaded_size: i64,
    pub total_storage_used: i64,
    pub total_backup_size: i64,
    pub overdue_backups_count: i64,
    pub seconds_since_last_backup: Option<i64>,
}

/// A server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Server {
    id: String,
    name: String,
    created_at: String,
}

/// The latest run of a server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LastBackup {
    server: Server,
    latest_backup: Option<Backup>,
    status: u16,
}

/// The latest run of each job of a server.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LastBackups {
    server: Server,
    latest_backups: Vec<Backup>,
    backup_jobs_count: usize,
    backup_names: Vec<String>,
    status: u16,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Backup {
    id: String,
    server_id: String,
    name: String,
    date: String,
    status: &'static str,
    warnings: i64,
    errors: i64,
    messages: i64,
    #[serde(rename = "fileCount")]
    file_count: i64,
    #[serde(rename = "fileSize")]
    file_size: i64,
    #[serde(rename = "uploadedSize")]
    uploaded_size: i64,
    duration: String,
    duration_seconds: i64,
    #[serde(rename = "durationInMinutes")]
    duration_in_minutes: Number,
    #[serde(rename = "knownFileSize")]
    known_file_size: i64,
    backup_list_count: i64,
    messages_array: Option<String>,
    warnings_array: Option<String>,
    errors_array: Option<String>,
    available_backups: Vec<String>,
}

impl From<LastBackups> for LastBackup {
    fn from(all: LastBackups) -> Self {
        let LastBackups { server, latest_backups, status, .. } = all;
        Self { server, latest_backup: latest_backups.into_iter().next(), status }
    }
}

impl LastBackups {
    pub(super) fn of(id: String, server: &ServerRecord) -> Self {
        let created_at = server.created_at.trim_end_matches('Z').replacen('T', " ", 1);
        Self {
            server: Server { id, name: server.name.clone(), created_at },
            latest_backups: Vec::new(),
            backup_jobs_count: 0,
            backup_names: Vec::new(),
            status: 200,
        }
    }

    pub(super) fn add(&mut self, job: &str, id: RunId, run: &RunRecord) {
        self.backup_jobs_count += 1;
        self.backup_names.push(job.to_owned());
        self.latest_backups.push(Backup::of(&self.server.id, job, id, run));
    }
}

impl Backup {
    fn of(server: &str, job: &str, id: RunId, run: &RunRecord) -> Self {
        // There, unknown numbers were 0.
        let number = |value: Option<i64>| value.unwrap_or(0).max(0);
        let seconds = number(run.duration);
        let warnings = number(run.warnings_count);
        let status = match run.status() {
            Status::Success if warnings > 0 => Status::Warning,
            status => status,
        };
        let log = run.messages.as_deref().and_then(|text| Log::from_json(text).ok());
        let lines = |of: &dyn Fn(&LogLine) -> bool| {
            let lines = log.as_ref()?.lines.iter().filter(|line| of(line));
            Some(lines.map(ToString::to_string).collect::<Vec<String>>())
        };
        let failed = run.exception.clone().into_iter().collect::<Vec<String>>();
        let errors = lines(&|line| line.level == Level::Error).filter(|lines| !lines.is_empty());
        Self {
            id: id.to_string(),
            server_id: server.to_owned(),
            name: job.to_owned(),
            date: milliseconds(&run.start_time),
            status: word(status),
            warnings,
            errors: number(run.errors_count),
            messages: number(run.messages_count),
            file_count: number(run.files_count),
            file_size: number(run.files_size),
            uploaded_size: number(run.uploaded_size),
            duration: format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
            duration_seconds: seconds,
            duration_in_minutes: minutes(seconds),
            known_file_size: number(run.storage_size),
            backup_list_count: number(run.versions),
            messages_array: lines(&|_| true).and_then(text),
            warnings_array: lines(&|line| line.level == Level::Warning).and_then(text),
            errors_array: errors.or_else(|| (!failed.is_empty()).then_some(failed)).and_then(text),
            available_backups: available(run.available_versions.as_deref()),
        }
    }
}

/// Whole minutes are an integer, as JavaScript writes them.
#[expect(clippy::cast_precision_loss, reason = "a run takes less than 2^53 seconds")]
fn minutes(seconds: i64) -> Number {
    let exact = Number::from_f64(seconds as f64 / 60.0).filter(|_| seconds % 60 != 0);
    exact.unwrap_or_else(|| Number::from(seconds / 60))
}

/// An array as text, as the fields of the Node application contain it.
fn text(lines: Vec<String>) -> Option<String> {
    serde_json::to_string(&lines).ok()
}

/// A stored time with milliseconds, as JavaScript writes it.
fn milliseconds(time: &str) -> String {
    time.strip_suffix('Z').map_or_else(|| time.to_owned(), |time| format!("{time}.000Z"))
}

/// The versions that the log named, newest first.
fn available(stored: Option<&str>) -> Vec<String> {
    let seconds = stored.unwrap_or_default().split_ascii_whitespace();
    let mut seconds: Vec<i64> = seconds.filter_map(|seconds| seconds.parse().ok()).collect();
    seconds.sort_unstable_by(|a, b| b.cmp(a));
    seconds.into_iter().map(|at| milliseconds(&Timestamp::from_unix(at).to_string())).collect()
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Success => "Success",
        Status::Warning => "Warning",
        Status::Error => "Error",
        Status::Fatal => "Fatal",
        Status::Unknown => "Unknown",
    }
}

/// Why no server is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotOne {
    /// There is none.
    None {
        /// What was asked for.
        wanted: String,
    },
    /// Several servers report under the same name.
    Several {
        /// The name.
        name: String,
        /// Their ids.
        ids: Vec<String>,
    },
}

impl NotOne {
    /// Returns the HTTP status and the body of the answer.
    #[must_use]
    pub fn answer(&self) -> (u16, Value) {
        match self {
            Self::None { wanted } => {
                let wanted: String = wanted.chars().take(NAME).collect();
                let message = format!("No server found with identifier: {wanted}");
                (404, json!({ "error": "Server not found", "message": message, "status": 404 }))
            }
            Self::Several { name, ids } => {
                let message = format!(
                    "Multiple servers found with name \"{name}\". Please use the server ID instead of the name. Available IDs: {}",
                    ids.join(", ")
                );
                let servers: Vec<Value> = ids.iter().map(|id| json!({ "id": id, "name": name })).collect();
                let error = "Multiple servers found with the same name";
                (
                    400,
                    json!({ "error": error, "message": message, "status": 400, "duplicate_servers": servers }),
                )
            }
        }
    }
}
