//! A URL that takes our own JSON, or a body that somebody wrote. The fields are part of the API: `docs/NOTIFICATIONS.md` lists them.

mod body;
mod headers;

use ring::hmac;
use serde::{Deserialize, Serialize};
use serde_json::json;

use self::headers::Header;
pub use self::headers::complete as complete_headers;
use super::{InvalidChannel, Message, Method, Request};
use crate::dto::channel::ChannelForm;

/// How a webhook wants its requests, where that was changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Custom {
    method: Method,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    headers: Vec<Header>,
    /// What is sent in place of our own JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
}

/// Names and secret values of headers.
type SecretHeaders = Vec<(String, String)>;

impl Custom {
    /// What a form says, and the values of its headers that are secrets.
    ///
    /// # Errors
    /// [`InvalidChannel`] when a field is wrong.
    pub(super) fn new(form: &ChannelForm) -> Result<(Self, SecretHeaders), InvalidChannel> {
        let word = form.method.trim();
        let method = Method::from_word(word).or_else(|| word.is_empty().then(Method::default));
        let method = method.ok_or(InvalidChannel { field: "method", hint: "use post, put, patch or get" })?;
        let is_public = |name: &str| name == "content-type";
        let entered = headers::read(&form.headers)?;
        let headers = entered.iter().map(|(name, value)| Header {
            name: name.clone(),
            value: is_public(name).then(|| value.clone()),
        });
        let custom = Self {
            method,
            headers: headers.collect(),
            body: Some(form.body.replace("\r\n", "\n")).filter(|body| !body.trim().is_empty()),
        };
        if let Some(body) = &custom.body {
            body::check(body, custom.content_type())?;
        }
        Ok((custom, entered.into_iter().filter(|(name, _)| !is_public(name)).collect()))
    }

    /// Fills in the form by which it was entered, without secrets.
    pub(super) fn form(&self) -> ChannelForm {
        let lines: Vec<String> = self.headers.iter().map(Header::line).collect();
        ChannelForm {
            method: self.method.as_str().to_owned(),
            headers: lines.join("\n"),
            body: self.body.clone().unwrap_or_default(),
            ..ChannelForm::default()
        }
    }

    fn content_type(&self) -> Option<&str> {
        self.headers.iter().find(|header| header.name == "content-type")?.value.as_deref()
    }

    /// The request that was asked for; `None` when the value of a header is missing.
    fn request(&self, url: String, secrets: &[(String, String)], message: &Message) -> Option<Request> {
        let mut request = match (&self.body, self.method) {
            (_, Method::Get) => Request::get(url),
            (Some(body), _) => {
                let (body, content_type) = body::render(body, self.content_type(), message);
                Request::bytes(url, body.into_bytes()).with("content-type", content_type.to_owned())
            }
            (None, _) => own_json(url, message),
        };
        request.method = self.method;
        for header in &self.headers {
            let secret =
                || secrets.iter().find(|(name, _)| *name == header.name).map(|(_, value)| value.clone());
            let value = header.value.clone().or_else(secret)?;
            request.headers.retain(|(name, _)| *name != header.name);
            request = request.with(header.name.clone(), value);
        }
        Some(request)
    }
}

/// The request of a webhook. `X-Duplistatus-Signature` is `sha256=` and the HMAC-SHA-256 of the body in hex, if the channel has a key.
/// `id` is the same when the message is sent again. `None` when the value of a header is missing.
pub(super) fn request(
    url: &str,
    key: Option<&str>,
    id: &str,
    (custom, secrets): (&Custom, &[(String, String)]),
    message: &Message,
) -> Option<Request> {
    let request = custom.request(url.to_owned(), secrets, message)?;
    let request = request.with("idempotency-key", format!("duplistatus-{id}"));
    Some(match key {
        Some(key) => {
            let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), &request.body);
            request.with("x-duplistatus-signature", format!("sha256={}", hex::encode(signature)))
        }
        None => request,
    })
}

/// A request with our own JSON.
fn own_json(url: String, message: &Message) -> Request {
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
    Request::json(url, &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        notify::message::tests::{item, message},
        topic::Topic,
    };

    const URL: &str = "https://example.org/hook";

    fn plain(key: Option<&str>, id: &str, message: &Message) -> Request {
        request(URL, key, id, (&Custom::default(), &[]), message).unwrap()
    }

    fn form(method: &str, headers: &str, body: &str) -> ChannelForm {
        let [method, headers, body] = [method, headers, body].map(str::to_owned);
        ChannelForm { method, headers, body, ..ChannelForm::default() }
    }

    #[test]
    fn method_headers_and_body_are_those_that_were_entered() {
        let message = message(vec![item(Topic::Failed, "nas", "photos", "The disk is full.")]);
        let entered = form(
            "put",
            "Authorization: Bearer 1\nContent-Type: application/vnd.x+json",
            "{\"a\": \"{text}\"}",
        );
        let (custom, secrets) = Custom::new(&entered).unwrap();
        let stored = serde_json::to_string(&custom).unwrap();
        assert!(!stored.contains("Bearer") && stored.contains("vnd.x+json"), "{stored}");
        let sent = request(URL, Some("Jefe"), "7", (&custom, &secrets), &message).unwrap();
        assert_eq!(
            (sent.method, sent.body.as_slice()),
            (Method::Put, &b"{\"a\": \"The disk is full.\"}"[..])
        );
        assert_eq!(sent.header("authorization"), Some("Bearer 1"));
        assert_eq!(sent.header("content-type"), Some("application/vnd.x+json"));
        assert!(sent.header("x-duplistatus-signature").is_some() && sent.header("idempotency-key").is_some());
        assert_eq!(request(URL, None, "7", (&custom, &[]), &message), None, "a secret is missing");
        assert_eq!(custom.form().headers, "authorization: •••\ncontent-type: application/vnd.x+json");
        assert_eq!(Custom::new(&custom.form()).unwrap_err().field, "headers");
    }

    #[test]
    fn a_type_that_was_entered_replaces_that_of_our_json() {
        let (custom, secrets) = Custom::new(&form("", "content-type: text/json", "")).unwrap();
        let sent = request(URL, None, "7", (&custom, &secrets), &Message::test(None, "x")).unwrap();
        let types = sent.headers.iter().filter(|(name, _)| name == "content-type").count();
        assert_eq!((types, sent.header("content-type"), sent.method), (1, Some("text/json"), Method::Post));
    }

    #[test]
    fn a_get_has_no_body() {
        let (custom, secrets) = Custom::new(&form("get", "", "{\"a\": 1}")).unwrap();
        let sent = request(URL, None, "7", (&custom, &secrets), &Message::test(None, "x")).unwrap();
        assert_eq!((sent.method, sent.body.len(), sent.header("content-type")), (Method::Get, 0, None));
        assert_eq!(Custom::new(&form("delete", "", "")).unwrap_err().field, "method");
    }

    #[test]
    fn the_body_is_signed_with_the_key() {
        let message = message(vec![item(Topic::Failed, "nas", "photos", "The disk is full.")]);
        let request = plain(Some("Jefe"), "7", &message);
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
        let request = plain(None, "0-x", &Message::test(None, "family"));
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        assert_eq!((&body["event"], &body["jobs"]), (&json!("test"), &json!([])));
        assert_eq!(body["text"], "This is a test of the channel “family”. Nothing is wrong.");
    }
}
