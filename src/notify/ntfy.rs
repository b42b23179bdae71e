//! ntfy: JSON to the root of the server (<https://docs.ntfy.sh/publish/#publish-as-json>).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{InvalidChannel, Message, Priority, Request};
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

/// The link by which the app on a phone subscribes to a topic (<https://docs.ntfy.sh/subscribe/phone/#ntfy-links>).
#[must_use]
pub fn phone_link(server: &str, topic: &str) -> String {
    let host = server.split_once("://").map_or(server, |(_, host)| host);
    let insecure = if server.starts_with("http://") { "?secure=false" } else { "" };
    format!("ntfy://{host}/{topic}{insecure}")
}

/// How somebody who may write to a topic proves that: a token, or a user with a password.
pub(super) fn authorization(user: Option<&str>, token: &str) -> String {
    match user {
        Some(user) => format!("Basic {}", STANDARD.encode(format!("{user}:{token}"))),
        None => format!("Bearer {token}"),
    }
}

pub(super) fn request(
    (server, topic): (&str, &str),
    (user, token): (Option<&str>, Option<&str>),
    priority: Priority,
    message: &Message,
) -> Request {
    let tag = match message.worst() {
        Topic::System | Topic::Stuck | Topic::Failed => "rotating_light",
        Topic::Silent | Topic::Late => "alarm_clock",
        Topic::Check | Topic::Quota | Topic::NewWarning => "warning",
        Topic::Recovered => "white_check_mark",
    };
    let priority = match priority.of(message) {
        Priority::Low => 2,
        Priority::Auto | Priority::Normal => 3,
        Priority::High => 4,
        Priority::Urgent => 5,
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
        Some(token) => request.with("authorization", authorization(user, token)),
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
        let place = ("https://ntfy.example", "backups");
        let request = request(place, (None, None), Priority::Auto, &message);
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["actions"][0]["action"], "view");
        assert_eq!(body["actions"][0]["url"], "https://backup.example/status/snooze/abc");
        assert_eq!(body["message"], "Expected at 02:00.");
    }

    #[test]
    fn a_message_is_published_as_json() {
        let message = message(vec![item(Topic::Late, "nas", "photos", "Expected at 02:00.")]);
        let place = ("https://ntfy.example", "backups");
        let request = request(place, (None, Some("tk_1")), Priority::Auto, &message);
        assert_eq!(request.url, "https://ntfy.example");
        assert_eq!(request.header("authorization"), Some("Bearer tk_1"));
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(
            body,
            json!({
                "topic": "backups",
                "title": "Overdue: nas / photos",
                "message": "Expected at 02:00.",
                "priority": 4,
                "tags": ["alarm_clock"],
                "click": "https://backup.example/status/incidents?job=3",
            })
        );
    }

    #[test]
    fn a_user_signs_in_with_a_password() {
        let message = message(vec![item(Topic::Failed, "nas", "photos", "x")]);
        let place = ("https://ntfy.example", "backups");
        let request = request(place, (Some("phil"), Some("mypass")), Priority::Urgent, &message);
        // The example of the documentation of ntfy.
        assert_eq!(request.header("authorization"), Some("Basic cGhpbDpteXBhc3M="));
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["priority"], 5);
    }

    #[test]
    fn the_link_for_a_phone_says_when_the_server_has_no_tls() {
        assert_eq!(phone_link("https://ntfy.sh", "mytopic"), "ntfy://ntfy.sh/mytopic");
        assert_eq!(phone_link("http://nas:8080", "a"), "ntfy://nas:8080/a?secure=false");
    }
}
