//! A cheap scan of JSON before a tree is built. Invariant: the limits checked here bound the memory of the tree.

use std::borrow::Cow;

use super::error::{ReportError, ReportErrorKind};
use super::limits::Limits;

/// Rejects JSON that is nested too deeply or has too many keys or values. Does not check the syntax.
pub(crate) fn check(json: &str, limits: &Limits) -> Result<(), ReportError> {
    let (mut depth, mut keys, mut values) = (0_usize, 0_usize, 1_usize);
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => skip_string(&mut bytes),
            b'{' | b'[' => depth = depth.saturating_add(1),
            b'}' | b']' => depth = depth.saturating_sub(1),
            b':' => keys = keys.saturating_add(1),
            b',' => values = values.saturating_add(1),
            _ => {}
        }
        if depth > limits.max_depth {
            return Err(exceeded(ReportErrorKind::TooDeep, limits.max_depth, "levels"));
        }
        if keys > limits.max_keys {
            return Err(exceeded(ReportErrorKind::TooManyKeys, limits.max_keys, "keys"));
        }
        if values > limits.max_values {
            return Err(exceeded(ReportErrorKind::TooManyValues, limits.max_values, "values"));
        }
    }
    Ok(())
}

fn exceeded(kind: ReportErrorKind, limit: usize, unit: &str) -> ReportError {
    ReportError::new(
        kind,
        format!(
            "At most {limit} {unit} are read. Duplicati reports normally have far fewer. Lower --send-http-max-log-lines."
        ),
    )
}

fn skip_string(bytes: &mut std::str::Bytes<'_>) {
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'"' => return,
            _ => {}
        }
    }
}

/// Replaces escapes of lone UTF-16 surrogates with U+FFFD, because `serde_json` rejects the whole document for one.
///
/// Old senders cut texts in the middle of a pair. The replacement has the same length, so error positions stay
/// correct.
pub(crate) fn replace_lone_surrogates(json: &str) -> Cow<'_, str> {
    // Hardly any report has a numeric escape, and this test is the fastest.
    if !json.contains("\\u") {
        return Cow::Borrowed(json);
    }
    let lone = lone_surrogates(json.as_bytes());
    if lone.is_empty() {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len());
    let mut copied = 0;
    for at in lone {
        text.push_str(json.get(copied..at).unwrap_or_default());
        text.push_str("\\uFFFD");
        copied = at.saturating_add(ESCAPE_LEN);
    }
    text.push_str(json.get(copied..).unwrap_or_default());
    Cow::Owned(text)
}

/// Length of `\uXXXX` in bytes.
const ESCAPE_LEN: usize = 6;

fn lone_surrogates(bytes: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0_usize;
    while let Some(byte) = bytes.get(at) {
        let step = match (byte, surrogate(bytes, at)) {
            (b'\\', Some(0xD800..=0xDBFF)) => {
                let pair = matches!(surrogate(bytes, at.saturating_add(ESCAPE_LEN)), Some(0xDC00..=0xDFFF));
                if !pair {
                    found.push(at);
                }
                if pair { ESCAPE_LEN * 2 } else { ESCAPE_LEN }
            }
            (b'\\', Some(0xDC00..=0xDFFF)) => {
                found.push(at);
                ESCAPE_LEN
            }
            (b'\\', _) => 2,
            _ => 1,
        };
        at = at.saturating_add(step);
    }
    found
}

/// Returns the code unit of a `\uXXXX` escape at `at`.
fn surrogate(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at.checked_add(ESCAPE_LEN)?)?.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::at_the_limits(r#"{"a":[1,2],"b":3}"#, None)]
    #[case::beside_each_other("[[],[],[]]", None)]
    #[case::marks_in_strings(r#"["[[[[",":,:,:,"]"#, None)]
    #[case::escaped_quotes(r#"["\"[[[[","\\"]"#, None)]
    #[case::deep("[[[", Some(ReportErrorKind::TooDeep))]
    #[case::many_keys(r#"{"a":1,"b":2,"c":3}"#, Some(ReportErrorKind::TooManyKeys))]
    #[case::many_values("[1,2,3,4]", Some(ReportErrorKind::TooManyValues))]
    fn documents_are_bounded_before_they_are_built(
        #[case] json: &str,
        #[case] expected: Option<ReportErrorKind>,
    ) {
        let limits = Limits { max_depth: 2, max_keys: 2, max_values: 3, ..Limits::default() };
        assert_eq!(check(json, &limits).err().map(|error| error.kind), expected);
    }

    #[rstest]
    #[case::high(r"a\ud800b", r"a\uFFFDb")]
    #[case::low(r"a\udc00b", r"a\uFFFDb")]
    #[case::two_high(r"\ud800\ud83d\ude00", r"\uFFFD\ud83d\ude00")]
    #[case::low_after_a_pair(r"\ud83d\ude00\ude00", r"\ud83d\ude00\uFFFD")]
    #[case::pair(r"\ud83d\ude00", r"\ud83d\ude00")]
    #[case::escaped_backslash(r"\\ud800", r"\\ud800")]
    #[case::other_escape(r"\u00e4\n", r"\u00e4\n")]
    #[case::cut_off(r"\ud80", r"\ud80")]
    fn half_a_pair_is_replaced_by_as_many_bytes(#[case] json: &str, #[case] expected: &str) {
        assert_eq!(replace_lone_surrogates(json), expected);
    }
}
