//! Imports the audit log of the Node application, entry by entry. Its actions get the prefix `node.`, to distinguish them
//! from our own.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash as _, Hasher as _},
};

use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::{
    ImportError,
    fields::{bounded_name, bounded_text, instant},
    write::Import,
};
use crate::{
    db::{
        StoreError, Tx,
        node::{AuditRow, Cell, Source, SourceError},
        tables::audit::{self, AuditRecord},
    },
    dto::import::{ImportPhase, ImportReport, Tally},
    error::Error,
    report::mask_secrets,
    time::Timestamp,
};

/// Number of entries in one transaction.
const BATCH: usize = 200;
/// Maximum bytes of a text in an entry.
const TEXT: usize = 16 * 1024;
/// Members whose names contain one of these words are masked.
const SECRET: [&str; 5] = ["password", "token", "secret", "passphrase", "apikey"];

/// An entry, and the number of equal entries in the file up to and including this one.
type Numbered = (AuditRecord, i64);

/// Imports the entries. Returns the source, which stays open in one transaction for the whole import.
pub(super) async fn import(
    import: &Import,
    source: Source,
    report: &mut ImportReport,
) -> Result<Source, ImportError> {
    let total = source.count("audit_log")?;
    let (batches, mut waiting) = mpsc::channel(2);
    let mut findings = report.clone();
    let now = import.services.clock.now();
    let reader = tokio::task::spawn_blocking(move || {
        read(&source, now, &batches, &mut findings).map(|()| (source, findings))
    });
    let mut tally = Tally::default();
    while let Some(batch) = waiting.recv().await {
        let piece = import.services.db.write_unseen(move |tx| store(tx, &batch)).await?;
        tally.found += piece.found;
        tally.added += piece.added;
        tally.known += piece.known;
        import.tell(ImportPhase::Audit, tally.found, Some(total));
    }
    let (source, findings) = reader.await.map_err(Error::internal)??;
    *report = findings;
    report.audit = tally;
    Ok(source)
}

fn read(
    source: &Source,
    now: Timestamp,
    batches: &mpsc::Sender<Vec<Numbered>>,
    findings: &mut ImportReport,
) -> Result<(), SourceError> {
    let mut batch = Vec::new();
    let mut alike: HashMap<u64, i64> = HashMap::new();
    let mut last = Timestamp::from_unix(0);
    source.audit(|row| {
        // An entry without a readable time gets that of the entry before, which is the same in each import.
        match instant(&row.timestamp) {
            Some(at) => last = Timestamp::from_unix(at).min(now),
            None => findings.note("audit log entries with an unreadable time: dated like the entry before"),
        }
        let entry = record(&row, last, findings);
        let number = alike.entry(hash(&entry)).or_default();
        *number += 1;
        batch.push((entry, *number));
        if batch.len() == BATCH {
            // If the receiver is gone, the remaining entries are read and dropped.
            let _ = batches.blocking_send(std::mem::take(&mut batch));
        }
        Ok::<_, SourceError>(())
    })?;
    let _ = batches.blocking_send(batch);
    Ok(())
}

fn hash(entry: &AuditRecord) -> u64 {
    let mut hasher = DefaultHasher::new();
    let AuditRecord { at, actor_name, action, target_name, after, .. } = entry;
    (at, actor_name, action, target_name, after).hash(&mut hasher);
    hasher.finish()
}

fn record(row: &AuditRow, at: Timestamp, findings: &mut ImportReport) -> AuditRecord {
    let actor = bounded_name(&row.username, findings);
    let is_person = actor.as_deref().is_some_and(|name| name != "system");
    let action = row.action.to_text().unwrap_or_default();
    let action: String = action
        .chars()
        .take(60)
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '_' })
        .collect();
    AuditRecord {
        at: at.to_string(),
        actor_kind: if is_person { "user" } else { "system" }.into(),
        actor_id: None,
        actor_name: actor.unwrap_or_else(|| "system".into()),
        address: bounded_name(&row.ip_address, findings),
        action: format!("node.{}", if action.is_empty() { "unknown" } else { &action }),
        target_kind: bounded_name(&row.target_type, findings),
        target_id: None,
        target_name: bounded_name(&row.target_id, findings),
        success: row.status.text().is_some_and(|status| status.trim().eq_ignore_ascii_case("success")),
        before: None,
        after: Some(Value::Object(details(row, findings)).to_string()),
    }
}

/// Returns everything for which our entries have no columns.
fn details(row: &AuditRow, findings: &mut ImportReport) -> Map<String, Value> {
    let parsed = row.details.text().filter(|text| text.len() <= TEXT).map(serde_json::from_str);
    let mut all = match parsed {
        Some(Ok(Value::Object(mut fields))) => {
            fields.iter_mut().for_each(|(name, value)| mask(name, value));
            fields
        }
        _ => Map::new(),
    };
    let mut add = |name: &str, cell: &Cell, findings: &mut ImportReport| {
        if let Some(text) = bounded_text(cell, TEXT, findings) {
            all.entry(name).or_insert(text.into());
        }
    };
    if all_is_missing(&row.details) {
        findings
            .note("details of audit log entries that are not JSON objects of at most 16 KiB: kept as text");
        add("details", &row.details, findings);
    }
    add("category", &row.category, findings);
    add("user_agent", &row.user_agent, findings);
    add("error", &row.error_message, findings);
    all
}

/// Returns whether there are details that are not a JSON object.
fn all_is_missing(details: &Cell) -> bool {
    details.to_text().is_some_and(|text| {
        text.len() > TEXT || !matches!(serde_json::from_str(&text), Ok(Value::Object(_) | Value::Null))
    })
}

/// Masks what looks like a secret. The Node application wrote its default password into its first entry.
fn mask(name: &str, value: &mut Value) {
    let name = name.to_lowercase().replace(['_', '-'], "");
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| mask(name, value)),
        Value::Array(values) => values.iter_mut().for_each(|value| mask(&name, value)),
        Value::String(text) if SECRET.iter().any(|word| name.contains(word)) && !text.is_empty() => {
            *text = "***".into();
        }
        Value::String(text) => *text = mask_secrets(text).into_owned(),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn store(tx: &mut Tx<'_>, batch: &[Numbered]) -> Result<Tally, StoreError> {
    let mut tally = Tally::default();
    for (entry, number) in batch {
        tally.found += 1;
        if audit::count_same(tx.conn, entry)? >= *number {
            tally.known += 1;
        } else {
            entry.save(tx.conn)?;
            tally.added += 1;
        }
    }
    Ok(tally)
}
