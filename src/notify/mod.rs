//! Messages about incidents, and how each kind of channel carries them.
//!
//! Nothing here does I/O: a channel turns a [`Message`] into a [`Request`], and `service::notifications` sends that.

mod channel;
mod chat;
mod digest;
mod gotify;
mod message;
mod ntfy;
mod telegram;
pub mod template;
pub mod timing;
mod webhook;
mod words;

pub use channel::{Channel, Config, InvalidChannel, Secrets};
pub use digest::digest;
pub use message::{About, Item, LISTED, Message, Written};
pub use words::reason;

/// An HTTP request to a receiver: always a POST with a JSON body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Where it goes. May hold a secret: it is never logged.
    pub url: String,
    /// Headers beside `Content-Type`, lower-case names. May hold secrets.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request with a JSON body.
    fn json(url: String, body: &serde_json::Value) -> Self {
        Self { url, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}
