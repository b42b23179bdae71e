//! Ingest keys: write-only, in the upload URL, shown once.

use serde::{Deserialize, Serialize};

use super::Moment;
use crate::ids::{KeyId, ServerId};

/// The settings page of keys, and the onboarding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysPage {
    /// When this was asked for.
    pub now: Moment,
    /// All keys, newest first.
    pub keys: Vec<KeyRow>,
    /// Servers that a key can be bound to.
    pub servers: Vec<(ServerId, String)>,
    /// Whether reports without a key are accepted.
    pub open_ingest: bool,
}

impl super::shown::Shown for KeysPage {
    fn now(&self) -> Moment {
        self.now
    }
}

/// One key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    /// Its id.
    pub id: KeyId,
    /// The server it writes for; `None` is any.
    pub server: Option<(ServerId, String)>,
    /// First characters of the secret, to recognise it.
    pub prefix: String,
    /// When it was made.
    pub created: Moment,
    /// When it was last used.
    pub last_used: Option<Moment>,
    /// Reports accepted with it.
    pub uses: i64,
    /// When it was revoked.
    pub revoked: Option<Moment>,
    /// When it stops working, because another key took its place.
    pub expires: Option<Moment>,
    /// Whether it has stopped already.
    pub expired: bool,
    /// When a redirect turned a report with it into a GET, if none has come since.
    pub redirected: Option<Moment>,
}

/// A key that was just made: the only time its secret is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    /// Its id.
    pub id: KeyId,
    /// The secret, the last part of the upload URL.
    pub secret: String,
    /// The server it writes for; `None` is any.
    pub server: Option<String>,
    /// The whole URL to give to Duplicati; the door that knows its own address fills it in.
    pub upload_url: String,
}

// Not derived: what is logged must not hold the secret.
impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKey").field("id", &self.id).field("server", &self.server).finish_non_exhaustive()
    }
}
