//! Authorization: one table, [`Permission::needs`] and [`Permission::assurance`], which services, routes and pages consult. The same table
//! is in `docs/SECURITY.md`, and a test checks every route against it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What a user may do, least privileged first. Each role includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads backups.
    Viewer,
    /// Manages monitoring: ingest keys, schedules, incidents, rejected reports.
    Operator,
    /// Manages the program: users, settings, logs, database.
    Administrator,
}

/// A word that is not a role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a role: use viewer, operator or administrator")]
pub struct UnknownRole(String);

impl Role {
    /// Every role, least privileged first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Administrator];

    /// Returns the word used in the database, on the command line and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }

    /// Returns whether this role has a permission.
    pub fn may(self, permission: Permission) -> bool {
        self >= permission.needs()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == word)
            .ok_or_else(|| UnknownRole(word.chars().take(40).collect()))
    }
}

/// The scope of an API key. A key can do what its owner can, but never more than the role of its scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Acts as a viewer.
    Read,
    /// Acts as an operator at most.
    Write,
    /// Acts as an administrator at most.
    Admin,
}

impl Scope {
    /// Every scope, least privileged first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// Returns the word used in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// Returns the highest role that a key of this scope acts in.
    pub fn role(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Write => Role::Operator,
            Self::Admin => Role::Administrator,
        }
    }

    /// Returns the scope with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// An action that requires a role and a way of authenticating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// See servers, jobs, runs, their logs and raw reports, and follow them live.
    ViewBackups,
    /// See rejected reports, which may contain text from strangers.
    ViewRejected,
    /// Delete rejected reports from their list.
    DismissRejected,
    /// Acknowledge, snooze and close incidents.
    HandleIncidents,
    /// Set schedules and tolerances, pause and resume, accept warnings and checks, put servers into groups, set tags.
    ManageMonitoring,
    /// Call servers and jobs otherwise, note something of them, archive them.
    ManageServers,
    /// Create, change and delete addresses that show something without signing in.
    ManageSharedLinks,
    /// See ingest keys, without their secrets.
    ViewIngestKeys,
    /// Create, rotate and revoke ingest keys.
    ManageIngestKeys,
    /// Change one's own profile, password, second factor and sessions.
    OwnAccount,
    /// Create and revoke one's own API keys.
    OwnApiKeys,
    /// See users and all API keys, without their secrets.
    ViewUsers,
    /// Create and change users, end their sessions, revoke their API keys.
    ManageUsers,
    /// See the audit log.
    ViewAudit,
    /// See the program's log.
    ViewLogs,
    /// See security warnings and the settings of the program.
    ViewSettings,
    /// Change the settings of the program.
    ManageSettings,
    /// See the state of the program and its database: health, sizes, backups, tasks, imports.
    ViewDatabase,
    /// Create a database backup, which stays in the data folder.
    TriggerBackup,
    /// Check, optimize and shrink the database, run tasks, check the public address.
    RunMaintenance,
    /// Take data out or put data in: download and delete backups, restore, import, clean up, delete and merge servers and jobs, retention,
    /// schedules.
    ManageDatabase,
}

/// How an actor must have authenticated, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assurance {
    /// With an API key or a session.
    Any,
    /// With a session: a user who signed in.
    Session,
    /// With a session whose password was confirmed within the last [`PROOF_LASTS`] seconds.
    FreshPassword,
}

/// How long a password confirmation is valid, in seconds.
pub const PROOF_LASTS: i64 = 15 * 60;

impl Permission {
    /// Every permission, in the order of the documentation.
    pub const ALL: [Self; 21] = [
        Self::ViewBackups,
        Self::ViewRejected,
        Self::DismissRejected,
        Self::HandleIncidents,
        Self::ManageMonitoring,
        Self::ManageServers,
        Self::ManageSharedLinks,
        Self::ViewIngestKeys,
        Self::ManageIngestKeys,
        Self::OwnAccount,
        Self::OwnApiKeys,
        Self::ViewUsers,
        Self::ManageUsers,
        Self::ViewAudit,
        Self::ViewLogs,
        Self::ViewSettings,
        Self::ManageSettings,
        Self::ViewDatabase,
        Self::TriggerBackup,
        Self::RunMaintenance,
        Self::ManageDatabase,
    ];

