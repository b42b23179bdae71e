//! The audit log as a file.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    db::care::export::escape_formula,
    dto::audit::{AuditQuery, AuditRow},
    error::Error,
    service::{Actor, Services},
};

/// The format of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For spreadsheets.
    Csv,
    /// For programs.
    Json,
}

impl Format {
    /// Returns the format with this name.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// A file to download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportFile {
    /// Such as `duplistatus-audit-2026-11-25.csv`.
    pub name: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Its content.
    pub body: Vec<u8>,
}

/// One entry in the file.
#[derive(Debug, Serialize)]
struct Line<'r, Changes> {
    at: String,
    actor_kind: &'r str,
    actor: &'r str,
    address: Option<&'r str>,
    action: &'r str,
    target_kind: Option<&'r str>,
    target_id: Option<i64>,
    target: Option<&'r str>,
    success: bool,
    before: Changes,
    after: Changes,
}

impl<'r, Changes> Line<'r, Changes> {
    fn of(row: &'r AuditRow, changes: impl Fn(&[(String, String)]) -> Changes) -> Self {
        let AuditRow {
            id: _,
            at,
            actor_kind,
            actor,
            address,
            action,
            target_kind,
            target_id,
            target,
            success,
            before,
            after,
        } = row;
        Self {
            at: at.at.to_string(),
            actor_kind,
            actor,
            address: address.as_deref(),
            action,
            target_kind: target_kind.as_deref(),
            target_id: *target_id,
            target: target.as_deref(),
            success: *success,
            before: changes(before),
            after: changes(after),
        }
    }
}

/// Returns all entries that match a filter as a file, newest first. The export is recorded.
///
/// # Errors
/// [`Error::Forbidden`] for all but administrators.
pub async fn file(
    services: &Services,
    actor: &Actor,
    query: AuditQuery,
    format: Format,
) -> Result<ExportFile, Error> {
    let rows = super::export(services, actor, query).await?;
    let day = actor.zone(services).day(services.clock.now());
    let (ending, content_type, body) = match format {
        Format::Csv => ("csv", "text/csv; charset=utf-8", csv(&rows).map_err(Error::internal)?),
        Format::Json => ("json", "application/json", json(&rows).map_err(Error::internal)?),
    };
    Ok(ExportFile { name: format!("duplistatus-audit-{day}.{ending}"), content_type, body })
}

fn json(rows: &[AuditRow]) -> serde_json::Result<Vec<u8>> {
    let lines: Vec<_> = rows.iter().map(|row| Line::of(row, object)).collect();
    serde_json::to_vec_pretty(&lines)
}

fn csv(rows: &[AuditRow]) -> csv::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in rows {
        let text = |changes: &[(String, String)]| {
            if changes.is_empty() { String::new() } else { object(changes).to_string() }
        };
        let line = Line::of(row, text);
        let optional = |cell: Option<&str>| escape_formula(cell.unwrap_or_default());
        writer.write_record([
            line.at,
            escape_formula(line.actor_kind),
            escape_formula(line.actor),
            optional(line.address),
            escape_formula(line.action),
            optional(line.target_kind),
            line.target_id.map(|id| id.to_string()).unwrap_or_default(),
            optional(line.target),
            line.success.to_string(),
            escape_formula(&line.before),
            escape_formula(&line.after),
        ])?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

/// The heading of a CSV file; the names are those of the JSON fields.
const COLUMNS: [&str; 11] = [
    "at",
    "actor_kind",
    "actor",
    "address",
    "action",
    "target_kind",
    "target_id",
    "target",
    "success",
    "before",
    "after",
];

fn object(changes: &[(String, String)]) -> Value {
    let members = changes.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
    Value::Object(members.collect::<Map<_, _>>())
}

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
