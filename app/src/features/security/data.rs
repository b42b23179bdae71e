//! What the page shows, in words that the server put together.

use duplistatus::dto::{Moment, security::State};
use serde::{Deserialize, Serialize};

/// The page in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityPage {
    /// When it was asked for.
    pub now: Moment,
    /// What was looked at, worst first.
    pub findings: Vec<Finding>,
    /// Under which URL the program is reached.
    pub address: PublicAddress,
    /// Settings of the whole program.
    pub settings: SettingsNow,
}

/// Under which URL the program is reached, and what came of asking there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAddress {
    /// The URL, base path included.
    pub url: String,
    /// Whether the operator said so, and not the request.
    pub fixed: bool,
    /// The last check, and in words when it was made.
    pub checked: Option<(Finding, String)>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it means.
    pub state: State,
    /// The fact with its figures.
    pub title: String,
    /// Why it matters and what to do; nothing where all is well.
    pub text: String,
    /// Path of the page where it is mended, and the words of the link.
    pub mend: Option<(String, String)>,
}

/// Settings of the whole program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsNow {
    /// Whether programs in the local network may read the API without a key.
    pub local_read_api: bool,
    /// How long the audit trail is kept: days.
    pub audit_days: i64,
    /// Whether the program may send requests to addresses in private networks.
    pub private_networks: bool,
}
