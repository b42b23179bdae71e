//! What is sent to a receiver that speaks HTTP.

use std::borrow::Cow;

use reqwest::Url;
use serde::{Deserialize, Serialize};

/// The methods that receivers want.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// Pings have no body.
    Get,
    /// Nearly all of them.
    #[default]
    Post,
    /// Matrix, whose transactions are idempotent.
    Put,
    /// Webhooks for which somebody chose it.
    Patch,
}

impl Method {
    /// Its word: `"post"`.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::Put => "put",
            Self::Patch => "patch",
        }
    }

    /// The one of this word.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Get, Self::Post, Self::Put, Self::Patch].into_iter().find(|method| method.as_str() == word)
    }
}

/// An HTTP request to a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where it goes. May hold a secret: it is never logged.
    pub url: String,
    /// Headers, lower-case names. May hold secrets.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request with a JSON body.
    pub(super) fn json(url: String, body: &serde_json::Value) -> Self {
        Self::bytes(url, body.to_string().into_bytes()).with("content-type", "application/json".to_owned())
    }

    /// A request with the fields of a form.
    pub(super) fn form(url: String, fields: &[(&str, &str)]) -> Self {
        let body = Url::parse_with_params("form:", fields).ok();
        let body = body.as_ref().and_then(Url::query).unwrap_or_default();
        Self::bytes(url, body.as_bytes().to_vec())
            .with("content-type", "application/x-www-form-urlencoded".to_owned())
    }

    /// A request with a plain text.
    pub(super) fn text(url: String, text: &str) -> Self {
        Self::bytes(url, text.as_bytes().to_vec())
            .with("content-type", "text/plain; charset=utf-8".to_owned())
    }

    /// A request with bytes.
    pub(super) fn bytes(url: String, body: Vec<u8>) -> Self {
        Self { method: Method::Post, url, headers: Vec::new(), body }
    }

    /// A request without a body.
    pub(super) fn get(url: String) -> Self {
        Self { method: Method::Get, url, headers: Vec::new(), body: Vec::new() }
    }

    pub(super) fn put(self) -> Self {
        Self { method: Method::Put, ..self }
    }

    pub(super) fn with(mut self, name: impl Into<Cow<'static, str>>, value: String) -> Self {
        self.headers.push((name.into(), value));
        self
    }

    /// The value of a header.
    #[cfg(test)]
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_encoded_as_browsers_do() {
        let request = Request::form("https://example.org".into(), &[("a", "x & y=ü"), ("b", "1\n2")]);
        assert_eq!(request.body, b"a=x+%26+y%3D%C3%BC&b=1%0A2");
        assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    }
}
