//! Masks credentials in text. Invariant: masking twice gives the same result as once, and text without secrets is borrowed.

use std::borrow::Cow;

use memchr::{memchr2, memchr2_iter, memchr3_iter};

/// The replacement of a secret.
const MASK: &str = "***";
/// Maximum length of an option name before a separator, in bytes; keeps the work linear.
const MAX_NAME_BYTES: usize = 64;
/// Maximum number of passes over a text; bounds the work for hostile text.
const MAX_PASSES: usize = 8;

/// Masks credentials in any text: userinfo in URLs, values of options and query keys such as `auth-password`, `passphrase`,
/// `token` or `key`, values after `Authorization`, `Cookie`, `Set-Cookie` and `Bearer`, and our own secrets. Returns borrowed text if nothing changed.
///
/// Masks too much rather than too little: a value extends to white space, a quote or `&`.
#[must_use]
pub fn mask_secrets(text: &str) -> Cow<'_, str> {
    let mut masked = super::own_secrets::hide(text);
    // Masking one secret can expose the end of another (`key%3Dhttp://%26@`); in practice the second pass finds nothing.
    for _ in 0..MAX_PASSES {
        match mask_once(&masked) {
            Some(text) => masked = Cow::Owned(text),
            None => break,
        }
    }
    masked
}

/// Maximum nesting of encoded strings that are decoded; deeper ones are masked as they are written.
const MAX_NESTING: usize = 4;

/// Masks credentials in a JSON document, or in a part of one. A string with escapes is decoded and masked, because the patterns
/// do not match in `\"auth-password\":\"…` or `https:\/\/…`.
pub fn mask_secrets_in_json(text: &str) -> Cow<'_, str> {
    match mask_escaped(text, MAX_NESTING) {
        Cow::Borrowed(text) => mask_secrets(text),
        Cow::Owned(text) => Cow::Owned(mask_secrets(&text).into_owned()),
    }
}

