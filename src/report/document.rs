//! JSON documents: reports, bare results, live status. Invariant: unknown keys and words are kept or ignored, and only an
//! object that has nothing of a report is refused.

use serde_json::Value;

use super::build::Parts;
use super::error::ReportError;
use super::gather::RawLog;
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

/// Reads a JSON document; `parameters` came beside it in a form.
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
    // A server's own job log holds the result without the envelope.
    let is_bare = !root.contains_key("Data")
        && (root.contains_key("MainOperation") || root.contains_key("ParsedResult"));
    let data = if is_bare { Some(root.clone()) } else { object(&mut root, "Data", limits)? };
    let own = data.as_ref().filter(|data| exception::is_exception(data)).map(exception::from_object);
    let sent = root.get("Exception").and_then(exception::from_value);
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

/// Takes out a member that should be an object, also when a relay encoded it once more; anything else is as good as null.
fn object(root: &mut Object, key: &str, limits: &Limits) -> Result<Option<Object>, ReportError> {
    match root.remove(key) {
        None => Ok(None),
        Some(member) if value::is_absent(&member) => Ok(None),
        Some(Value::String(text)) if json::looks_like_json(&text) => {
            json::parse_object(&text, limits).map(Some).map_err(|error| error.in_field(key))
        }
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Ok(None),
    }
}
