//! One attempt to send a request, and what its answer means.

use crate::{
    notify::{Channel, Message},
    outgoing::{Outgoing, OutgoingError},
    shorten::shorten,
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
}

impl Attempt {
    /// What is shown of it.
    pub(super) fn answer(&self) -> &str {
        let (Self::Delivered(text) | Self::Later(text, _) | Self::Never(text)) = self;
        text
    }
}

/// Sends a message.
pub(super) async fn attempt(outgoing: &Outgoing, channel: &Channel, message: &Message) -> Attempt {
    let Some(request) = channel.request(message) else {
        return Attempt::Never("a secret of the channel is missing: enter it again".to_owned());
    };
    let answer = match outgoing.post(&request).await {
        Ok(answer) => answer,
        Err(error) => return unreachable(&error),
    };
    let refusal = channel.refusal(&answer.body).filter(|_| !(200..300).contains(&answer.status));
    let words = refusal.map_or_else(String::new, |text| format!(": {text}"));
    let text = shorten(&format!("{}{words}", answer.status), ANSWER);
    match answer.status {
        200..=299 => Attempt::Delivered(text),
        408 | 425 | 429 | 500..=599 => {
            let seconds =
                answer.headers.get("retry-after").and_then(|value| value.to_str().ok()?.trim().parse().ok());
            Attempt::Later(text, seconds)
        }
        300..=399 => {
            let to =
                answer.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or("elsewhere");
            Attempt::Never(shorten(
                &format!("{}: redirects to {to}; enter the address to which it leads", answer.status),
                ANSWER,
            ))
        }
        _ => Attempt::Never(text),
    }
}

fn unreachable(error: &OutgoingError) -> Attempt {
    let text = shorten(&error.to_string(), ANSWER);
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
