//! Files for administrators: the audit trail and the log, as the filters of their pages leave them.

use std::collections::BTreeMap;

use axum::{
    Extension,
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use duplistatus::{
    dto::{audit::AuditQuery, log::LogQuery},
    error::Error,
    service::{
        Actor,
        audit_export::{self, Format},
        log,
    },
};

use super::answer::service_problem;
use crate::state::AppState;

/// The words of a URL's query.
type Words = Query<BTreeMap<String, String>>;

/// `GET /api/v1/audit/export?format=csv|json`: the entries that pass the filters of the audit page.
pub async fn audit(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Query(words): Words,
) -> Response {
    let query = AuditQuery::from_words(|name| words.get(name).cloned());
    let format = words.get("format").and_then(|word| Format::from_word(word));
    let Some(format) = format else { return service_problem(&invalid("format", "use csv or json")) };
    if let Err(error) = refuse_unread(&words, &query.words(), &["result", "from", "to"]) {
        return service_problem(&error);
    }
    match audit_export::file(&state.services, &actor, query, format).await {
        Ok(file) => attachment(&file.name, file.content_type, file.body),
        Err(error) => service_problem(&error),
    }
}

/// `GET /api/v1/logs`: the lines that pass the filters of the log's page.
pub async fn log(
    State(state): State<AppState>,
    Extension(actor): Extension<Actor>,
    Query(words): Words,
) -> Response {
    let query = LogQuery::from_words(|name| words.get(name).cloned());
    let day = actor.zone(&state.services).day(state.services.clock.now());
    // The usual level has no word of its own.
    let is_usual = words.get("level").is_some_and(|word| word.as_str() == query.level.as_str());
    let known = if is_usual { Ok(()) } else { refuse_unread(&words, &query.words(), &["level"]) };
    if let Err(error) = known {
        return service_problem(&error);
    }
    match log::download(&state.services, &actor, &query).await {
        Ok(text) => attachment(&format!("duplistatus-{day}.log"), "text/plain; charset=utf-8", text.into()),
        Err(error) => service_problem(&error),
    }
}

/// A page shows more when it does not understand a filter; a program must not take that for what it asked for.
fn refuse_unread(
    words: &BTreeMap<String, String>,
    read: &[(&'static str, String)],
    names: &[&'static str],
) -> Result<(), Error> {
    for name in names {
        let is_said = words.get(*name).is_some_and(|word| !word.trim().is_empty());
        let is_read = read.iter().any(|(known, word)| known == name && !word.is_empty());
        if is_said && !is_read {
            return Err(invalid(name, "days are written 2026-11-23; see docs/API.md for the words"));
        }
    }
    Ok(())
}

fn invalid(field: &'static str, hint: &str) -> Error {
    Error::Invalid { field, hint: hint.to_owned() }
}

/// A file to be saved; its name is ours.
fn attachment(name: &str, content_type: &'static str, body: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, content_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], body)
        .into_response()
}
