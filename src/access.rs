//! Who may do what: one table, [`Permission::needs`] and [`Permission::assurance`], that services, doors and pages ask.
//! The same table stands in `docs/SECURITY.md`, and a test walks every route with it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What a person may do, from little to much: each role may do all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks at backups.
    Viewer,
    /// Looks after backups: connects servers, sees what was refused.
    Operator,
    /// Looks after the program: people, settings, logs.
    Administrator,
}

/// A word that is no role or scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a role: use viewer, operator or administrator")]
pub struct UnknownRole(String);

impl Role {
    /// All of them, from little to much.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Operator, Self::Administrator];

    /// The word in the database, on the command line and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }

    /// Whether the table lets this role do something.
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

/// What an API key is for. It can do what its owner can, and never more than the role that its scope stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Looks at backups.
    Read,
    /// Looks after backups.
    Write,
    /// Looks after the program.
    Admin,
}

impl Scope {
    /// All of them, from little to much.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Admin];

    /// The word in the database and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// The role that a key of this scope acts in at most.
    pub fn role(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Write => Role::Operator,
            Self::Admin => Role::Administrator,
        }
    }

    /// The scope of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// See servers, jobs, runs, their logs and raw reports, and follow them live.
    ViewBackups,
    /// See refused reports, whose text strangers can write.
    ViewRejected,
    /// Delete refused reports from their list.
    DismissRejected,
    /// Acknowledge, snooze and close incidents.
    HandleIncidents,
    /// Set schedules and tolerances, pause and resume, accept warnings and checks, put servers into groups, set tags.
    ManageMonitoring,
    /// Call servers and jobs otherwise, note something of them, archive them.
    ManageServers,
    /// See ingest keys, without their secrets.
    ViewIngestKeys,
    /// Make, rotate and revoke ingest keys.
    ManageIngestKeys,
    /// Change one's own profile, password, second factor and sessions.
    OwnAccount,
    /// Make and revoke one's own API keys.
    OwnApiKeys,
    /// See people and all API keys, without their secrets.
    ViewUsers,
    /// Make and change people, end their sessions, revoke their API keys.
    ManageUsers,
    /// See who did what.
    ViewAudit,
    /// See the program's log.
    ViewLogs,
    /// See what is weak, and the settings of the whole program.
    ViewSettings,
    /// Change settings of the whole program.
    ManageSettings,
    /// See how the program and its database are: health, sizes, backups, tasks, imports.
    ViewDatabase,
    /// Begin a backup, which stays in the program's folder.
    TriggerBackup,
    /// Check, optimize and shrink the database, run tasks, check the public address.
    RunUpkeep,
    /// Take data out or put data in: download and delete backups, restore, import, clean up, delete and merge servers and jobs, retention,
    /// schedules.
    ManageDatabase,
}

/// How one has to show who one is, from little to much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assurance {
    /// By an API key or a session.
    Any,
    /// By a session: a person who signed in.
    Session,
    /// By a session whose password was given within the last [`PROOF_LASTS`].
    FreshPassword,
}

/// How long a password that was given counts: seconds.
pub const PROOF_LASTS: i64 = 15 * 60;

impl Permission {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 20] = [
        Self::ViewBackups,
        Self::ViewRejected,
        Self::DismissRejected,
        Self::HandleIncidents,
        Self::ManageMonitoring,
        Self::ManageServers,
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
        Self::RunUpkeep,
        Self::ManageDatabase,
    ];

    /// The table: the least role that may.
    pub fn needs(self) -> Role {
        match self {
            Self::ViewBackups | Self::OwnAccount | Self::OwnApiKeys => Role::Viewer,
            Self::ViewRejected
            | Self::DismissRejected
            | Self::HandleIncidents
            | Self::ManageMonitoring
            | Self::ManageServers
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
            | Self::RunUpkeep
            | Self::ManageDatabase => Role::Administrator,
        }
    }

    /// The table: how one has to show who one is. An API key looks, and triggers a backup; nothing else.
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
            | Self::TriggerBackup => Assurance::Any,
            Self::OwnAccount
            | Self::DismissRejected
            | Self::HandleIncidents
            | Self::ManageMonitoring
            | Self::ManageServers
            | Self::RunUpkeep => Assurance::Session,
            Self::ManageIngestKeys
            | Self::OwnApiKeys
            | Self::ManageUsers
            | Self::ManageSettings
            | Self::ManageDatabase => Assurance::FreshPassword,
        }
    }

    /// Whether it is about the account of the one who asks, which only a person has.
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
    fn an_api_key_looks_and_triggers_a_backup_and_nothing_else() {
        let open = Permission::ALL.into_iter().filter(|permission| permission.assurance() == Assurance::Any);
        let acts: Vec<_> = open.filter(|permission| !format!("{permission:?}").starts_with("View")).collect();
        assert_eq!(acts, [Permission::TriggerBackup]);
    }
}
