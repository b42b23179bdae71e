//! The claimed sender of a body, even if the body is not a readable report, and the key that it contains.

use serde_json::Value;

use super::{Format, Identity, Limits, Message, encoding, form, json, parse, value::Object};

/// The name of a key in a body.
const KEY: &str = "api_key";

/// Returns the machine and the job that a body names, as far as it can be read. None of it is authenticated.
#[must_use]
pub fn sender(content_type: Option<&str>, body: &[u8]) -> Identity {
    match parse(content_type, body) {
        Ok(Message::Report(report)) => report.identity,
        Ok(Message::Live(live)) => live.identity,
        Ok(Message::Unidentified(_)) => Identity::default(),
        Err(_) => of_json(content_type, body),
    }
}

/// Reads the identity from JSON that is not a valid report.
fn of_json(content_type: Option<&str>, body: &[u8]) -> Identity {
    let decoded = encoding::decode(body);
    let text = decoded.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{FEFF}');
    let message = if Format::of(content_type, text) == Format::Form {
        form::parse(text).message
    } else {
        text.to_owned()
    };
    let Ok(Value::Object(whole)) = serde_json::from_str::<Value>(message.trim_start_matches('\u{FEFF}'))
    else {
        return Identity::default();
    };
    let nothing = Object::new();
    let extra = whole.get("Extra").and_then(Value::as_object).unwrap_or(&nothing);
    Identity::from_extra(extra).or(Identity::from_extra(&whole))
}

/// Returns the key that a body contains: `Extra.api_key` of a report, or the parameter `api_key` of a form. Duplicati sends it there if it
/// is set with `send-http-extra-parameters`.
#[must_use]
pub fn key_in(content_type: Option<&str>, body: &[u8]) -> Option<String> {
    let decoded = encoding::decode(body);
    if !decoded.contains(KEY) {
        return None;
    }
    let text = decoded.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{FEFF}');
    let (message, parameters) = match Format::of(content_type, text) {
        Format::Json => (text.to_owned(), Object::new()),
        Format::Form => {
            let form = form::parse(text);
            (form.message, form.parameters)
        }
        Format::Text => return None,
    };
    let limits = Limits::default();
    let extra =
        json::parse_object(message.trim_start_matches('\u{FEFF}'), &limits).ok().and_then(|mut whole| {
            match whole.remove("Extra")? {
                Value::Object(extra) => Some(extra),
                Value::String(text) => json::parse_object(&text, &limits).ok(),
                _ => None,
            }
        });
    let of = |object: &Object| object.get(KEY).and_then(Value::as_str).map(|key| key.trim().to_owned());
    extra.as_ref().and_then(of).or_else(|| of(&parameters)).filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_the_extra_part_and_in_a_form() {
        let key = |body: &str| key_in(None, body.as_bytes());
        let found = Some("k-1".to_owned());
        assert_eq!(key(r#"{"Data":{},"Extra":{"api_key":" k-1 "}}"#), found);
        assert_eq!(key(r#"{"Data":{},"Extra":"{\"api_key\":\"k-1\"}"}"#), found, "encoded by a relay");
        assert_eq!(key("message=Duplicati%20Backup%20report&api_key=k-1"), found);
        assert_eq!(
            key("message=%7B%22Data%22%3A%7B%7D%7D&api_key%3Dk-1%26b%3Dc"),
            found,
            "encoded as a whole"
        );
        assert_eq!(key("message=%7B%22Extra%22%3A%7B%22api_key%22%3A%22k-1%22%7D%7D%20"), found);
        for none in [
            "",
            "api_key",
            "Duplicati Backup report for api_key: k-1",
            r#"{"api_key":"k-1"}"#,
            r#"{"Data":{"api_key":"k-1"}}"#,
            r#"{"Extra":{"api_key":1}}"#,
            r#"{"Extra":{"api_key":""}}"#,
            r#"{"Extra":{"api_key":"k-1""#,
        ] {
            assert_eq!(key(none), None, "{none}");
        }
        let marked: Vec<u8> = [&b"\xFF\xFE"[..], &utf_16(r#"{"Extra":{"api_key":"k-1"}}"#)].concat();
        assert_eq!(key_in(Some("application/json"), &marked), found);
    }

    fn utf_16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn names(body: &str) -> (Option<String>, Option<String>) {
        let found = sender(None, body.as_bytes());
        (found.machine_name, found.backup_name)
    }

    #[test]
    fn a_report_names_its_machine_and_job_also_where_it_cannot_be_read() {
        let both = (Some("nas".to_owned()), Some("Photos".to_owned()));
        let extra = r#""Extra":{"machine-name":"nas","backup-name":"Photos","OperationName":"Backup"}"#;
        let good =
            format!(r#"{{"Data":{{"BeginTime":"2026-11-23T02:00:00Z","ParsedResult":"Success"}},{extra}}}"#);
        assert_eq!(names(&good), both);
        assert_eq!(names(&format!(r#"{{"Data":7,{extra}}}"#)), both);
        assert_eq!(
            names(
                "Duplicati Backup report for Photos (0123456789abcdef0123456789abcdef, DB-1, nas)\n\nParsedResult: Success\nBeginTime: 23.11.2026 02:00:00 (1795435200)\n"
            ),
            both
        );
    }

    #[test]
    fn hostile_names_are_bounded_and_printable() {
        let body = format!(
            r#"{{"Data":7,"Extra":{{"machine-name":"a\u0000\n<b>{}","backup-name":"\u202e"}}}}"#,
            "x".repeat(9000)
        );
        let (machine, job) = names(&body);
        let machine = machine.unwrap_or_default();
        assert!(
            machine.starts_with("a") && machine.chars().count() <= 200 && !machine.contains(char::is_control)
        );
        assert_eq!(job, None);
        assert_eq!(names("{\"Extra\":["), (None, None));
        assert_eq!(names(""), (None, None));
    }
}
