//! Masks our own secrets: Duplicati quotes our address with its ingest key when it cannot reach it. Invariant: the result
//! contains no ingest key, API key or session token of ours, whatever the encoding of the text around it.

use std::borrow::Cow;

use memchr::memmem;

/// The replacement of a secret.
const MASK: &str = "***";
/// Length of our secrets, as `crypto::token` creates them: 256 bits, 5 per character.
const LENGTH: usize = 52;
/// The prefix of API keys.
const API_KEY: &str = "dsk_";
/// Last segments of the paths that end with a key. The slashes may be encoded.
const PATHS: [&str; 4] = ["upload", "status", "UPLOAD", "STATUS"];
/// How a slash is written in a URL, in a URL inside a URL, and in JSON strings.
const SLASHES: [&str; 7] = ["/", "%2F", "%2f", "%252F", "%252f", "\\/", "\\u002f"];

/// Masks our secrets in a text, by their shape and by the addresses that contain them.
#[must_use]
pub fn hide(text: &str) -> Cow<'_, str> {
    let mut spans = Vec::new();
    shape_spans(text, &mut spans);
    path_spans(text, &mut spans);
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    spans.sort_unstable();
    let mut hidden = String::with_capacity(text.len());
    let mut copied = 0;
    for (start, end) in spans {
        if start >= copied {
            hidden.push_str(text.get(copied..start).unwrap_or_default());
            hidden.push_str(MASK);
        }
        copied = copied.max(end);
    }
    hidden.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(hidden)
}

/// Masks in a body the key that it was sent with. Keys need no escaping, so they look the same in every encoding.
#[must_use]
pub fn hide_key<'a>(body: &'a [u8], key: &str) -> Cow<'a, [u8]> {
    let (key, mut rest) = (key.as_bytes(), body);
    // Shorter keys are not secrets, and would match inside words.
    if key.len() < 8 {
        return Cow::Borrowed(body);
    }
    let mut hidden = Vec::new();
    while let Some(at) = memmem::find(rest, key) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        hidden.extend_from_slice(before);
        hidden.extend_from_slice(MASK.as_bytes());
        rest = from.get(key.len()..).unwrap_or_default();
    }
    if hidden.is_empty() {
        return Cow::Borrowed(body);
    }
    hidden.extend_from_slice(rest);
    Cow::Owned(hidden)
}

/// Start and end of a secret, in bytes.
type Span = (usize, usize);

/// Finds runs of the characters that our secrets consist of. Looks at the last character of a possible secret first, so that most of the
/// text is skipped.
fn shape_spans(text: &str, spans: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let mut begin = 0;
    while let Some(window) = bytes.get(begin..begin + LENGTH) {
        if let Some(other) = window.iter().rposition(|byte| !is_of_secret(*byte)) {
            begin += other + 1;
            continue;
        }
        let more = bytes.iter().skip(begin + LENGTH).take_while(|byte| is_of_secret(**byte)).count();
        let end = begin + LENGTH + more;
        let before = text.get(..begin).unwrap_or_default();
        // The last characters of an escape belong to the escape: `\n`, `%2f`, `\u002f`.
        let escape = if before.ends_with('\\') {
            1
        } else if before.ends_with('%') || before.ends_with("\\u00") {
            2
        } else {
            0
        };
        let start = if before.ends_with(API_KEY) { begin - API_KEY.len() } else { begin + escape };
        if may_be_secret(bytes.get(begin..end).unwrap_or_default()) {
            spans.push((start, end));
        }
        begin = end + 1;
    }
}

/// Returns whether a run of such characters may be a secret. One in capitals without any digit is a long name: hardly one secret in three
/// million has none.
fn may_be_secret(run: &[u8]) -> bool {
    !run.iter().any(u8::is_ascii_uppercase) || run.iter().any(u8::is_ascii_digit)
}

/// Capitals too: an address in capitals leads to the right one.
fn is_of_secret(byte: u8) -> bool {
    let byte = byte.to_ascii_lowercase();
    byte.is_ascii_digit() && byte > b'1' || byte.is_ascii_lowercase() && !matches!(byte, b'l' | b'o')
}

/// Finds what follows `/api/upload/` and `/api/status/`, even if it was cut.
fn path_spans(text: &str, spans: &mut Vec<Span>) {
    for path in PATHS {
        for at in memmem::find_iter(text.as_bytes(), path) {
            let (before, from) = text.split_at_checked(at).unwrap_or_default();
            let rest = from.get(path.len()..).unwrap_or_default();
            let is_ours = strip_slash_end(before)
                .is_some_and(|before| before.ends_with("api") || before.ends_with("API"));
            let Some(slash) = SLASHES.iter().find(|slash| rest.starts_with(**slash)).filter(|_| is_ours)
            else {
                continue;
            };
            let value = rest.get(slash.len()..).unwrap_or_default();
            let len = value
                .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '.' | '~' | '%'))
                .unwrap_or(value.len());
            let start = at + path.len() + slash.len();
            if len > 0 {
                spans.push((start, start + len));
            }
        }
    }
}

