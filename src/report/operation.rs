//! The operation of a run. Invariant: operations of future versions are stored by name, bounded, and never
//! rejected.

use super::limits::word;

/// Duplicati's `MainOperation`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Creates a new version. Also assumed if no operation is named, because old versions name none when they
    /// fail.
    #[default]
    Backup,
    /// Restores files.
    Restore,
    /// Verifies remote files.
    Test,
    /// Merges remote volumes.
    Compact,
    /// Deletes versions.
    Delete,
    /// Repairs the local database or the destination.
    Repair,
    /// Shrinks the local database.
    Vacuum,
    /// Sends a test mail.
    SendMail,
    /// Describes the installation.
    SystemInfo,
    /// Creates a bug report database.
    CreateLogDb,
    /// Removes files from versions.
    PurgeFiles,
    /// Removes files that cannot be restored.
    PurgeBrokenFiles,
    /// Lists files that cannot be restored.
    ListBrokenFiles,
    /// Lists the contents of versions.
    List,
    /// Lists what a remote volume affects.
    ListAffected,
    /// Compares versions.
    ListChanges,
    /// Lists the destination.
    ListRemote,
    /// Tests filters.
    TestFilters,
    /// Lists versions.
    ListFilesets,
    /// Lists a folder of a version.
    ListFolder,
    /// Lists the versions of a file.
    ListFileVersions,
    /// Searches versions.
    SearchFiles,
    /// Sets object locks on remote volumes.
    SetLock,
    /// Reads the object locks of remote volumes.
    ReadLockInfo,
    /// Copies the destination to a second one.
    RemoteSynchronization,
    /// Copies the destination to a second one; another name of the same operation.
    Sync,
    /// Restores a sample to verify that it is possible.
    RestoreTest,
    /// An operation unknown to this version, as the sender spelled it (at most 200 bytes).
    Other(String),
}

/// Every operation known by name.
const KNOWN: [Operation; 27] = [
    Operation::Backup,
    Operation::Restore,
    Operation::Test,
    Operation::Compact,
    Operation::Delete,
    Operation::Repair,
    Operation::Vacuum,
    Operation::SendMail,
    Operation::SystemInfo,
    Operation::CreateLogDb,
    Operation::PurgeFiles,
    Operation::PurgeBrokenFiles,
    Operation::ListBrokenFiles,
    Operation::List,
    Operation::ListAffected,
    Operation::ListChanges,
    Operation::ListRemote,
    Operation::TestFilters,
    Operation::ListFilesets,
    Operation::ListFolder,
    Operation::ListFileVersions,
    Operation::SearchFiles,
    Operation::SetLock,
    Operation::ReadLockInfo,
    Operation::RemoteSynchronization,
    Operation::Sync,
    Operation::RestoreTest,
];

impl Operation {
    /// Returns the operation with a sender's name; an empty name is a backup.
    #[must_use]
    pub fn from_sender(name: &str) -> Self {
        let Some(name) = word(name) else {
            return Self::Backup;
        };
        KNOWN
            .into_iter()
            .find(|operation| operation.as_str().eq_ignore_ascii_case(&name))
            .unwrap_or(Self::Other(name))
    }

    /// Returns the name as Duplicati spells it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Backup => "Backup",
            Self::Restore => "Restore",
            Self::Test => "Test",
            Self::Compact => "Compact",
            Self::Delete => "Delete",
            Self::Repair => "Repair",
            Self::Vacuum => "Vacuum",
            Self::SendMail => "SendMail",
            Self::SystemInfo => "SystemInfo",
            Self::CreateLogDb => "CreateLogDb",
            Self::PurgeFiles => "PurgeFiles",
            Self::PurgeBrokenFiles => "PurgeBrokenFiles",
            Self::ListBrokenFiles => "ListBrokenFiles",
            Self::List => "List",
            Self::ListAffected => "ListAffected",
            Self::ListChanges => "ListChanges",
            Self::ListRemote => "ListRemote",
            Self::TestFilters => "TestFilters",
            Self::ListFilesets => "ListFilesets",
            Self::ListFolder => "ListFolder",
            Self::ListFileVersions => "ListFileVersions",
            Self::SearchFiles => "SearchFiles",
            Self::SetLock => "SetLock",
            Self::ReadLockInfo => "ReadLockInfo",
            Self::RemoteSynchronization => "RemoteSynchronization",
            Self::Sync => "Sync",
            Self::RestoreTest => "RestoreTest",
            Self::Other(name) => name,
        }
    }

    /// Returns whether this run can count towards a backup schedule.
    #[must_use]
    pub const fn is_backup(&self) -> bool {
        matches!(self, Self::Backup)
    }
}
