//! The headers of a webhook, as they are entered: a line each. Their values may be secrets, so that a form shows only their names.

use reqwest::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::notify::InvalidChannel;

/// What a form shows in place of a stored value. Entered again, it keeps that value.
pub const HIDDEN: &str = "•••";

/// Most headers of a webhook.
const MOST: usize = 20;

/// Headers that belong to the connection or to the message.
const RESERVED: [&str; 10] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "idempotency-key",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-duplistatus-signature",
];

/// A header; its name is in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value, if that is no secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Header {
    /// The line of a form.
    pub(super) fn line(&self) -> String {
        format!("{}: {}", self.name, self.value.as_deref().unwrap_or(HIDDEN))
    }
}

/// Names and values of the lines of a form.
///
/// # Errors
/// [`InvalidChannel`] when a line is no header, or names a value that is not known.
pub(super) fn read(text: &str) -> Result<Vec<(String, String)>, InvalidChannel> {
    let invalid = |hint| InvalidChannel { field: "headers", hint };
    let mut all: Vec<(String, String)> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, value) =
            line.split_once(':').ok_or(invalid("enter a header on each line, as Name: value"))?;
        let name = HeaderName::from_bytes(name.trim().as_bytes())
            .map_err(|_| invalid("the name of a header has letters, digits and hyphens only"))?;
        let value = value.trim();
        if value == HIDDEN {
            return Err(invalid("enter the values of the headers again"));
        }
        if !value.is_ascii() || HeaderValue::from_str(value).is_err() {
            return Err(invalid("the value of a header has visible characters of ASCII only"));
        }
        if RESERVED.contains(&name.as_str()) {
            return Err(invalid("leave out headers that duplistatus sets itself"));
        }
        if all.iter().any(|(known, _)| known == name.as_str()) {
            return Err(invalid("enter each header once"));
        }
        all.push((name.as_str().to_owned(), value.to_owned()));
    }
    if all.len() > MOST {
        return Err(invalid("use at most 20 headers"));
    }
    Ok(all)
}

/// The lines of a form, with known values in place of those that it hides.
#[must_use]
pub fn complete(text: &str, known: &[(String, String)]) -> String {
    let lines = text.lines().map(|line| {
        let stored = line
            .split_once(':')
            .filter(|(_, value)| value.trim() == HIDDEN)
            .and_then(|(name, _)| known.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim())));
        stored.map_or_else(|| line.to_owned(), |(name, value)| format!("{name}: {value}"))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_header() {
        let read = read("Authorization: Basic YTpi\r\n\n  x-place :attic: left \n").unwrap();
        let expected = [("authorization", "Basic YTpi"), ("x-place", "attic: left")];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_is_no_header_is_rejected() {
        let many: String = (0..=MOST).map(|number| format!("x-{number}: 1\n")).collect();
        for wrong in [
            "Authorization",
            "a b: c",
            ": c",
            "x: ü",
            "x: a\u{1}b",
            "Host: evil.example",
            "content-length: 3",
            "X-Duplistatus-Signature: sha256=1",
            "a: 1\nA: 2",
            "a: •••",
            &many,
        ] {
            assert_eq!(read(wrong).unwrap_err().field, "headers", "{wrong}");
        }
    }

    #[test]
    fn a_hidden_value_is_the_stored_one_of_that_name() {
        let known = [("authorization".to_owned(), "Bearer 1".to_owned())];
        assert_eq!(complete("Authorization: •••\nx-a: •••", &known), "authorization: Bearer 1\nx-a: •••");
        assert_eq!(complete("Authorization: Bearer 2", &known), "Authorization: Bearer 2");
    }
}
