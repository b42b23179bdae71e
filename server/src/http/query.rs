//! The words of a URL's query, read strictly: a page shows more when it does not understand a filter, but a program must
//! not take that for what it asked for.

use std::collections::BTreeMap;

use axum::extract::Query;
use duplistatus::{
    dto::{audit::AuditQuery, log::LogQuery},
    error::Error,
};

/// The words of a URL's query.
pub type QueryParameters = Query<BTreeMap<String, String>>;

/// The filters of the audit trail, and the page.
///
/// # Errors
/// [`Error::Invalid`] for a filter that is not understood.
pub fn audit_query(words: &BTreeMap<String, String>) -> Result<AuditQuery, Error> {
    let query = AuditQuery::from_words(|name| words.get(name).cloned());
    reject_unreadable(words, &query.words(), &["result", "from", "to"])?;
    let page = words.get("page").map(|word| word.trim()).filter(|word| !word.is_empty());
    if page.is_some_and(|word| word.parse::<i64>().is_err()) {
        return Err(invalid("page", "use a page number from 1"));
    }
    Ok(query)
}

/// The filters of the log.
///
/// # Errors
/// [`Error::Invalid`] for a level that does not exist.
pub fn log_query(words: &BTreeMap<String, String>) -> Result<LogQuery, Error> {
    let query = LogQuery::from_words(|name| words.get(name).cloned());
    // The usual level has no word of its own.
    let is_usual = words.get("level").is_some_and(|word| word.as_str() == query.level.as_str());
    if !is_usual {
        reject_unreadable(words, &query.words(), &["level"])?;
    }
    Ok(query)
}

/// What is wrong with a word, and what to write instead.
pub fn invalid(field: &'static str, hint: &str) -> Error {
    Error::Invalid { field, hint: hint.to_owned() }
}

fn reject_unreadable(
    words: &BTreeMap<String, String>,
    read: &[(&'static str, String)],
    names: &[&'static str],
) -> Result<(), Error> {
    for name in names {
        let is_said = words.get(*name).is_some_and(|word| !word.trim().is_empty());
        let is_read = read.iter().any(|(known, word)| known == name && !word.is_empty());
        if is_said && !is_read {
            return Err(invalid(name, "write days as 2026-11-23; see docs/API.md for the parameters"));
        }
    }
    Ok(())
}
