//! Backups of the database, and what restoring one came to.

use serde::{Deserialize, Serialize};

use super::TaskState;
use crate::{dto::Moment, time::Timestamp};

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupReport {
    /// The file.
    pub path: String,
    /// Its bytes.
    pub size: u64,
    /// Whether every page of it was checked.
    pub verified: bool,
    /// Whether it is compressed with zstd.
    pub compressed: bool,
    /// How long it took: milliseconds.
    pub took: u64,
}

/// A backup that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupFile {
    /// Its name in the folder of backups.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// When it was made.
    pub made: Option<Moment>,
    /// Whether this program made it of this database: only those are deleted when newer ones are made.
    #[serde(default)]
    pub own: bool,
}

/// The page of the backups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupsPage {
    /// When it was asked for.
    pub now: Moment,
    /// Folder of the backups.
    pub folder: String,
    /// How many of them are kept.
    pub keep: i64,
    /// When the last backup was created, here or into a file in another place.
    #[serde(default)]
    pub last: Option<Moment>,
    /// The backups, the newest first.
    pub files: Vec<BackupFile>,
    /// What makes them.
    pub task: TaskState,
    /// Bytes that the next one takes at most before it is compressed.
    pub size: i64,
    /// Bytes of the one that is being made which are written so far; none while none is made.
    pub written: Option<i64>,
    /// Bytes that are free in the folder, when the system tells.
    pub free: Option<i64>,
    /// The last restore, and when it was.
    pub restored: Option<(RestoreReport, Moment)>,
}

/// What a server lost by a restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostRuns {
    /// The server.
    pub server: String,
    /// Runs that the restored database does not have.
    pub runs: i64,
    /// When the newest of them began.
    pub newest: Option<Timestamp>,
}

/// Something that a backup has, and that was taken away since it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedSince {
    /// What it is.
    pub kind: RevokedKind,
    /// Its name: of the person, the setting, or the key with what it belongs to.
    pub name: String,
}

/// What can be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevokedKind {
    /// An ingest key that was revoked, replaced or deleted.
    IngestKey,
    /// An API key that was revoked or deleted, or has run out.
    ApiKey,
    /// A person who was forbidden to sign in.
    Disabled,
    /// A person who was deleted.
    Deleted,
    /// A person who may do less.
    Role,
    /// A person whose password was changed.
    Password,
    /// A person whose second factor was changed, or who has one.
    SecondFactor,
    /// A setting that opened something, and was switched off.
    Setting,
}

/// What is chosen for a restore.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RestoreChoice {
    /// Whether what was taken away since the backup was made comes back: keys, access of people, passwords.
    pub revive: bool,
}

/// What a restore would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestorePreview {
    /// What the backup is called.
    pub name: String,
    /// What it would come to at this moment.
    #[serde(flatten)]
    pub report: RestoreReport,
    /// Whether no administrator could sign in afterwards, unless what was taken away comes back.
    pub no_administrator_left: bool,
}

/// What restoring a backup came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreReport {
    /// Servers in the restored database.
    pub servers: i64,
    /// Runs in it.
    pub runs: i64,
    /// The migrations that it needed.
    pub migrated: Vec<String>,
    /// Where the former database is kept; none when there was none.
    pub kept: Option<String>,
    /// Whether the former database could be read, and is known to have had what follows.
    pub compared: bool,
    /// What only the former database has, by server, the most first.
    pub lost: Vec<LostRuns>,
    /// Runs that only the former database has.
    pub lost_runs: i64,
    /// Other operations that only the former database has.
    pub lost_operations: i64,
    /// Runs that both have, and that the former database knew in a later or richer form.
    #[serde(default)]
    pub changed_runs: i64,
    /// What the backup has that was taken away since it was made.
    #[serde(default)]
    pub revoked_since: Vec<RevokedSince>,
    /// Whether that came back; else it stays taken away.
    #[serde(default)]
    pub revived: bool,
    /// Entries of the audit trail that were taken over from the former database.
    #[serde(default)]
    pub audit_entries: i64,
    /// How long reports waited: milliseconds.
    pub waited: u64,
}
