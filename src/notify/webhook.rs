//! A URL that takes our own JSON. The fields are part of the API: `docs/NOTIFICATIONS.md` lists them.

use ring::hmac;
use serde_json::json;

use super::{Message, Request};

/// `X-Duplistatus-Signature` is `sha256=` and the HMAC-SHA-256 of the body in hex, if the channel has a key.
/// `id` is the same when the message is sent again.
pub(super) fn request(url: &str, key: Option<&str>, id: &str, message: &Message) -> Request {
    let jobs: Vec<_> = message
        .items()
        .iter()
        .map(|item| {
            json!({
                "event": item.topic.as_str(),
                "reminder": item.is_reminder,
                "server": item.server,
                "job": item.job,
                "facts": item.facts,
            })
        })
        .collect();
    let body = json!({
        "id": message.id,
        "event": message.event(),
        "title": message.title(),
        "text": message.without_mute().text(),
        "link": message.link(),
        "snooze_link": message.mute,
        "jobs": jobs,
        "more": message.more,
    });
    let request = Request::json(url.to_owned(), &body).with("idempotency-key", format!("duplistatus-{id}"));
    match key {
        Some(key) => {
            let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), &request.body);
            request.with("x-duplistatus-signature", format!("sha256={}", hex::encode(signature)))
        }
        None => request,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        notify::message::tests::{item, message},
        topic::Topic,
    };

    #[test]
    fn the_body_is_signed_with_the_key() {
        let message = message(vec![item(Topic::Failed, "nas", "photos", "The disk is full.")]);
        let request = request("https://example.org/hook", Some("Jefe"), "7", &message);
        assert_eq!(request.header("idempotency-key"), Some("duplistatus-7"));
        let signature = request.header("x-duplistatus-signature").unwrap();
        let bytes = hex::decode(signature.strip_prefix("sha256=").unwrap()).unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"Jefe");
        assert!(hmac::verify(&key, &request.body, &bytes).is_ok());
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!(body["event"], "failed");
        assert_eq!(body["jobs"][0]["job"], "photos");
        assert_eq!(body["text"], "The disk is full.");
    }

    #[test]
    fn a_test_is_no_recovery() {
        let request = request("https://example.org/hook", None, "0-x", &Message::test(None, "family"));
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((&body["event"], &body["jobs"]), (&json!("test"), &json!([])));
        assert_eq!(body["text"], "This is a test of the channel “family”. Nothing is wrong.");
    }
}
