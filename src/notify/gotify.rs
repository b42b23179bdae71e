//! Gotify: `POST /message` with the token of an application (<https://gotify.net/docs/pushmsg>).

use serde_json::json;

use super::{Message, Priority, Request};

pub(super) fn request(server: &str, token: &str, priority: Priority, message: &Message) -> Request {
    // The app rings from 4 on, and shows a banner from 8 on.
    let priority = match priority.of(message) {
        Priority::Low => 1,
        Priority::Auto | Priority::Normal => 4,
        Priority::High => 8,
        Priority::Urgent => 10,
    };
    let extras = message.link().map(|link| json!({ "client::notification": { "click": { "url": link } } }));
    let body = json!({
        "title": message.title(),
        "message": message.text(),
        "priority": priority,
        "extras": extras.unwrap_or_else(|| json!({})),
    });
    Request::json(format!("{server}/message"), &body).with("x-gotify-key", token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        notify::message::tests::{item, message},
        topic::Topic,
    };

    #[test]
    fn the_token_is_in_a_header_and_not_in_the_address() {
        let message = message(vec![item(Topic::Failed, "nas", "photos", "The disk is full.")]);
        let request = request("https://gotify.example/push", "A1", Priority::Auto, &message);
        assert_eq!(request.url, "https://gotify.example/push/message");
        assert_eq!(request.header("x-gotify-key"), Some("A1"));
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((&body["priority"], &body["message"]), (&json!(8), &json!("The disk is full.")));
    }
}
