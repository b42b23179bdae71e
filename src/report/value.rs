//! Lenient access to scalars. Invariant: "unknown" is `None`, however the sender or a relay spelled it, and
//! never −1.

use serde_json::{Map, Value};

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

/// Returns whether a word stands for "nothing". Relays written in Python or JavaScript turn null into such
/// words.
pub(crate) fn is_absent_word(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || ["none", "null", "undefined"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Returns whether a value is empty: null, an empty container, or a word for null.
pub(crate) fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => is_absent_word(text),
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Returns a scalar as text; `None` for null, containers and words for null.
pub(crate) fn text(object: &Object, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) => (!is_absent_word(text)).then(|| text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns a counter of `object`: a whole number from 0 to `i64::MAX`, even if it arrives as a string or a
/// float.
pub(crate) fn count(object: &Object, key: &str) -> Option<i64> {
    as_count(object.get(key)?)
}

/// Parses a counter; negative, too large and non-numeric values are unknown.
pub(crate) fn as_count(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => {
            number.as_i64().or_else(|| number.as_f64().and_then(whole)).filter(|n| *n >= 0)
        }
        Value::String(text) => {
            let text = text.trim();
            text.parse::<i64>().ok().or_else(|| text.parse::<f64>().ok().and_then(whole)).filter(|n| *n >= 0)
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns the whole part of a float within 0..2⁶³. Relays written in JavaScript or Lua turn counters into
/// floats.
fn whole(number: f64) -> Option<i64> {
    const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;
    let inside = number.is_finite() && (0.0..TWO_POW_63).contains(&number);
    // In range, so the conversion only drops the fraction.
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked above")]
    inside.then_some(number as i64)
}

/// Returns a flag. Strings and numbers, as relays send them, are accepted; everything else is false.
pub(crate) fn flag(object: &Object, key: &str) -> bool {
    match object.get(key) {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => {
            ["true", "yes", "1"].iter().any(|word| text.trim().eq_ignore_ascii_case(word))
        }
        Some(Value::Number(number)) => number.as_i64() == Some(1),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::number(json!(7), Some(7))]
    #[case::zero(json!(0), Some(0))]
    #[case::text(json!(" 7 "), Some(7))]
    #[case::float(json!(7.9), Some(7))]
    #[case::float_as_text(json!("7.0"), Some(7))]
    #[case::negative(json!(-1), None)]
    #[case::negative_float(json!(-0.5), None)]
    #[case::too_large(json!(9.3e18), None)]
    #[case::unsigned(json!(u64::MAX), None)]
    #[case::infinite(json!("inf"), None)]
    #[case::no_number(json!("NaN"), None)]
    #[case::word(json!("many"), None)]
    #[case::flag(json!(true), None)]
    fn counts(#[case] value: Value, #[case] expected: Option<i64>) {
        assert_eq!(as_count(&value), expected);
    }

    #[rstest]
    #[case::flag(json!(true), true)]
    #[case::no(json!(false), false)]
    #[case::word(json!(" True "), true)]
    #[case::yes(json!("yes"), true)]
    #[case::one_as_text(json!("1"), true)]
    #[case::other_word(json!("no"), false)]
    #[case::one(json!(1), true)]
    #[case::zero(json!(0), false)]
    #[case::two(json!(2), false)]
    #[case::null(json!(null), false)]
    fn flags(#[case] value: Value, #[case] expected: bool) {
        let mut object = Object::new();
        object.insert("a".into(), value);
        assert_eq!((flag(&object, "a"), flag(&object, "b")), (expected, false));
    }

    #[test]
    fn what_says_nothing_is_absent() {
        for nothing in [json!(null), json!(""), json!(" None "), json!("undefined"), json!({}), json!([])] {
            assert!(is_absent(&nothing), "{nothing}");
        }
        for something in [json!("a"), json!({ "a": 1 }), json!([null]), json!(false), json!(0)] {
            assert!(!is_absent(&something), "{something}");
        }
    }
}
