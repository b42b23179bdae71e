//! Gotify: `POST /message` with the token of an application (<https://gotify.net/docs/pushmsg>).

use serde_json::json;

use super::{Message, Request};
use crate::topic::Topic;

pub(super) fn request(server: &str, token: &str, message: &Message) -> Request {
    let priority = if message.worst() <= Topic::Check { 4 } else { 8 };
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
    use crate::notify::message::tests::{item, message};

    #[test]
    fn the_token_is_in_a_header_and_not_in_the_address() {
        let message = message(vec![item(Topic::Failed, "nas", "photos", "The disk is full.")]);
        let request = request("https://gotify.example/push", "A1", &message);
        assert_eq!(request.url, "https://gotify.example/push/message");
        assert_eq!(request.headers, [("x-gotify-key", "A1".to_owned())]);
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((&body["priority"], &body["message"]), (&json!(8), &json!("The disk is full.")));
    }
}
