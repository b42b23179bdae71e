//! Apprise API: `POST /notify/{key}` with a stored configuration, or `POST /notify` with the URLs of the services
//! (<https://github.com/caronc/apprise-api#api-details>).

use serde_json::{Value, json};

use super::{InvalidChannel, Message, Request};
use crate::topic::Topic;

/// Checks the key of a configuration, or the URLs of services. Returns whether it is URLs.
pub(super) fn key(text: &str) -> Result<bool, InvalidChannel> {
    let text = text.trim();
    if text.contains("://") {
        return Ok(true);
    }
    let is_usable = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if text.is_empty() || text.len() > 64 || !text.chars().all(is_usable) {
        let hint =
            "enter the key of a configuration (letters, digits, dashes and underscores), or URLs of Apprise";
        return Err(InvalidChannel { field: "key", hint });
    }
    Ok(false)
}

pub(super) fn request(server: &str, key: &str, tags: &str, message: &Message) -> Request {
    let kind = match message.worst() {
        Topic::System | Topic::Stuck | Topic::Failed => "failure",
        Topic::Silent | Topic::Late | Topic::Check | Topic::Quota | Topic::NewWarning => "warning",
        Topic::Recovered => "success",
    };
    let link = message.link().map(|link| format!("\n{link}")).unwrap_or_default();
    let mut body = json!({
        "title": message.title(),
        "body": format!("{}{link}", message.text()),
        "type": kind,
        "format": "text",
    });
    let is_urls = key.contains("://");
    if let Value::Object(body) = &mut body {
        if is_urls {
            body.insert("urls".to_owned(), key.into());
        }
        if !tags.is_empty() {
            body.insert("tag".to_owned(), tags.into());
        }
    }
    let path = if is_urls { "notify".to_owned() } else { format!("notify/{key}") };
    Request::json(format!("{server}/{path}"), &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::message::tests::{item, message};

    #[test]
    fn a_key_is_in_the_path_and_urls_are_in_the_body() {
        let message = message(vec![item(Topic::Late, "nas", "photos", "Expected at 02:00.")]);
        let stored = request("http://apprise:8000", "backups", "phone", &message);
        assert_eq!(stored.url, "http://apprise:8000/notify/backups");
        let body: Value = serde_json::from_slice(&stored.body).unwrap();
        let link = "https://backup.example/status/incidents?job=3";
        assert_eq!(
            body,
            json!({
                "title": "Overdue: nas / photos",
                "body": format!("Expected at 02:00.\n{link}"),
                "type": "warning",
                "format": "text",
                "tag": "phone",
            })
        );
        let urls = "mailto://user:pass@gmail.com";
        let stateless = request("http://apprise:8000", urls, "", &message);
        assert_eq!(stateless.url, "http://apprise:8000/notify");
        let body: Value = serde_json::from_slice(&stateless.body).unwrap();
        assert_eq!((&body["urls"], body.get("tag")), (&json!(urls), None));
    }

    #[test]
    fn a_key_cannot_leave_its_path() {
        assert_eq!(key("backups_1"), Ok(false));
        assert_eq!(key("ntfy://a, mailto://b:c@d.example"), Ok(true));
        assert!(key("../del/backups").is_err() && key("").is_err());
    }
}
