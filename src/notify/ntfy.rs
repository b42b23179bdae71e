//! ntfy: JSON to the root of the server (<https://docs.ntfy.sh/publish/#publish-as-json>).

use serde_json::{Value, json};

use super::{InvalidChannel, Message, Request};
use crate::topic::Topic;

/// A topic, as ntfy allows them.
pub(super) fn topic(text: &str) -> Result<String, InvalidChannel> {
    let text = text.trim();
    let is_usable = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if text.is_empty() || text.len() > 64 || !text.chars().all(is_usable) {
        let hint = "use 1 to 64 letters, digits, dashes and underscores";
        return Err(InvalidChannel { field: "to", hint });
    }
    Ok(text.to_owned())
}

pub(super) fn request(server: &str, topic: &str, token: Option<&str>, message: &Message) -> Request {
    let (priority, tag) = match message.worst() {
        Topic::Stuck | Topic::Failed => (4, "rotating_light"),
        Topic::Late => (4, "alarm_clock"),
        Topic::Check => (3, "warning"),
        Topic::Recovered => (3, "white_check_mark"),
    };
    let mut body = json!({
        "topic": topic,
        "title": message.title(),
        "message": message.without_mute().text(),
        "priority": priority,
        "tags": [tag],
    });
    if let (Some(link), Value::Object(body)) = (message.link(), &mut body) {
        body.insert("click".to_owned(), link.into());
    }
    if let (Some(link), Value::Object(body)) = (&message.mute, &mut body) {
        let action =
            json!({ "action": "view", "label": "Acknowledge or snooze", "url": link, "clear": false });
        body.insert("actions".to_owned(), json!([action]));
    }
    let request = Request::json(server.to_owned(), &body);
    match token {
        Some(token) => request.with("authorization", format!("Bearer {token}")),
        None => request,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::message::tests::{item, message};

    #[test]
    fn the_link_of_the_incident_is_a_button() {
        let mut message = message(vec![item(Topic::Late, "nas", "photos", "Expected at 02:00.")]);
        message.mute = Some("https://backup.example/status/snooze/abc".into());
        let body: Value =
            serde_json::from_slice(&request("https://ntfy.example", "backups", None, &message).body).unwrap();
        assert_eq!(body["actions"][0]["action"], "view");
        assert_eq!(body["actions"][0]["url"], "https://backup.example/status/snooze/abc");
        assert_eq!(body["message"], "Expected at 02:00.");
    }

    #[test]
    fn a_message_is_published_as_json() {
        let message = message(vec![item(Topic::Late, "nas", "photos", "Expected at 02:00.")]);
        let request = request("https://ntfy.example", "backups", Some("tk_1"), &message);
        assert_eq!(request.url, "https://ntfy.example");
        assert_eq!(request.headers, [("authorization", "Bearer tk_1".to_owned())]);
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(
            body,
            json!({
                "topic": "backups",
                "title": "Late: nas / photos",
                "message": "Expected at 02:00.",
                "priority": 4,
                "tags": ["alarm_clock"],
                "click": "https://backup.example/status/incidents?job=3",
            })
        );
    }
}