/// Masks the string literals that have escapes.
fn mask_escaped(text: &str, nesting: usize) -> Cow<'_, str> {
    let (mut masked, mut copied, mut from) = (String::new(), 0, 0);
    while let Some(start) = text.get(from..).and_then(|rest| rest.find('"')).map(|at| from + at) {
        let Some(end) = end_of_literal(text, start) else { break };
        from = end;
        let literal = text.get(start..end).unwrap_or_default();
        if !literal.contains('\\') {
            continue;
        }
        let Ok(said) = serde_json::from_str::<String>(literal) else { continue };
        let hidden = match nesting.checked_sub(1) {
            Some(nesting) => mask_escaped(&said, nesting),
            None => Cow::Borrowed(said.as_str()),
        };
        let hidden = mask_secrets(&hidden);
        if hidden != said
            && let Ok(written) = serde_json::to_string(&hidden)
        {
            masked.push_str(text.get(copied..start).unwrap_or_default());
            masked.push_str(&written);
            copied = end;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(masked)
}

/// Returns the end of the string literal that starts at `start`, including its closing quote.
fn end_of_literal(text: &str, start: usize) -> Option<usize> {
    let mut from = start + 1;
    loop {
        let at = from + memchr2(b'"', b'\\', text.as_bytes().get(from..)?)?;
        if text.as_bytes().get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        // What follows a backslash is part of the literal.
        from = at + 2;
    }
}

/// Masks once; `None` if there is nothing to mask.
fn mask_once(text: &str) -> Option<String> {
    let mut spans = Vec::new();
    userinfo_spans(text, &mut spans);
    value_spans(text, &mut spans);
    header_spans(text, &mut spans);
    spans.retain(|&(start, end)| start < end && text.get(start..end).is_some_and(|secret| secret != MASK));
    spans.sort_unstable();
    let mut masked = String::new();
    let mut copied = None;
    for (start, end) in spans {
        // Overlapping and adjacent secrets are masked as one.
        if copied.is_none_or(|copied| start > copied) {
            masked.push_str(text.get(copied.unwrap_or(0)..start).unwrap_or_default());
            masked.push_str(MASK);
        }
        copied = copied.max(Some(end));
    }
    masked.push_str(text.get(copied?..).unwrap_or_default());
    Some(masked)
}

/// Start and end of a secret, in bytes.
type Span = (usize, usize);

/// Finds `scheme://user:password@host`: everything up to the last `@` of the authority.
fn userinfo_spans(text: &str, spans: &mut Vec<Span>) {
    for (at, separator) in text.match_indices("://") {
        let start = at + separator.len();
        let rest = text.get(start..).unwrap_or_default();
        let authority = rest.split(ends_authority).next().unwrap_or_default();
        if let Some(len) = authority.rfind('@') {
            spans.push((start, start + len));
        }
    }
}

fn ends_authority(c: char) -> bool {
    c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>' | '`' | '\\')
}

/// Finds `name=value`, `name%3Dvalue`, `"name":"value"` and `x-name-key: value`.
fn value_spans(text: &str, spans: &mut Vec<Span>) {
    let mut covered = 0;
    for at in memchr3_iter(b'=', b':', b'%', text.as_bytes()) {
        // Without this, `key=key=key=…` would be scanned again from every name, so a sender could cause quadratic work.
        if at < covered {
            continue;
        }
        let (before, from) = text.split_at_checked(at).unwrap_or_default();
        let Some(separator) = Separator::at_start_of(from) else {
            continue;
        };
        let quoted_name = before.ends_with(['"', '\'']);
        // In the source of a JSON string the quote is escaped.
        let unquoted = before.strip_suffix(['"', '\'']).map(|name| name.trim_end_matches('\\'));
        let name = trailing_name(unquoted.unwrap_or(before));
        if !is_secret_name(name) {
            continue;
        }
        let Some(value) = from.get(separator.len()..) else {
            continue;
        };
        let padding = value.len() - value.trim_start_matches(' ').len();
        let value = value.trim_start_matches(' ');
        // Prose such as "wrong password: check it" is not an option; a quoted name or a header is.
        if separator == Separator::Colon && !quoted_name && !name.to_ascii_lowercase().starts_with("x-") {
            continue;
        }
        if separator != Separator::Colon && padding > 0 {
            continue;
        }
        // In the source of a JSON string quotes are escaped; in a string inside a string the escapes are escaped as well.
        let unescaped = value.trim_start_matches('\\');
        let escape = if unescaped.starts_with(['"', '\'']) { value.len() - unescaped.len() } else { 0 };
        let quote = value.chars().nth(escape).filter(|c| matches!(c, '"' | '\''));
        let start = at + separator.len() + padding + escape + quote.map_or(0, char::len_utf8);
        let rest = text.get(start..).unwrap_or_default();
        let len = value_len(rest, quote, separator);
        let value = rest.get(..len).unwrap_or_default();
        covered = start + if escape > 0 { value.trim_end_matches('\\').len() } else { len };
        spans.push((start, covered));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    Equals,
    Encoded,
    Colon,
}

impl Separator {
    fn at_start_of(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [b'=', ..] => Some(Self::Equals),
            [b'%', b'3', b'D' | b'd', ..] => Some(Self::Encoded),
            [b':', ..] => Some(Self::Colon),
            _ => None,
        }
    }

    const fn len(self) -> usize {
        match self {
            Self::Equals | Self::Colon => 1,
            Self::Encoded => 3,
        }
    }
}

/// Returns the length of a value in bytes: to its closing quote, or to the first character that cannot be part of it.
fn value_len(value: &str, quote: Option<char>, separator: Separator) -> usize {
    let end = match quote {
        Some(quote) => value.find([quote, '\n']),
        None => value.find(|c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'' | '<' | '>' | '`')),
    };
    let len = end.unwrap_or(value.len());
    let encoded_end = (separator == Separator::Encoded).then(|| value.get(..len)?.find("%26")).flatten();
    encoded_end.unwrap_or(len)
}

