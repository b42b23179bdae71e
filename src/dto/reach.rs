//! Whether the program is where it says it is.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Moment;

/// What came back when the program asked for itself at its public URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reach {
    /// Itself.
    Reachable,
    /// Something else: another program, or a proxy that asks who is there.
    Other {
        /// The HTTP status of its answer.
        status: u16,
    },
    /// It was not asked: the address is in a private network, and no requests may go there.
    Private {
        /// Where the URL leads.
        address: IpAddr,
    },
    /// Nothing.
    Unreachable {
        /// What is in the way.
        obstacle: Obstacle,
        /// All that is known about it, in a sentence.
        reason: String,
    },
}

/// What is in the way, as far as there is something to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Obstacle {
    /// The name has no address.
    Name,
    /// The certificate is not good.
    Certificate,
    /// Nobody listens there, or a firewall refuses.
    Connection,
    /// No answer came in time.
    Time,
    /// It leads to another site.
    Redirect,
    /// Anything else.
    Other,
}

/// A check that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachCheck {
    /// Which URL was asked, base path included.
    pub url: String,
    /// When.
    pub at: Moment,
    /// What came back.
    pub reach: Reach,
}
