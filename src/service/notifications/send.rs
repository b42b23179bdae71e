//! One attempt to send a message, and what its answer means.

use reqwest::Url;

use crate::{
    crypto::token::random_token,
    db::{Connection, StoreError, tables::channels},
    ids::ChannelId,
    notify::{Channel, Delivery, Message, Request, pause},
    outgoing::{Answer, MailError, Outgoing, OutgoingError},
    shorten::shorten,
    time::Timestamp,
};

/// Longest answer that is kept: characters.
const ANSWER: usize = 300;

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attempt {
    /// The receiver took the message: its status.
    Delivered(String),
    /// It did not, and may take it later; after so many seconds, if it says so.
    Later(String, Option<i64>),
    /// It never will, unless somebody changes something.
    Never(String),
    /// The receiver is gone, and so is the channel.
    Gone(String),
}

impl Attempt {
    /// What is shown of it.
    pub(super) fn answer(&self) -> &str {
        let (Self::Delivered(text) | Self::Later(text, _) | Self::Never(text) | Self::Gone(text)) = self;
        text
    }
}

/// What an attempt changes about a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Turn {
    /// It does as before.
    Same,
    /// It does not deliver any more, and why.
    Fails(String),
    /// It delivers again.
    Works,
}

impl Turn {
    /// Notes what came of an attempt.
    pub(super) fn note(
        conn: &mut Connection,
        channel: ChannelId,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        Ok(match attempt {
            Attempt::Delivered(_) if channels::delivered(conn, channel, now)? => Self::Works,
            Attempt::Delivered(_) => Self::Same,
            Attempt::Later(why, _) | Attempt::Never(why) | Attempt::Gone(why) => {
                if channels::failed(conn, channel, why, now)? { Self::Fails(why.clone()) } else { Self::Same }
            }
        })
    }

    /// Logs it, once it is stored.
    pub(super) fn log(&self, channel: &str) {
        match self {
            Self::Same => {}
            Self::Fails(why) => tracing::warn!(channel, why, "a channel does not deliver messages"),
            Self::Works => tracing::info!(channel, "a channel delivers messages again"),
        }
    }
}

/// Sends a message.
pub(super) async fn attempt(
    outgoing: &Outgoing,
    channel: &Channel,
    message: &Message,
    now: Timestamp,
) -> Attempt {
    // Tests have one id, and a receiver that drops what it knows must not drop the second test.
    let nonce = if message.is_test() { random_token(8).unwrap_or_default() } else { String::new() };
    match channel.delivery(message, &nonce, now) {
        None => Attempt::Never("a secret of the channel is missing: enter it again".to_owned()),
        Some(Delivery::Http(request)) => attempt_request(outgoing, channel, &request).await,
        Some(Delivery::Mail(mail)) => match outgoing.mail(&mail).await {
            Ok(answer) => Attempt::Delivered(shorten(&answer, ANSWER)),
            Err(MailError::Refused(error)) => unreachable(&error),
            Err(error) if error.is_permanent() => Attempt::Never(shorten(&error.to_string(), ANSWER)),
            Err(error) => Attempt::Later(shorten(&error.to_string(), ANSWER), None),
        },
    }
}

/// Sends a request.
pub(super) async fn attempt_request(outgoing: &Outgoing, channel: &Channel, request: &Request) -> Attempt {
    let answer = match outgoing.deliver(request).await {
        Ok(answer) => answer,
        Err(error) => return unreachable(&error),
    };
    let refusal = channel.refusal(answer.status, &answer.body);
    let is_refused = refusal.is_some();
    let words = refusal.map_or_else(String::new, |refusal| format!(": {}", refusal.0));
    let text = shorten(&format!("{}{words}", answer.status), ANSWER);
    match answer.status {
        200..=299 if is_refused => Attempt::Never(text),
        200..=299 => Attempt::Delivered(text),
        408 | 425 | 429 | 500..=599 => Attempt::Later(text, retry_after(&answer)),
        300..=399 => {
            let to = answer.headers.get("location").and_then(|value| value.to_str().ok());
            let text = format!(
                "{}: redirects to {}; enter the address to which it leads",
                answer.status,
                to.map_or_else(|| "elsewhere".to_owned(), |to| without_path(&request.url, to))
            );
            Attempt::Never(shorten(&text, ANSWER))
        }
        status if channel.is_gone(status) => Attempt::Gone(text),
        _ => Attempt::Never(text),
    }
}

/// For how many seconds an answer asks to wait, in its header or in its body.
fn retry_after(answer: &Answer) -> Option<i64> {
    let header = answer.headers.get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse().ok());
    header.or_else(|| pause(&answer.body))
}

/// Scheme and host to which a redirect leads: the rest of the address is a secret of many receivers.
fn without_path(url: &str, to: &str) -> String {
    let target = Url::parse(url).and_then(|url| url.join(to));
    target.map_or_else(
        |_| "elsewhere".to_owned(),
        |target| format!("{}/…", target.origin().ascii_serialization()),
    )
}

pub(super) fn unreachable(error: &OutgoingError) -> Attempt {
    let text = match error {
        OutgoingError::PrivateAddress { site, address } => format!(
            "{site} resolves to {address} in a private network: tick “The server is in a private network” if that is right"
        ),
        other => other.to_string(),
    };
    let text = shorten(&text, ANSWER);
    match error {
        OutgoingError::InvalidUrl
        | OutgoingError::Scheme(_)
        | OutgoingError::InvalidHeader(_)
        | OutgoingError::ForbiddenAddress { .. }
        | OutgoingError::PrivateAddress { .. }
        | OutgoingError::RedirectElsewhere { .. }
        | OutgoingError::TooManyRedirects(_) => Attempt::Never(text),
        // A name, a certificate or a network that is broken now may be mended.
        _ => Attempt::Later(text, None),
    }
}
