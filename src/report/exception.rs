//! Exceptions as text. Invariant: every returned text is masked and at most 16 KiB.

use serde_json::Value;

use super::json;
use super::limits::{MAX_EXCEPTION_BYTES, prose};
use super::value::{self, Object};

/// Maximum number of inner exceptions read; .NET rarely nests more than three.
const MAX_INNER: usize = 8;

/// Returns whether `Data` is itself the exception, as sent by versions up to 2.0.7: a message with a stack trace or
/// code, and no result.
pub(crate) fn is_exception(data: &Object) -> bool {
    !data.contains_key("ParsedResult")
        && data.get("Message").is_some_and(Value::is_string)
        && ["StackTrace", "StackTraceString", "HResult"].iter().any(|key| data.contains_key(*key))
}

/// Reads the `Exception` of a report: a string, or an object from a relay.
pub(crate) fn from_value(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => match json::embedded_object(text) {
            // A database column of old versions holds `{}` for "none".
            Some(object) if object.is_empty() => None,
            Some(object) if is_exception(&object) => from_object(&object),
            _ => from_text(text),
        },
        Value::Object(object) => from_object(object),
        _ => None,
    }
}

/// Cleans an exception that is already text.
pub(crate) fn from_text(text: &str) -> Option<String> {
    if value::is_absent_word(text) { None } else { prose(text, MAX_EXCEPTION_BYTES) }
}

/// Formats an exception object, in either of .NET's shapes, like `Exception.ToString()`.
pub(crate) fn from_object(object: &Object) -> Option<String> {
    let mut text = String::new();
    let mut next = Some(object);
    for _ in 0..MAX_INNER {
        let Some(exception) = next else { break };
        let part = |key| value::text(exception, key);
        if !text.is_empty() {
            text.push_str("\n ---> ");
        }
        let class = part("ClassName").or_else(|| part("Type"));
        text.extend(class.map(|class| format!("{class}: ")));
        text.extend(part("Message"));
        // Not trimmed at the start: the leading spaces identify a stack frame.
        let stack = ["StackTraceString", "StackTrace"].iter().find_map(|key| exception.get(*key)?.as_str());
        let stack = stack.map(str::trim_end).filter(|stack| !value::is_absent_word(stack));
        text.extend(stack.map(|stack| format!("\n{stack}")));
        next = exception.get("InnerException").and_then(Value::as_object);
    }
    from_text(&text)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::text(json!("System.Exception: gone"), Some("System.Exception: gone"))]
    #[case::word_for_nothing(json!("null"), None)]
    #[case::empty_object_as_text(json!("{}"), None)]
    #[case::object_as_text(json!(r#"{"Message":"gone","HResult":-1}"#), Some("gone"))]
    #[case::other_object_as_text(json!(r#"{"a":1}"#), Some(r#"{"a":1}"#))]
    #[case::object(
        json!({ "ClassName": "A.B", "Message": "gone", "StackTraceString": "   at C.D()",
            "InnerException": { "Type": "E.F", "Message": "reset", "StackTrace": "   at G.H()" } }),
        Some("A.B: gone\n   at C.D()\n ---> E.F: reset\n   at G.H()")
    )]
    #[case::number(json!(5), None)]
    fn an_exception_is_read_in_each_of_its_shapes(#[case] value: Value, #[case] expected: Option<&str>) {
        assert_eq!(from_value(&value).as_deref(), expected);
    }

    #[rstest]
    #[case::stack(json!({ "Message": "gone", "StackTrace": "" }), true)]
    #[case::code(json!({ "Message": "gone", "HResult": 1 }), true)]
    #[case::a_result(json!({ "Message": "gone", "HResult": 1, "ParsedResult": "Success" }), false)]
    #[case::no_stack(json!({ "Message": "gone" }), false)]
    #[case::no_message(json!({ "HResult": 1 }), false)]
    fn a_result_is_no_exception(#[case] data: Value, #[case] expected: bool) {
        assert_eq!(data.as_object().map(is_exception), Some(expected));
    }
}
