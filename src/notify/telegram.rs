//! Telegram: `sendMessage` of a bot (<https://core.telegram.org/bots/api#sendmessage>), as plain text.

use serde_json::json;

use super::{InvalidChannel, Message, Request};

/// Where bots are asked.
pub(super) const API: &str = "https://api.telegram.org";

/// Checks the token of a bot: it becomes a part of the URL.
pub(super) fn token(text: &str) -> Result<(), InvalidChannel> {
    let is_usable = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '_' | '-');
    if text.contains(':') && text.chars().all(is_usable) {
        Ok(())
    } else {
        Err(InvalidChannel { field: "token", hint: "enter the token that BotFather gave, as 123456:ABC-DEF" })
    }
}

/// The number of a chat, or `@name` of a channel.
pub(super) fn chat(text: &str) -> Result<String, InvalidChannel> {
    let text = text.trim();
    let is_name = text
        .strip_prefix('@')
        .is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    if is_name || text.parse::<i64>().is_ok() {
        Ok(text.to_owned())
    } else {
        Err(InvalidChannel { field: "to", hint: "enter the number of the chat, or @name of a channel" })
    }
}

pub(super) fn request(api: &str, token: &str, chat: &str, message: &Message) -> Request {
    let link = message.link().map(|link| format!("\n{link}")).unwrap_or_default();
    let text = format!("{}\n{}{link}", message.title(), message.text());
    let body = json!({ "chat_id": chat, "text": text, "link_preview_options": { "is_disabled": true } });
    Request::json(format!("{api}/bot{token}/sendMessage"), &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        notify::message::tests::{item, message},
        topic::Topic,
    };

    #[test]
    fn a_message_is_plain_text() {
        let message = message(vec![item(Topic::Failed, "nas", "*photos*", "The disk is full.")]);
        let request = request(API, "1:a", "-100", &message);
        assert_eq!(request.url, "https://api.telegram.org/bot1:a/sendMessage");
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let text = "Failed: nas / *photos*\nThe disk is full.\nhttps://backup.example/status/incidents?job=3";
        assert_eq!(body["text"], text);
        assert!(body.get("parse_mode").is_none());
    }
}
