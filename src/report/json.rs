//! Parses text to a JSON tree. Invariant: [`scan::check`] bounds the tree before it is built.

use serde_json::Value;

use super::error::ReportError;
use super::limits::Limits;
use super::scan;
use super::value::Object;

/// How often a JSON string may contain encoded JSON again. One relay encodes it once, two in a row
/// encode it twice.
const MAX_ENCODINGS: usize = 2;

/// Returns whether a text can only be meant as a JSON object or array.
pub(crate) fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
}

/// Parses one document.
pub(crate) fn parse(text: &str, limits: &Limits) -> Result<Value, ReportError> {
    // Some relays send the terminating NUL of a C string.
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

/// Parses a document whose top level must be an object, even if the object was encoded as a string.
pub(crate) fn parse_object(text: &str, limits: &Limits) -> Result<Object, ReportError> {
    match unwrap_encoded(parse(text, limits)?, limits)? {
        Value::Object(object) => Ok(object),
        _ => Err(ReportError::not_an_object()),
    }
}

/// Replaces a string that contains JSON by the parsed value; other strings are left as they are.
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

/// Parses an object inside a string; `None` if the string is anything else.
pub(crate) fn embedded_object(text: &str) -> Option<Object> {
    looks_like_json(text).then(|| parse_object(text, &Limits::default()).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::report::ReportErrorKind;

    fn object(text: &str) -> Result<Object, ReportErrorKind> {
        parse_object(text, &Limits::default()).map_err(|error| error.kind)
    }

    #[rstest]
    #[case::plain(r#"{"a":1}"#)]
    #[case::with_a_terminator("\0 {\"a\":1} \0")]
    #[case::encoded(r#""{\"a\":1}""#)]
    #[case::encoded_twice(r#""\"{\\\"a\\\":1}\"""#)]
    fn an_object_is_read_also_when_it_was_encoded(#[case] text: &str) {
        assert_eq!(object(text).map(|object| object.len()), Ok(1));
    }

    #[rstest]
    #[case::text(r#""hello""#, ReportErrorKind::NotAnObject)]
    #[case::list("[1]", ReportErrorKind::NotAnObject)]
    #[case::cut_off("{", ReportErrorKind::NotJson)]
    #[case::a_few_equals_signs("{a=3D b=3D", ReportErrorKind::NotJson)]
    #[case::mail("{=22a=22: =22b=22", ReportErrorKind::QuotedPrintable)]
    fn what_is_no_object_is_refused_with_the_cause(#[case] text: &str, #[case] kind: ReportErrorKind) {
        assert_eq!(object(text), Err(kind));
    }

    #[test]
    fn an_embedded_object_is_only_an_object() {
        assert_eq!(embedded_object(r#" {"a":1}"#).map(|object| object.len()), Some(1));
        assert_eq!((embedded_object("[1]"), embedded_object("a"), embedded_object("{")), (None, None, None));
    }
}
