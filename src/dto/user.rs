//! People, as the administrators' page shows them.

use serde::{Deserialize, Serialize};

use super::Moment;
use crate::{
    access::{Role, Scope},
    ids::{ApiKeyId, UserId},
};

/// Everybody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsersPage {
    /// When it was asked for.
    pub now: Moment,
    /// People, ordered by name.
    pub users: Vec<UserRow>,
    /// API keys of everybody, newest first.
    pub api_keys: Vec<ApiKeyRow>,
    /// The one who looks, if it is a person.
    pub me: Option<UserId>,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// Row id.
    pub id: UserId,
    /// Name that signs in.
    pub name: String,
    /// Name to read.
    pub display_name: Option<String>,
    /// Role.
    pub role: Role,
    /// Whether there is a second factor.
    pub second_factor: bool,
    /// Whether the password was chosen by somebody else.
    pub password_temporary: bool,
    /// Whether too many attempts block signing in at the moment.
    pub blocked: bool,
    /// Since when signing in is forbidden.
    pub disabled: Option<Moment>,
    /// When the person was added.
    pub created: Moment,
    /// When the person last signed in.
    pub last_login: Option<Moment>,
    /// Sessions that are signed in.
    pub sessions: i64,
}

/// An API key without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyRow {
    /// Row id.
    pub id: ApiKeyId,
    /// Name of its owner.
    pub owner: String,
    /// What its owner calls it.
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    /// What it is for.
    pub scope: Scope,
    /// When it was made.
    pub created: Moment,
    /// When it stops working.
    pub expires: Option<Moment>,
    /// Whether it has stopped already.
    pub expired: bool,
    /// When it was last used.
    pub last_used: Option<Moment>,
    /// From where it was last used.
    pub last_address: Option<String>,
    /// When it was revoked.
    pub revoked: Option<Moment>,
}

/// A secret that is shown once: a new API key, a temporary password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeSecret {
    /// For what it is: the key's or the person's name.
    pub name: String,
    /// The secret.
    pub secret: String,
}

// Not derived: what is logged must not hold the secret.
impl std::fmt::Debug for OneTimeSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OneTimeSecret").field("name", &self.name).finish_non_exhaustive()
    }
}
