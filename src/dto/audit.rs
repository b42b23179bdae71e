//! The audit trail, as its page shows it.

use serde::{Deserialize, Serialize};

use super::{Moment, Paging};
use crate::time::Day;

/// What of the trail is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Name of the actor; empty is everybody.
    pub actor: String,
    /// An action, or the beginning of one (`user.`); empty is all.
    pub action: String,
    /// Only what worked, or only what did not.
    pub success: Option<bool>,
    /// First day, by the site's calendar.
    pub from: Option<Day>,
    /// Last day.
    pub to: Option<Day>,
    /// Occurs in actor, target or address.
    pub text: String,
    /// Page, from 1.
    pub page: i64,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Row id.
    pub id: i64,
    /// When.
    pub at: Moment,
    /// What kind of actor: `user`, `api_key`, `ingest_key`, `command_line`, `system`, `anonymous`.
    pub actor_kind: String,
    /// Who, as the name was then.
    pub actor: String,
    /// From where.
    pub address: Option<String>,
    /// What: `user.create`.
    pub action: String,
    /// To what kind of thing.
    pub target_kind: Option<String>,
    /// Its row id.
    pub target_id: Option<i64>,
    /// Its name then.
    pub target: Option<String>,
    /// Whether it worked.
    pub success: bool,
    /// What changed, before: names and values.
    pub before: Vec<(String, String)>,
    /// What changed, after.
    pub after: Vec<(String, String)>,
}

/// One page of the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// When it was asked for.
    pub now: Moment,
    /// Entries, newest first.
    pub rows: Vec<AuditRow>,
    /// Which page of how many.
    pub paging: Paging,
    /// Actors that occur.
    pub actors: Vec<String>,
    /// Actions that occur.
    pub actions: Vec<String>,
    /// How long entries are kept: days.
    pub retention_days: i64,
}
