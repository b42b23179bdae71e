//! The secrets of a channel.

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::PushKeys;

/// The secrets of a channel; which ones there are depends on its kind.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// Access token or password; of a webhook the key that signs the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// URL of a webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What else names the receiver and is a secret: the user key of Pushover, the key or the URLs of Apprise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Headers of a webhook: names in lower case, and values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// Keys of a browser that somebody subscribed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub push: Option<PushKeys>,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets { … }")
    }
}

impl Secrets {
    /// As they are sealed.
    #[must_use]
    pub fn to_json(&self) -> SecretString {
        serde_json::to_string(self).unwrap_or_default().into()
    }

    /// From what was sealed.
    #[must_use]
    pub fn from_json(text: &SecretString) -> Option<Self> {
        serde_json::from_str(text.expose_secret()).ok()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
