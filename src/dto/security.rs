//! What is weak now, and what is not: facts with their figures. Pages put words to them.

use serde::{Deserialize, Serialize};

use super::Moment;

/// How much a fact asks for attention, from much to little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Somebody could get in, or would not be noticed.
    Weak,
    /// It could be better, or was chosen so.
    Advice,
    /// It is as it should be.
    Ok,
}

impl State {
    /// The word in the API and in the page.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Weak => "weak",
            Self::Advice => "advice",
            Self::Ok => "ok",
        }
    }
}

/// Some of many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// How many it is true of.
    pub some: i64,
    /// How many there are.
    pub of: i64,
}

/// Where the key of stored secrets is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyHome {
    /// It could not be read.
    Missing,
    /// In a file beside the database.
    File,
    /// In the environment of the program.
    Environment,
}

/// Something that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "snake_case")]
pub enum Fact {
    /// Reports without a key.
    OpenIngest {
        /// Whether they are accepted.
        on: bool,
    },
    /// How this request came.
    Transport {
        /// Whether with TLS.
        secure: bool,
        /// Whether from this machine.
        local: bool,
    },
    /// A proxy that was not named.
    UnknownProxy {
        /// The first one whose headers were ignored.
        address: Option<String>,
    },
    /// Where the program listens.
    Listening {
        /// Address and port.
        address: String,
        /// Whether whoever reaches the port goes around the proxy, and its TLS.
        beside_proxy: bool,
    },
    /// Under which URL the program is reached.
    PublicUrl {
        /// The URL, base path included.
        url: String,
        /// Whether the operator said so, and not the request.
        fixed: bool,
        /// Whether the request came from this machine.
        local: bool,
    },
    /// Administrators who can sign in.
    Administrators {
        /// How many.
        count: i64,
    },
    /// Administrators without a second factor.
    SecondFactor(Share),
    /// Temporary passwords older than a day.
    TemporaryPasswords {
        /// How many.
        count: i64,
    },
    /// API keys that work and can do everything.
    AdminKeys {
        /// How many.
        count: i64,
        /// How many of them have no end.
        endless: i64,
    },
    /// Other API keys that have no end.
    EndlessKeys(Share),
    /// API keys that nobody used for a long time.
    UnusedApiKeys(Share),
    /// Ingest keys that any server may use.
    SiteKeys(Share),
    /// Ingest keys that nobody used for a long time.
    UnusedIngestKeys(Share),
    /// Ingest keys that were replaced and work on.
    ReplacedKeys {
        /// How many.
        count: i64,
        /// When the last of them stops.
        until: Option<Moment>,
    },
    /// Reading the API without a key from the local network.
    LocalReadApi {
        /// Whether it is allowed.
        on: bool,
    },
    /// Outgoing requests to private networks.
    PrivateNetworks {
        /// Whether they are allowed.
        allowed: bool,
    },
    /// The key of stored secrets.
    SecretKey {
        /// Where it is.
        home: KeyHome,
    },
    /// Stored secrets that cannot be read.
    UnreadableSecrets(Share),
    /// How long sessions last.
    Sessions {
        /// At most: seconds.
        lasts: i64,
        /// Without being used: seconds.
        idle: i64,
    },
    /// How long the audit trail is kept.
    AuditRetention {
        /// Days.
        days: i64,
    },
    /// Sign-ins that failed in the last 24 hours.
    FailedSignIns {
        /// How many.
        failures: i64,
        /// People whom too many attempts block now.
        blocked: i64,
    },
}

/// A fact and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What it means.
    pub state: State,
    /// The fact.
    #[serde(flatten)]
    pub fact: Fact,
}

/// The whole overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// When it was asked for.
    pub now: Moment,
    /// All checks, worst first.
    pub checks: Vec<Check>,
}

impl Overview {
    /// How many checks are in a state.
    pub fn count(&self, state: State) -> usize {
        self.checks.iter().filter(|check| check.state == state).count()
    }
}
