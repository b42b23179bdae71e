//! Lenient scalar accessors. Invariant: "unknown" is `None`, however the sender or a relay spelled it; never −1.

use serde_json::{Map, Value};

/// A JSON object, as `serde_json` keeps it.
pub(crate) type Object = Map<String, Value>;

/// Whether a word stands for "nothing": relays written in Python or JavaScript turn null into these.
pub(crate) fn is_absent_word(text: &str) -> bool {
    let text = text.trim();
    text.is_empty() || ["none", "null", "undefined"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a value says nothing: null, an empty container, or a word for null.
pub(crate) fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => is_absent_word(text),
        Value::Object(map) => map.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A scalar as text, `None` for null, containers and words for null.
pub(crate) fn text(object: &Object, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) => (!is_absent_word(text)).then(|| text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A counter of `object`: a whole number from 0 to `i64::MAX`, also when it arrives as a string or a float.
pub(crate) fn count(object: &Object, key: &str) -> Option<i64> {
    as_count(object.get(key)?)
}

/// A counter; negative, fractional-only, too large and non-numeric values are unknown.
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

/// The whole part of a float inside 0..2⁶³; relays that go through JavaScript or Lua make floats of counters.
fn whole(number: f64) -> Option<i64> {
    const TWO_POW_63: f64 = 9_223_372_036_854_775_808.0;
    let inside = number.is_finite() && (0.0..TWO_POW_63).contains(&number);
    // In range, so the conversion only drops the fraction.
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked above")]
    inside.then_some(number as i64)
}

/// A flag; strings and numbers as relays send them count too, and everything else is false.
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
