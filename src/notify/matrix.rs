//! Matrix: an event `m.room.message`
//! (<https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid>).

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;

use super::{InvalidChannel, Message, Request, mail::escaped};

/// The id of a room. An alias may lead to another room tomorrow, and is not accepted by the method.
pub(super) fn room(text: &str) -> Result<String, InvalidChannel> {
    let text = text.trim();
    // Since version 12 of rooms, an id has no server at its end.
    let is_id = text.strip_prefix('!').is_some_and(|rest| !rest.is_empty());
    if is_id && text.len() <= 255 && !text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        Ok(text.to_owned())
    } else {
        let hint = "enter the internal id of the room, which begins with “!” (room settings → Advanced)";
        Err(InvalidChannel { field: "to", hint })
    }
}

/// `transaction` is the same when the message is sent again: the homeserver then stores it once.
pub(super) fn request(
    server: &str,
    token: &str,
    room: &str,
    transaction: &str,
    message: &Message,
) -> Request {
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let url = format!(
        "{server}/_matrix/client/v3/rooms/{}/send/m.room.message/{}",
        encoded(room),
        encoded(transaction)
    );
    let (title, text, link) = (message.title(), message.text(), message.link());
    let plain_link = link.as_ref().map(|link| format!("\n{link}")).unwrap_or_default();
    let html_link = link
        .map(|link| format!("<br><a href=\"{}\">Open duplistatus</a>", escaped(&link)))
        .unwrap_or_default();
    let body = json!({
        "msgtype": "m.text",
        "body": format!("{title}\n{text}{plain_link}"),
        "format": "org.matrix.custom.html",
        "formatted_body": format!(
            "<strong>{}</strong><br>{}{html_link}",
            escaped(&title),
            escaped(&text).replace('\n', "<br>")
        ),
        // Names such as “@room” are no mentions.
        "m.mentions": {},
    });
    Request::json(url, &body).put().with("authorization", format!("Bearer {token}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        notify::{
            Method,
            message::tests::{item, message},
        },
        topic::Topic,
    };

    #[test]
    fn a_message_is_put_under_its_transaction_and_escaped() {
        let message = message(vec![item(Topic::Failed, "nas", "<b>@room</b>", "a & b")]);
        let request =
            request("https://matrix.example", "syt_1", "!abc:example.org", "duplistatus-x-7", &message);
        assert_eq!(request.method, Method::Put);
        assert_eq!(
            request.url,
            "https://matrix.example/_matrix/client/v3/rooms/%21abc%3Aexample%2Eorg/send/m.room.message/duplistatus%2Dx%2D7"
        );
        assert_eq!(request.header("authorization"), Some("Bearer syt_1"));
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((&body["msgtype"], &body["m.mentions"]), (&json!("m.text"), &json!({})));
        let link = "https://backup.example/status/incidents?job=3";
        assert_eq!(body["body"], format!("Failed: nas / <b>@room</b>\na & b\n{link}"));
        assert_eq!(
            body["formatted_body"],
            format!(
                "<strong>Failed: nas / &lt;b&gt;@room&lt;/b&gt;</strong><br>a &amp; b<br><a href=\"{link}\">Open duplistatus</a>"
            )
        );
    }

    #[test]
    fn a_room_is_named_by_its_id() {
        assert!(
            room(" !abc:example.org ").is_ok()
                && room("!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM").is_ok()
        );
        for other in ["#backups:example.org", "backups", "!", "!a b:c", ""] {
            assert_eq!(room(other).unwrap_err().field, "to", "{other}");
        }
    }
}
