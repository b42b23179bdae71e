//! The claimed sender of a body, even if the body is not a readable report. Shown in the list of rejected reports.

use serde_json::Value;

use super::{Format, Identity, Message, encoding, form, parse, value::Object};

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

#[cfg(test)]
mod tests {
    use super::*;

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
