//! A body that somebody wrote: names in braces become what the message says, escaped for the format of the body.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    dto::channel::WEBHOOK_VARIABLES as VARIABLES,
    notify::{InvalidChannel, Message, mail, template},
};

/// For what values are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Form,
    Xml,
    Text,
}

impl Format {
    /// By the type that somebody chose, or else by how the body begins.
    fn of(body: &str, content_type: Option<&str>) -> Self {
        let is = |part: &str| content_type.is_some_and(|chosen| chosen.to_ascii_lowercase().contains(part));
        match content_type {
            Some(_) if is("json") => Self::Json,
            Some(_) if is("x-www-form-urlencoded") => Self::Form,
            Some(_) if is("xml") || is("html") => Self::Xml,
            // A name in braces is no object.
            None if template::render(body, |_| None).trim_start().starts_with(['{', '[']) => Self::Json,
            _ => Self::Text,
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
            Self::Xml => "application/xml",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    fn escaped(self, value: &str) -> String {
        match self {
            Self::Json => {
                let quoted = serde_json::Value::from(value).to_string();
                quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
            }
            Self::Form => utf8_percent_encode(value, NON_ALPHANUMERIC).to_string(),
            Self::Xml => mail::escaped(value),
            Self::Text => value.to_owned(),
        }
    }
}

/// Checks a body as it is entered. `content_type` is that of the headers.
///
/// # Errors
/// [`InvalidChannel`] when it names something unknown, or is JSON that nobody could read.
pub(super) fn check(body: &str, content_type: Option<&str>) -> Result<(), InvalidChannel> {
    let invalid = |hint| Err(InvalidChannel { field: "body", hint });
    if !template::unknown([body], &VARIABLES).is_empty() {
        return invalid("use only the names in braces that are listed below the field");
    }
    let format = Format::of(body, content_type);
    let sample = |name: &str| match name {
        "id" | "count" => "1".to_owned(),
        _ => format.escaped("a \"b\"\n"),
    };
    let samples: BTreeMap<_, _> = VARIABLES.iter().map(|name| (*name, sample(name))).collect();
    let rendered = template::render(body, |name| samples.get(name).map(String::as_str));
    if format == Format::Json && serde_json::from_str::<serde::de::IgnoredAny>(&rendered).is_err() {
        return invalid("this is not JSON: put names in braces between double quotes, as \"{title}\"");
    }
    Ok(())
}

/// The body of a message, and its type.
pub(super) fn render(body: &str, content_type: Option<&str>, message: &Message) -> (String, &'static str) {
    let format = Format::of(body, content_type);
    // What the items of a list do not share is empty.
    let common = |part: fn(&crate::notify::Item) -> &str| {
        let (first, rest) = message.items().split_first()?;
        (message.more == 0 && rest.iter().all(|item| part(item) == part(first)))
            .then(|| part(first).to_owned())
    };
    let plain = message.without_mute();
    let value = |name: &str| match name {
        "id" => Some(message.id.to_string()),
        "event" => Some(message.event().to_owned()),
        "title" => Some(message.title()),
        "text" => Some(plain.text()),
        "server_name" => common(|item| &item.server),
        "backup_name" => common(|item| &item.job),
        "count" => Some(message.count().to_string()),
        "link" => message.link(),
        _ => message.mute.clone(),
    };
    let values: BTreeMap<_, _> =
        VARIABLES.iter().map(|name| (*name, format.escaped(&value(name).unwrap_or_default()))).collect();
    (template::render(body, |name| values.get(name).map(String::as_str)), format.content_type())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::{
        notify::message::tests::{item, message},
        topic::Topic,
    };

    const JSON: &str = r#"{"chat": 5, "text": "{title}: {text}", "id": {id}, "where": "{server_name}"}"#;

    fn failed(server: &str, fact: &str) -> Message {
        message(vec![item(Topic::Failed, server, "photos", fact)])
    }

    #[test]
    fn values_are_escaped_for_the_format() {
        let message = failed("n\"a&s", "a <b> & \\ c");
        let (json, content_type) = render(JSON, None, &message);
        let read: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["text"], "Failed: n\"a&s / photos: a <b> & \\ c");
        assert_eq!((&read["id"], content_type), (&Value::from(7), "application/json"));
        let form = render("a={server_name}&b={text}", Some("Application/X-WWW-Form-Urlencoded"), &message).0;
        assert_eq!(form, "a=n%22a%26s&b=a%20%3Cb%3E%20%26%20%5C%20c");
        let xml = render("<m>{text}</m>", Some("text/xml"), &message);
        assert_eq!(xml, ("<m>a &lt;b&gt; &amp; \\ c</m>".to_owned(), "application/xml"));
        let text = render("{text}: {link}", None, &message);
        let link = "https://backup.example/status/incidents?job=3";
        assert_eq!(text, (format!("a <b> & \\ c: {link}"), "text/plain; charset=utf-8"));
    }

    #[test]
    fn what_a_list_does_not_share_is_empty() {
        let mut list = message(vec![
            item(Topic::Failed, "nas", "photos", "x"),
            item(Topic::Failed, "nas", "music", "y"),
        ]);
        let rendered = |list: &Message| render("{server_name}/{backup_name}/{count}", None, list).0;
        assert_eq!(rendered(&list), "nas//2");
        list.more = 4;
        assert_eq!(rendered(&list), "//6");
        assert_eq!(rendered(&Message::test(None, "x")), "//0");
    }

    #[test]
    fn a_body_that_cannot_be_read_is_rejected() {
        for (body, content_type, is_right) in [
            (JSON, None, true),
            ("", None, true),
            ("{title}", None, true),
            ("{\"a\": 1", None, false),
            ("{\"a\": 1", Some("text/plain"), true),
            (r#"{"a": {title}}"#, None, false),
            (r#"{"a": "{titel}"}"#, None, false),
            ("a: {server}", None, false),
            ("[{count}]", Some("application/json"), true),
        ] {
            assert_eq!(check(body, content_type).is_ok(), is_right, "{body} {content_type:?}");
        }
    }

    proptest! {
        #[test]
        fn json_stays_json_whatever_a_message_says(server in any::<String>(), fact in any::<String>()) {
            let message = failed(&server, &fact);
            let read: Value = serde_json::from_str(&render(JSON, None, &message).0).unwrap();
            prop_assert_eq!(read["text"].as_str().unwrap(), format!("{}: {}", message.title(), message.text()));
        }
    }
}
