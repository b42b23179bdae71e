//! Messages about incidents, and how each kind of channel carries them.
//!
//! Nothing here does I/O: a channel turns a [`Message`] into a [`Delivery`], and `service::notifications` sends that.

mod apprise;
mod channel;
#[cfg(test)]
mod channel_tests;
mod chat;
mod combine;
mod config;
mod digest;
mod gotify;
mod heartbeat;
mod mail;
mod matrix;
mod message;
mod ntfy;
pub mod own;
mod priority;
mod pushover;
mod quiet;
mod refusal;
pub mod rehearsal;
mod reminder;
mod request;
pub mod routing;
mod secrets;
pub mod snooze_link;
mod teams;
mod telegram;
mod telling;
pub mod template;
pub mod timing;
mod web_push;
mod webhook;
mod words;

pub use channel::{Channel, InvalidChannel};
pub use combine::{Combine, Combined};
pub(crate) use combine::{WINDOW, window};
pub use config::Config;
pub use digest::{digest, frequency, parts as digest_parts};
pub use heartbeat::{Pulse, Watcher};
pub use mail::{Account, Mail, Security};
pub use message::{About, Item, LISTED, Message, Written};
pub use ntfy::phone_link;
pub use priority::Priority;
pub use quiet::Quiet;
pub use refusal::{Refusal, pause};
pub use reminder::Reminder;
pub use request::{Method, Request};
pub use secrets::Secrets;
pub use telling::{Standing, about_checks, told};
#[cfg(test)]
pub(crate) use web_push::tests as push_testing;
pub use web_push::{PushKeys, new_site_key, public_key};
pub use words::reason;

/// What carries a message to its receiver.
#[derive(Debug)]
pub enum Delivery {
    /// An HTTP request.
    Http(Request),
    /// An e-mail.
    Mail(Box<Mail>),
}
