//! Form bodies. Invariant: the message is returned as its sender wrote it; `+` is a space only for relays that encode spaces
//! as `+`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::{encoding, value::Object};

/// Maximum number of parameters read.
const MAX_PARAMETERS: usize = 200;

/// A decoded form: the message and the other parameters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) message: String,
    pub(crate) parameters: Object,
}

/// Returns whether a body is a form although its content type does not say so.
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

/// Decodes a form. A body without parameters is itself the message.
pub(crate) fn parse(body: &str) -> Form {
    let body = body.trim();
    // `curl -d "message=$text"` sends the text unencoded; splitting it at `&` or decoding `%` would damage it. Parameters
    // after an encoded message are split off: from 2.1.0.109 on, Duplicati appends them as they were entered.
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

/// Returns which parameter is the message: by its name, else by its content, else the longest one, because the name can be
/// configured.
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

/// Splits a parameter again: versions 2.1.0.0 to 2.1.0.5 encode `a=b&c=d` as a whole, so it arrives as one name without a
/// value.
fn split_again((name, value): (String, String)) -> Vec<(String, String)> {
    if value.is_empty() && name.contains('=') {
        name.split('&').take(MAX_PARAMETERS).map(pair).collect()
    } else {
        vec![(name, value)]
    }
}

/// Percent-decodes a text. Invalid sequences are left as they are.
fn decode(text: &str) -> String {
    let plus_is_space = !text.contains("%20");
    let text = if plus_is_space { Cow::Owned(text.replace('+', " ")) } else { Cow::Borrowed(text) };
    let bytes: Cow<'_, [u8]> = percent_decode_str(&text).into();
    encoding::decode(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::by_its_name("message=x", true)]
    #[case::a_space("text=a%20b", true)]
    #[case::a_line_end("text=a%0Ab", true)]
    #[case::a_brace("text=%7B", true)]
    #[case::a_dash_in_the_name("my-text=a%20b", true)]
    #[case::no_name("=a%20b", false)]
    #[case::no_such_name("https://a.example/?b=a%20b", false)]
    #[case::nothing_encoded("text=a", false)]
    #[case::a_bare_space("text=a%20b c", false)]
    #[case::no_value("a%20b", false)]
    fn a_form_is_known_by_its_encoding(#[case] body: &str, #[case] expected: bool) {
        assert_eq!(looks_like_form(body), expected);
    }

    #[rstest]
    #[case::not_the_first("aaaaaaaaaa=1&message=hello", "hello")]
    #[case::empty_message("message=&text=hello", "hello")]
    #[case::looks_like_json("note=longer%20text&x=%20{}", " {}")]
    #[case::looks_like_a_report("note=longer%20text%20than&x=Duplicati%20B", "Duplicati B")]
    #[case::the_longest("a=1&b=hello&c=2", "hello")]
    #[case::all_empty("a=&b=", "")]
    #[case::as_it_is("message=5 %20 6", "5 %20 6")]
    #[case::as_it_is_with_a_separator("message=a&x=b c", "a&x=b c")]
    #[case::a_name_of_two_words("a b=c", "a b=c")]
    #[case::no_name("=a b", "=a b")]
    #[case::any_name("text=a b", "a b")]
    #[case::encoded_before_a_parameter_as_entered("message=a%20b&x=c d", "a b")]
    #[case::no_parameter("a%41", "aA")]
    #[case::no_hex("message=5%2x%", "5%2x%")]
    #[case::plus("message=a+b", "a b")]
    #[case::plus_as_it_is("message=a+b%20c", "a+b c")]
    fn the_message_is_found_and_decoded(#[case] body: &str, #[case] expected: &str) {
        assert_eq!(parse(body).message, expected);
    }

    #[rstest]
    #[case::encoded_as_a_whole("message=m&a%3Db%26c%3Dd", &[("a", "b"), ("c", "d")])]
    #[case::an_ampersand_in_a_name("message=m&a%26b", &[("a&b", "")])]
    #[case::an_equals_sign_in_a_name("message=m&a%3Db=c", &[("a=b", "c")])]
    fn parameters_are_kept_beside_the_message(#[case] body: &str, #[case] expected: &[(&str, &str)]) {
        let parameters = parse(body).parameters;
        let found: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap_or("?"))).collect();
        assert_eq!(found, expected);
    }
}