fn strip_slash_end(text: &str) -> Option<&str> {
    SLASHES.iter().find_map(|slash| text.strip_suffix(slash))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const KEY: &str = "k7f2abcdefghijkmnpqrstuvwxyz23456789abcdefghijkmnpqr";

    #[test]
    fn our_secrets_are_as_long_as_is_looked_for() {
        assert_eq!(KEY.len(), LENGTH);
        assert!(KEY.bytes().all(is_of_secret));
    }

    #[rstest]
    #[case(
        "Failed to post status report to http://127.0.0.1:9666/api/status/KEY: A task was canceled.",
        "/api/status/***: A"
    )]
    #[case("https://a.example/x/api/upload/KEY?a=b", "/api/upload/***?a=b")]
    #[case("http%3A%2F%2Fa%3A9666%2Fapi%2Fupload%2FKEY%26x", "%2Fapi%2Fupload%2F***")]
    #[case("http%3a%2f%2fa%2fapi%2fupload%2fKEY", "%2fupload%2f***")]
    #[case(r#"{"a":"http:\/\/a\/api\/status\/KEY\n"}"#, r"\/api\/status\/***\n")]
    #[case(r"http:\u002f\u002fa\u002fapi\u002fupload\u002fKEY", r"\u002f***")]
    #[case("Cookie: duplistatus-session=KEY; a", "***; a")]
    #[case("the key\nKEY\n", "the key\n***\n")]
    #[case(r"the key\nKEY\n", r"the key\n***\n")]
    #[case("dsk_KEY", "***")]
    #[case("/api/upload/short1 x", "/api/upload/*** x")]
    #[case("http://a/API/UPLOAD/short1 x", "/API/UPLOAD/*** x")]
    fn hidden(#[case] text: &str, #[case] expected: &str) {
        let hidden = hide(&text.replace("KEY", KEY)).into_owned();
        assert!(hidden.contains(expected), "{hidden}");
        assert!(!hidden.contains(KEY) && hide(&hidden) == hidden, "{hidden}");
    }

    #[test]
    fn a_secret_is_found_wherever_it_begins() {
        for length in 0..3 * LENGTH {
            let before = "abc-".repeat(length).chars().take(length).collect::<String>() + "-";
            assert_eq!(hide(&format!("{before}{KEY}-x")), format!("{before}***-x"));
            assert_eq!(hide(&format!("{before}{KEY}")), format!("{before}***"));
        }
        assert_eq!(hide(&format!("{KEY}abc {KEY}")), "*** ***", "a longer run is masked as a whole");
    }

    #[test]
    fn capitals_hide_nothing() {
        let capitals = KEY.to_ascii_uppercase();
        assert_eq!(
            hide(&format!("http://a/API/UPLOAD/{capitals}: refused")),
            "http://a/API/UPLOAD/***: refused"
        );
        assert_eq!(hide(&format!("the key {capitals}, sent")), "the key ***, sent");
        let mut mixed = KEY.to_owned();
        mixed.replace_range(..10, &capitals[..10]);
        assert_eq!(hide(&mixed), "***");
        let name = "A".repeat(LENGTH);
        assert_eq!(hide(&name), name);
    }

    #[test]
    fn all_of_an_api_key_is_hidden() {
        assert_eq!(hide(&format!("a dsk_{KEY} b")), "a *** b");
    }

    #[rstest]
    #[case("duplicati-b4efeac4c8f614183ab760b5b47362e98.dblock.zip.aes")]
    #[case("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    #[case::a_digit_that_no_secret_has("k7f2abcdefghijkm1pqrstuvwxyz23456789abcdefghijkmnpqr")]
    #[case("POST /api/upload/{key} and /api/upload/ and upload/abc")]
    fn left_alone(#[case] text: &str) {
        assert!(matches!(hide(text), Cow::Borrowed(_)), "{}", hide(text));
    }

    #[test]
    fn the_key_of_the_request_is_hidden_wherever_it_stands() {
        let body = b"a=my-own-key-1&b=xmy-own-key-1".as_slice();
        assert_eq!(hide_key(body, "my-own-key-1").as_ref(), b"a=***&b=x***");
        assert!(matches!(hide_key(body, "my"), Cow::Borrowed(_)));
        assert_eq!(hide_key(b"a=12345678", "12345678").as_ref(), b"a=***", "eight characters are a secret");
        let begins_alike = b"mmy-own-my-own-key-1m".as_slice();
        assert_eq!(hide_key(begins_alike, "my-own-key-1").as_ref(), b"mmy-own-***m");
        assert!(matches!(hide_key(b"", "my-own-key-1"), Cow::Borrowed(_)));
    }
}
