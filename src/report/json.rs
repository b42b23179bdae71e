//! From text to a JSON tree. Invariant: no tree is built before [`scan::check`] has bounded it.

use serde_json::Value;

use super::error::ReportError;
use super::limits::Limits;
use super::scan;
use super::value::Object;

/// How often a JSON string may hold JSON again; relays do it once, two of them twice.
const MAX_ENCODINGS: usize = 2;

/// Whether a text can only be meant as a JSON object or array.
pub(crate) fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// Parses one document.
pub(crate) fn parse(text: &str, limits: &Limits) -> Result<Value, ReportError> {
    // Some relays send C strings, with the terminator.
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    scan::check(text, limits)?;
    serde_json::from_str(&scan::replace_lone_surrogates(text)).map_err(|cause| {
        let is_mail = ["=22", "=3D", "=7B", "=\n", "=\r\n"]
            .iter()
            .map(|mark| text.matches(mark).count())
            .sum::<usize>();
        if is_mail >= 3 { ReportError::quoted_printable() } else { ReportError::not_json(&cause) }
    })
}

/// Parses a document whose top level must be an object, also when the object was encoded as a string.
pub(crate) fn parse_object(text: &str, limits: &Limits) -> Result<Object, ReportError> {
    match unwrap_encoded(parse(text, limits)?, limits)? {
        Value::Object(object) => Ok(object),
        _ => Err(ReportError::not_an_object()),
    }
}

/// Replaces a string that holds JSON by what it holds; other strings stay as they are.
pub(crate) fn unwrap_encoded(mut value: Value, limits: &Limits) -> Result<Value, ReportError> {
    for _ in 0..MAX_ENCODINGS {
        match &value {
            Value::String(text) if looks_like_json(text) || text.trim_start().starts_with('"') => {
                value = parse(text, limits)?;
            }
            _ => break,
        }
    }
    Ok(value)
}

/// An object inside a string that may as well be something else.
pub(crate) fn embedded_object(text: &str) -> Option<Object> {
    looks_like_json(text).then(|| parse_object(text, &Limits::default()).ok()).flatten()
}
