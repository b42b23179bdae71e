//! The page of a link in a message, by which its incidents are acknowledged or snoozed without signing in.

use serde::{Deserialize, Serialize};

use super::Moment;
use crate::verdict::Verdict;

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPage {
    /// When it was asked for.
    pub now: Moment,
    /// The incidents, in the order of the message; none when the link has expired.
    pub incidents: Vec<LinkedIncident>,
    /// Further ones that are not named.
    pub more: usize,
    /// Whether the link can still do something.
    pub is_open: bool,
    /// When the link stops to work.
    pub expires: Moment,
}

/// What somebody without an account learns of an incident: what the message said already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedIncident {
    /// Server and job: `"nas / photos"`.
    pub name: String,
    /// What is wrong.
    pub problem: Verdict,
    /// Since when.
    pub since: Moment,
    /// When it was closed.
    pub closed: Option<Moment>,
    /// Whether it is acknowledged.
    pub is_acknowledged: bool,
    /// Until when it is snoozed.
    pub snoozed_until: Option<Moment>,
    /// When this link was used.
    pub used: Option<Moment>,
}

impl LinkedIncident {
    /// Whether the link can still do something.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed.is_none() && self.used.is_none()
    }
}
