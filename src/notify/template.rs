//! Texts with names in braces. There is no logic in them, and what is put in is not read again: a name of a job cannot be a template.

use crate::dto::template::{BODY, TITLE, TemplateError};

/// A piece of a template.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    /// A name in braces.
    Name(&'t str),
    /// A name in double braces: it stays, in single ones.
    Quoted(&'t str),
}

/// The pieces of a template. What is no name in braces is text.
fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (text, found) = rest.split_at(at);
        if !text.is_empty() {
            all.push(Piece::Text(text));
        }
        let is_double = found.starts_with("{{");
        let (open, close) = if is_double { ("{{", "}}") } else { ("{", "}") };
        let name = found
            .strip_prefix(open)
            .and_then(|inside| inside.split_once(close))
            .filter(|(name, _)| is_name(name));
        match name {
            Some((name, tail)) => {
                all.push(if is_double { Piece::Quoted(name) } else { Piece::Name(name) });
                rest = tail;
            }
            None => {
                let (brace, tail) = found.split_at(1);
                all.push(Piece::Text(brace));
                rest = tail;
            }
        }
    }
    if !rest.is_empty() {
        all.push(Piece::Text(rest));
    }
    all
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Checks a title and a text, in which these names can stand.
///
/// # Errors
/// [`TemplateError`] that names what is wrong.
pub fn check(title: &str, body: &str, variables: &[&str]) -> Result<(), TemplateError> {
    if title.trim().is_empty() {
        return Err(TemplateError::NoTitle);
    }
    for (text, most) in [(title, TITLE), (body, BODY)] {
        if text.chars().count() > most {
            return Err(TemplateError::TooLong(most));
        }
    }
    let unknown = unknown([title, body], variables);
    if unknown.is_empty() { Ok(()) } else { Err(TemplateError::Unknown(unknown)) }
}

/// The names in some texts that are none of `variables`, each once.
#[must_use]
pub fn unknown<const N: usize>(texts: [&str; N], variables: &[&str]) -> Vec<String> {
    let mut unknown: Vec<String> = Vec::new();
    for piece in texts.into_iter().flat_map(pieces) {
        if let Piece::Name(name) = piece
            && !variables.contains(&name)
            && !unknown.iter().any(|known| known == name)
        {
            unknown.push(name.to_owned());
        }
    }
    unknown
}

/// Puts in what `value` knows; what it does not know is empty.
#[must_use]
pub fn render<'v>(template: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    let mut text = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Text(part) => text.push_str(part),
            Piece::Name(name) => text.push_str(value(name).unwrap_or_default()),
            Piece::Quoted(name) => {
                text.push('{');
                text.push_str(name);
                text.push('}');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dto::template::{DEFAULT_BODY, DEFAULT_TITLE, TemplateTopic, VARIABLES};

    fn check(title: &str, body: &str) -> Result<(), TemplateError> {
        super::check(title, body, &VARIABLES)
    }

    fn rendered(template: &str) -> String {
        render(template, |name| match name {
            "server_name" => Some("nas"),
            "backup_name" => Some("{status} of {{photos}}"),
            _ => None,
        })
    }

    #[test]
    fn names_in_braces_become_values_and_values_are_not_read_again() {
        assert_eq!(rendered("{server_name}: {backup_name}!"), "nas: {status} of {{photos}}!");
        assert_eq!(rendered("{status}{nothing}."), ".");
        // As the Node application reads them.
        assert_eq!(rendered("{{server_name}} is {server_name}"), "{server_name} is nas");
        for text in [
            "",
            "{",
            "}",
            "{}",
            "{ server_name }",
            "{server name}",
            "{{",
            "{{}}",
            "{\"a\": {}}",
            "{é}",
            "{server_name",
        ] {
            assert_eq!(rendered(text), text);
        }
        assert_eq!(rendered("{{{server_name}"), "{{nas");
    }

    #[test]
    fn what_is_unknown_is_named_once() {
        assert_eq!(check(DEFAULT_TITLE, DEFAULT_BODY), Ok(()));
        assert_eq!(
            check("{Event}", "{foo} {server_name} {foo} {{bar}} { baz }"),
            Err(TemplateError::Unknown(vec!["Event".into(), "foo".into()]))
        );
        assert_eq!(check(" ", ""), Err(TemplateError::NoTitle));
        assert_eq!(check(&"ü".repeat(TITLE), &"ü".repeat(BODY)), Ok(()));
        assert_eq!(check(&"ü".repeat(TITLE + 1), ""), Err(TemplateError::TooLong(TITLE)));
        assert_eq!(check("a", &"ü".repeat(BODY + 1)), Err(TemplateError::TooLong(BODY)));
    }

    #[test]
    fn every_name_is_one() {
        for topic in TemplateTopic::ALL {
            let names = topic.variables();
            for name in names {
                assert_eq!(super::check(&format!("{{{name}}}"), "", names), Ok(()), "{name}");
            }
            let (title, body) = topic.default_text();
            assert_eq!(super::check(title, body, names), Ok(()), "{topic:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_without_names_it_stays(text in any::<String>(), other in "[{}a-z_ ]{0,40}") {
            let _ = check(&text, &other);
            let _ = rendered(&other);
            if !text.contains('{') {
                prop_assert_eq!(rendered(&text), text);
            }
        }
    }
}
