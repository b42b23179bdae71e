//! JSON documents: reports, bare results, live status. Invariant: unknown keys and words are stored or ignored; only an
//! object without any part of a report is rejected.

use serde_json::Value;

use super::build::Parts;
use super::error::ReportError;
use super::gather::RawLog;
use super::identity::Identity;
use super::limits::Limits;
use super::value::{self, Object};
use super::{Message, exception, json, live};

/// Keys of which a report has at least one; the last four are those of a bare result.
const REPORT_KEYS: [&str; 8] = [
    "Data",
    "Extra",
    "LogLines",
    "Exception",
    "MainOperation",
    "ParsedResult",
    "BackendStatistics",
    "BeginTime",
];
/// Keys of which every result has at least one, whatever the operation.
const BARE_KEYS: [&str; 4] = ["MainOperation", "ParsedResult", "BackendStatistics", "BeginTime"];
/// Other keys that mark a result, for results written by a user or a relay.
const RESULT_KEYS: [&str; 8] = [
    "EndTime",
    "Duration",
    "ExaminedFiles",
    "SizeOfExaminedFiles",
    "MessagesActualLength",
    "WarningsActualLength",
    "ErrorsActualLength",
    "KnownFileSize",
];

/// Parses a JSON document. `parameters` are the other fields of a form.
pub(crate) fn parse(text: &str, parameters: &Object, limits: &Limits) -> Result<Message, ReportError> {
    let mut root = json::parse_object(text, limits)?;
    if !REPORT_KEYS.iter().any(|key| root.contains_key(*key)) {
        return live::parse(&root)
            .map(|live| Message::Live(Box::new(live)))
            .ok_or_else(ReportError::not_a_report);
    }
    let mut extra = object(&mut root, "Extra", limits)?.unwrap_or_default();
    for (key, value) in parameters {
        extra.entry(key.clone()).or_insert_with(|| value.clone());
    }
    // The job log of a Duplicati server has the result without the envelope.
    let is_bare = !root.contains_key("Data") && BARE_KEYS.iter().any(|key| root.contains_key(*key));
    let data = if is_bare { Some(root.clone()) } else { result(&mut root, limits)? };
    let own = data.as_ref().filter(|data| exception::is_exception(data)).map(exception::from_object);
    let sent = root.get("Exception").and_then(exception::from_value);
    if data.is_none() && sent.is_none() && Identity::from_extra(&extra).is_empty() && !has_lines(&root) {
        return Err(ReportError::no_result());
    }
    let log = RawLog::from_json(&root, data.as_ref().unwrap_or(&Object::new()));
    let parts = Parts {
        failed: own.is_some() || (data.is_none() && sent.is_some()),
        data: if own.is_some() { None } else { data },
        exception: own.flatten().or(sent),
        extra,
        log,
        ..Parts::default()
    };
    Ok(Message::Report(Box::new(parts.into_report())))
}

/// Takes the result out of the document. Duplicati sends null if there is none; any other value that is not a result is
/// rejected.
fn result(root: &mut Object, limits: &Limits) -> Result<Option<Object>, ReportError> {
    let is_none = root.get("Data").is_none_or(|data| match data {
        Value::Null => true,
        Value::String(text) => value::is_absent_word(text),
        _ => false,
    });
    if is_none {
        return Ok(None);
    }
    match object(root, "Data", limits)? {
        Some(data)
            if exception::is_exception(&data)
                || BARE_KEYS.iter().chain(&RESULT_KEYS).any(|key| data.contains_key(*key)) =>
        {
            Ok(Some(data))
        }
        _ => Err(ReportError::no_result()),
    }
}

/// Returns whether a report has log lines.
fn has_lines(root: &Object) -> bool {
    root.get("LogLines").is_some_and(|lines| !value::is_absent(lines))
}

/// Takes out a member that should be an object, even if a relay encoded it as a string. Anything else counts as null.
fn object(root: &mut Object, key: &str, limits: &Limits) -> Result<Option<Object>, ReportError> {
    match root.remove(key) {
        None => Ok(None),
        Some(Value::String(text)) if json::looks_like_json(&text) => {
            json::parse_object(&text, limits).map(Some).map_err(|error| error.in_field(key))
        }
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Ok(None),
    }
}