    /// Returns the least privileged role that has this permission.
    pub fn needs(self) -> Role {
        match self {
            Self::ViewBackups | Self::OwnAccount | Self::OwnApiKeys => Role::Viewer,
            Self::ViewRejected
            | Self::DismissRejected
            | Self::HandleIncidents
            | Self::ManageMonitoring
            | Self::ManageServers
            | Self::ManageSharedLinks
            | Self::ViewIngestKeys
            | Self::ManageIngestKeys => Role::Operator,
            Self::ViewUsers
            | Self::ManageUsers
            | Self::ViewAudit
            | Self::ViewLogs
            | Self::ViewSettings
            | Self::ManageSettings
            | Self::ViewDatabase
            | Self::TriggerBackup
            | Self::RunMaintenance
            | Self::ManageDatabase => Role::Administrator,
        }
    }

    /// Returns how the actor must have authenticated. API keys can read, start a database backup, and do what an operator does from day to day.
    pub fn assurance(self) -> Assurance {
        match self {
            Self::ViewBackups
            | Self::ViewRejected
            | Self::ViewIngestKeys
            | Self::ViewUsers
            | Self::ViewAudit
            | Self::ViewLogs
            | Self::ViewSettings
            | Self::ViewDatabase
            | Self::TriggerBackup
            | Self::DismissRejected
            | Self::HandleIncidents
            | Self::ManageMonitoring
            | Self::ManageServers => Assurance::Any,
            Self::OwnAccount | Self::ManageSharedLinks | Self::RunMaintenance => Assurance::Session,
            Self::ManageIngestKeys
            | Self::OwnApiKeys
            | Self::ManageUsers
            | Self::ManageSettings
            | Self::ManageDatabase => Assurance::FreshPassword,
        }
    }

    /// Returns whether the permission concerns the actor's own account, which only a user has.
    pub fn is_own(self) -> bool {
        matches!(self, Self::OwnAccount | Self::OwnApiKeys)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_back_to_what_they_name() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        for scope in Scope::ALL {
            assert_eq!(Scope::from_word(scope.as_str()), Some(scope));
        }
        assert!("admin".parse::<Role>().is_err());
        assert_eq!(Role::ALL.map(|role| role.to_string()), ["viewer", "operator", "administrator"]);
    }

    #[test]
    fn only_what_is_about_ones_account_is_ones_own() {
        let own: Vec<_> = Permission::ALL.into_iter().filter(|permission| permission.is_own()).collect();
        assert_eq!(own, [Permission::OwnAccount, Permission::OwnApiKeys]);
    }

    #[test]
    fn a_password_counts_for_a_quarter_of_an_hour() {
        assert_eq!(PROOF_LASTS, 900);
    }

    #[test]
    fn each_role_may_what_the_one_before_may() {
        for permission in Permission::ALL {
            let may = Role::ALL.map(|role| role.may(permission));
            assert!(may.is_sorted(), "{permission:?}: {may:?}");
            assert!(Role::Administrator.may(permission), "{permission:?}");
        }
    }

    #[test]
    fn an_api_key_does_what_needs_no_fresh_proof() {
        let open = Permission::ALL.into_iter().filter(|permission| permission.assurance() == Assurance::Any);
        let acts: Vec<_> = open.filter(|permission| !format!("{permission:?}").starts_with("View")).collect();
        let daily = [
            Permission::DismissRejected,
            Permission::HandleIncidents,
            Permission::ManageMonitoring,
            Permission::ManageServers,
            Permission::TriggerBackup,
        ];
        assert_eq!(acts, daily);
    }
}