/// Returns the option or query name at the end of `text`.
fn trailing_name(text: &str) -> &str {
    let len = text
        .bytes()
        .rev()
        .take(MAX_NAME_BYTES)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        .count();
    text.get(text.len() - len..).unwrap_or_default()
}

fn is_secret_name(name: &str) -> bool {
    const ENDINGS: [&str; 13] = [
        "password",
        "passphrase",
        "passwd",
        "pwd",
        "token",
        "secret",
        "credential",
        "credentials",
        "auth-username",
        "authid",
        "signature",
        // Keys of accounts, applications, services: too many names to list.
        "key",
        "access_key_id",
    ];
    const WHOLE: [&str; 2] = ["sig", "auth"];
    let is = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
    let end = |len: usize| name.len().checked_sub(len).and_then(|at| name.get(at..));
    // Every .NET stack trace names assemblies with their public key token.
    !is(name, "publickeytoken")
        && (WHOLE.iter().any(|whole| is(name.trim_start_matches('-'), whole))
            || ENDINGS.iter().any(|ending| end(ending.len()).is_some_and(|end| is(end, ending))))
}

/// Finds `Authorization: …`, `Cookie: …` and `Set-Cookie: …` to the end of the line, and the word after `Bearer`.
fn header_spans(text: &str, spans: &mut Vec<Span>) {
    for (name, rare) in [("authorization", b'z'), ("cookie", b'k')] {
        header_value_spans(text, name, rare, spans);
    }
    for start in ends_of_word(text, "bearer", b'b') {
        let rest = text.get(start..).unwrap_or_default();
        if !rest.starts_with([' ', '\t']) {
            continue;
        }
        let token = rest.trim_start_matches([' ', '\t']);
        let len = token
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';'))
            .unwrap_or(token.len());
        let is_token = len >= 6 && !is_bearer_prose(token.get(..len).unwrap_or_default());
        if is_token {
            let start = text.len() - token.len();
            spans.push((start, start + len));
        }
    }
}

/// Finds the values of a header, each to the end of its line.
fn header_value_spans(text: &str, name: &str, rare: u8, spans: &mut Vec<Span>) {
    let mut covered = 0;
    for start in ends_of_word(text, name, rare) {
        if start < covered {
            continue;
        }
        let rest = text.get(start..).unwrap_or_default();
        let value = rest.trim_start_matches(['"', '\'', ' ']);
        let Some(value) = value.strip_prefix([':', '=']) else {
            continue;
        };
        let value = value.trim_start_matches(['"', '\'', ' ']);
        let len = value.find(['\r', '\n', '"', '\'']).unwrap_or(value.len());
        let start = text.len() - value.len();
        covered = start + len;
        spans.push((start, covered));
    }
}

/// Returns whether a word that follows "bearer" in error messages is not a token.
fn is_bearer_prose(word: &str) -> bool {
    ["authentication", "authorization", "tokens", "scheme", "challenge", "header"]
        .iter()
        .any(|w| word.eq_ignore_ascii_case(w))
}

/// Returns where each occurrence of an ASCII word ends, ignoring case. `rare` is its rarest letter, which occurs once in it.
fn ends_of_word<'a>(text: &'a str, word: &'a str, rare: u8) -> impl Iterator<Item = usize> + 'a {
    let (bytes, word) = (text.as_bytes(), word.as_bytes());
    let offset = word.iter().position(|letter| *letter == rare).unwrap_or_default();
    memchr2_iter(rare, rare.to_ascii_uppercase(), bytes).filter_map(move |at| {
        let begin = at.checked_sub(offset)?;
        let end = begin + word.len();
        bytes.get(begin..end)?.eq_ignore_ascii_case(word).then_some(end)
    })
}
