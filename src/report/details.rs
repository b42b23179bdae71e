//! Figures of operations other than backups. Invariant: a flat, small JSON object in which paths and addresses are
//! masked.

use serde_json::{Map, Value};

use super::{
    limits::word,
    value::{self, Object},
};

/// Maximum number of figures stored.
const MAX_FIGURES: usize = 64;

/// Keys that every result has; they are fields of the report itself.
const COMMON: [&str; 12] = [
    "MainOperation",
    "ParsedResult",
    "Interrupted",
    "EndTime",
    "BeginTime",
    "Duration",
    "MessagesActualLength",
    "WarningsActualLength",
    "ErrorsActualLength",
    "Dryrun",
    "Messages",
    "Exception",
];

/// Returns the scalars of a result object and, for each list, its length as `<Key>Count`.
pub(crate) fn from_data(data: &Object) -> Value {
    let own = data.iter().filter(|(key, _)| !COMMON.contains(&key.as_str()) && is_name(key));
    let mut figures: Map<String, Value> = own.filter_map(figure).take(MAX_FIGURES).collect();
    if let Some(problems) = verification_problems(data) {
        figures.insert("VerificationProblems".to_owned(), Value::from(problems));
    }
    Value::Object(figures)
}

/// Returns whether a key looks like a property name of Duplicati and contains no secret of ours. Other keys may be
/// arbitrary text.
fn is_name(key: &str) -> bool {
    key.len() <= 64
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && matches!(super::own_secrets::hide(key), std::borrow::Cow::Borrowed(_))
}

fn figure((key, value): (&String, &Value)) -> Option<(String, Value)> {
    match value {
        // "2.1.0.5 (…)" is the sender's version, which is stored elsewhere; a number is the backup version a
        // restore test used.
        Value::String(_) if key == "Version" && value::as_count(value).is_none() => None,
        Value::Number(_) => Some((key.clone(), value::as_count(value)?.into())),
        Value::Bool(_) => Some((key.clone(), value.clone())),
        Value::String(text) => {
            let figure = value::as_count(value).map(Value::from).or_else(|| word(text).map(Value::from))?;
            Some((key.clone(), figure))
        }
        Value::Array(list) => Some((format!("{key}Count"), list.len().into())),
        Value::Null | Value::Object(_) => None,
    }
}

/// Returns the number of remote files for which a test found problems. Versions before 2.0.8 report such a test as
/// a success.
fn verification_problems(data: &Object) -> Option<usize> {
    let has_findings =
        |file: &&Value| file.get("Value").and_then(Value::as_array).is_some_and(|found| !found.is_empty());
    Some(data.get("Verifications")?.as_array()?.iter().filter(has_findings).count())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn details(data: &Value) -> Value {
        data.as_object().map(from_data).unwrap_or_default()
    }

    #[test]
    fn scalars_are_kept_and_lists_counted() {
        let data = json!({
            "RestoredFiles": 3, "Size": "17", "Note": "fine", "Done": true, "Paths": ["a", "b"], "None": null,
            "Inner": { "a": 1 }, "Negative": -1, "Dryrun": false, "MainOperation": "Restore",
        });
        let expected =
            json!({ "RestoredFiles": 3, "Size": 17, "Note": "fine", "Done": true, "PathsCount": 2 });
        assert_eq!(details(&data), expected);
    }

    #[test]
    fn a_version_is_a_figure_when_it_is_the_number_of_a_backup() {
        assert_eq!(details(&json!({ "Version": "2.1.0.5 (2.1.0.5_stable)" })), json!({}));
        assert_eq!(details(&json!({ "Version": "3" })), json!({ "Version": 3 }));
        assert_eq!(details(&json!({ "Version": 3 })), json!({ "Version": 3 }));
    }

    #[test]
    fn only_names_of_properties_are_kept() {
        let (longest, too_long) = ("A".repeat(64), "A".repeat(65));
        let secret = "abcdefghijkmnpqrstuvwxyz23456789abcdefghijkmnpqrstuv";
        let data = json!({
            longest.as_str(): 1, too_long.as_str(): 1, "with_line": 1, "C:\\folder": 1, "my-key": 1, secret: 1,
        });
        assert_eq!(details(&data), json!({ longest.as_str(): 1, "with_line": 1 }));
    }

    #[test]
    fn files_with_findings_are_problems_of_a_test() {
        let files =
            json!([{ "Key": "a", "Value": [] }, { "Key": "b", "Value": [1] }, { "Value": [2, 3] }, {}]);
        let expected = json!({ "VerificationsCount": 4, "VerificationProblems": 2 });
        assert_eq!(details(&json!({ "Verifications": files })), expected);
    }
}
