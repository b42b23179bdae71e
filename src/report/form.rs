//! Form bodies. Invariant: the message comes out as its sender wrote it; a plus sign is a space only for relays that
//! encode spaces that way.

use serde_json::Value;

use super::encoding;
use super::value::Object;

/// Most parameters looked at.
const MAX_PARAMETERS: usize = 200;

/// A decoded form: the message and what else was sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) message: String,
    pub(crate) parameters: Object,
}

/// Whether a body is a form although its type does not say so.
pub(crate) fn looks_like_form(body: &str) -> bool {
    if body.starts_with("message=") {
        return true;
    }
    let Some((name, value)) = body.split_once('=') else {
        return false;
    };
    let is_name = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    let is_encoded = value.contains("%20") || value.contains("%0A") || value.contains("%7B");
    is_name && is_encoded && !body.contains(|c: char| c.is_whitespace())
}

/// Decodes a form; a body without any parameter is its own message.
pub(crate) fn parse(body: &str) -> Form {
    let body = body.trim();
    // `curl -d "message=$text"` sends the text as it is; cutting it at `&` or decoding `%` would only damage it.
    // Parameters behind an encoded message are another matter: from 2.1.0.109 on Duplicati appends them as they were entered.
    let first = body.split('&').next().unwrap_or_default();
    let is_encoded = first.contains("%20") && !first.contains(['\n', ' ']);
    if body.contains(['\n', ' ']) && !is_encoded {
        let (name, value) = body.split_once('=').unwrap_or_default();
        let is_name = !name.is_empty() && !name.contains(|c: char| c.is_whitespace());
        let message = if is_name { value } else { body };
        return Form { message: message.to_owned(), parameters: Object::new() };
    }
    let mut pairs: Vec<(String, String)> = body.split('&').take(MAX_PARAMETERS).map(pair).collect();
    let Some(at) = message_index(&pairs) else {
        return Form {
            message: if body.contains('=') { String::new() } else { decode(body) },
            parameters: Object::new(),
        };
    };
    let (_, message) = pairs.swap_remove(at);
    let parameters =
        pairs.into_iter().flat_map(split_again).map(|(name, value)| (name, Value::from(value))).collect();
    Form { message, parameters }
}

fn pair(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (decode(name), decode(value))
}

/// Which parameter is the message: by name, else by looks, else by length, as the name can be configured.
fn message_index(pairs: &[(String, String)]) -> Option<usize> {
    let looks = |value: &str| value.trim_start().starts_with('{') || value.starts_with("Duplicati ");
    pairs
        .iter()
        .position(|(name, value)| name == "message" && !value.trim().is_empty())
        .or_else(|| pairs.iter().position(|(_, value)| looks(value)))
        .or_else(|| {
            let longest = pairs.iter().enumerate().max_by_key(|(_, (_, value))| value.len())?;
            (!longest.1.1.is_empty()).then_some(longest.0)
        })
}

/// 2.1.0.0 to 2.1.0.5 encode `a=b&c=d` as a whole, which arrives as one name without a value.
fn split_again((name, value): (String, String)) -> Vec<(String, String)> {
    if value.is_empty() && name.contains('=') {
        name.split('&').take(MAX_PARAMETERS).map(pair).collect()
    } else {
        vec![(name, value)]
    }
}

/// Percent-decodes; sequences that are none stay as they are.
fn decode(text: &str) -> String {
    let plus_is_space = !text.contains("%20");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (*first, tail) {
            (b'%', [high, low, after @ ..]) => {
                if let Some(byte) = hex(*high, *low) {
                    bytes.push(byte);
                    rest = after;
                } else {
                    bytes.push(b'%');
                }
            }
            (b'+', _) if plus_is_space => bytes.push(b' '),
            (byte, _) => bytes.push(byte),
        }
    }
    encoding::decode(&bytes).into_owned()
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}
