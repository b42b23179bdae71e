//! A candidate for a restore: a copy of a backup that is checked, migrated and complete, so that only a rename is left to do. The
//! backup itself is only read.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::Path,
};

use diesel::{connection::SimpleConnection as _, prelude::*};

use super::{carry_over::BackupAndPrevious, derived, restore_losses::Lost};
use crate::{
    db::{
        Connection, StoreError, StoreErrorKind,
        engine::{
            connection::{establish, open_sound_reader, open_writer, settle},
            copy, disk_space, dynamic,
            files::{self, io_error},
            header, integrity, migrate, migrations, owner, schema_check,
            temp_file::TempFile,
        },
        schema::{backups, servers},
    },
    dto::database::RevokedSince,
    time::Timestamp,
};

/// The first bytes of zstd files.
pub(in crate::db) const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Why a file cannot be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file cannot be read.
    #[error("the backup cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// The file is not a database.
    #[error(
        "this is not a backup of duplistatus: it is neither a SQLite database nor one compressed with zstd"
    )]
    NotADatabase,
    /// It is a database of another program.
    #[error(
        "this is a database of another program, or of the Node application; import the latter with `duplistatus import`"
    )]
    Foreign,
    /// It was written by a newer program.
    #[error(
        "this backup was created by a newer duplistatus (schema {0}): install that version or newer, then restore it"
    )]
    Newer(String),
    /// It is damaged.
    #[error(
        "this backup is damaged ({0}); `duplistatus db salvage` recovers the data that can still be read"
    )]
    Damaged(String),
    /// All its administrators lost their access after the backup was made.
    #[error(
        "no administrator could sign in after this restore: all administrators of this backup were later disabled, deleted or given \
         another role. Restore revoked access as well (`--revive`, or the field `revive`), or choose a newer backup"
    )]
    NoAdministratorLeft,
    /// Database error.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A file that is ready to replace the database.
#[derive(Debug)]
pub struct Candidate {
    file: TempFile,
    /// Whether it is an earlier state of the current database, rather than another database.
    is_same: bool,
    /// Whether the backup had a database id.
    has_id: bool,
    /// Migrations that were applied to it.
    pub migrated: Vec<String>,
    /// Number of servers.
    pub servers: i64,
    /// Number of runs.
    pub runs: i64,
}

/// What a restore would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestoreForecast {
    /// Data that only the current database has.
    pub lost: Lost,
    /// Access that was revoked since the backup.
    pub revoked_since: Vec<RevokedSince>,
    /// Number of audit log entries that are carried over.
    pub audit_entries: i64,
    /// Whether no administrator could sign in if access stays revoked.
    pub no_administrator_left: bool,
}

impl Candidate {
    /// Creates a candidate from a backup, next to the database it is to replace.
    ///
    /// # Errors
    /// [`RestoreError`]; the copy is deleted then.
    pub fn of(backup: &Path, database: &Path) -> Result<Self, RestoreError> {
        let instance = owner::instance(files::folder_of(database)).ok();
        let file = TempFile::at(&copy::folder(database)?, "db", instance.as_deref())?;
        unpack(backup, &file.path)?;
        if !header::has_sound_header(&file.path).map_err(damage)? {
            return Err(RestoreError::Damaged("its first page cannot be read".into()));
        }
        let mut conn = open_foreign(&file.path).map_err(damage)?;
        let migrated = bring_up_to_date(&mut conn)?;
        drop(conn);
        let (id, servers, runs) = settle_alone(&file.path)?;
        let present = id_of(database);
        let is_same = id.is_some() && id == present;
        Ok(Self { file, is_same, has_id: id.is_some(), migrated, servers, runs })
    }

    /// Returns what a restore would do to a database that may be in use.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn forecast(&self, database: &Path, now: Timestamp) -> Result<RestoreForecast, StoreError> {
        let lost = self.lacks(database)?;
        let mut both = BackupAndPrevious::open(self.path(), database, self.is_same)?;
        Ok(RestoreForecast {
            lost,
            revoked_since: both.revoked_since(now)?,
            audit_entries: both.entries()?,
            no_administrator_left: both.leaves_no_administrator()?,
        })
    }

    /// Carries over revocations and audit log entries from the previous database, which nobody has open. Returns what was revoked,
    /// and the number of entries. Unreadable parts of a damaged database are skipped.
    pub(in crate::db) fn take_over(
        &self,
        former: &Path,
        revive: bool,
        now: Timestamp,
    ) -> (Vec<RevokedSince>, i64) {
        let told = |error: StoreError, what: &str| {
            tracing::warn!(%error, "{what} of the previous database could not be copied");
        };
        let mut both = match BackupAndPrevious::open(self.path(), former, self.is_same) {
            Ok(both) => both,
            Err(error) => {
                told(error, "the audit log");
                return Default::default();
            }
        };
        let entries = both.copy_audit_entries().unwrap_or_else(|error| {
            told(error, "the audit log");
            0
        });
        let found = both.revoked_since(now).and_then(|found| {
            if !revive {
                both.leave_revoked(now)?;
            }
            Ok(found)
        });
        let revoked = found.unwrap_or_else(|error| {
            told(error, "the revoked access");
            Vec::new()
        });
        (revoked, entries)
    }

    /// Assigns the id of the database it replaces, if the backup is from a version without ids.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(in crate::db) fn take_id(&self, former: &Path) -> Result<(), StoreError> {
        if self.has_id {
            return Ok(());
        }
        owner::set(&mut establish(self.path())?, id_of(former).as_deref())
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        &self.file.path
    }
}

/// Copies and decompresses a backup, as far as the disk has space.
fn unpack(backup: &Path, to: &Path) -> Result<(), RestoreError> {
    let unreadable = RestoreError::Unreadable;
    let from = fs::File::open(backup).map_err(unreadable)?;
    let length = from.metadata().map_err(unreadable)?.len();
    let mut start = Vec::new();
    (&from).take(16).read_to_end(&mut start).map_err(unreadable)?;
    let folder = files::folder_of(to);
    let mut out = fs::OpenOptions::new().write(true).open(to).map_err(|error| io_error(to, &error))?;
    let mut whole = start.as_slice().chain(from);
    if start.starts_with(&ZSTD) {
        let mut reader = zstd::Decoder::new(whole).map_err(unreadable)?;
        let limit = disk_space::available(folder)?.saturating_sub(disk_space::RESERVE);
        let written = io::copy(&mut reader.by_ref().take(limit), &mut out)
            .map_err(|error| RestoreError::Damaged(error.to_string()))?;
        // A small compressed file can expand to any size.
        if written == limit {
            return Err(disk_space::ensure(folder, limit.saturating_add(1))
                .err()
                .map_or(RestoreError::NotADatabase, Into::into));
        }
    } else if start.starts_with(b"SQLite format 3\0") {
        disk_space::ensure(folder, length)?;
        io::copy(&mut whole, &mut out).map_err(|error| io_error(to, &error))?;
        // A copy made during a write has its log next to it.
        let log = files::log(backup);
        if files::length(&log) > 0 {
            fs::copy(&log, files::log(to)).map_err(|error| io_error(to, &error))?;
        }
    } else {
        return Err(RestoreError::NotADatabase);
    }
    Ok(out.flush().map_err(|error| io_error(to, &error))?)
}

/// Returns the id of a database, if it can be read.
fn id_of(database: &Path) -> Option<String> {
    open_sound_reader(database).and_then(|mut conn| owner::database_id(&mut conn)).ok().flatten()
}

/// Opens the file as the program does, and moves its log into it: a file that cannot be written must not replace the database.
/// Returns its id and the numbers of servers and runs.
fn settle_alone(path: &Path) -> Result<(Option<String>, i64, i64), StoreError> {
    let mut conn = open_writer(path)?;
    // Sessions of that time are invalid. Running backups and tasks have ended, including the task that made this backup.
    conn.batch_execute(
        "DELETE FROM sessions; DELETE FROM live_runs;
         UPDATE job_states SET next_change_at = evaluated_at WHERE job_id IN
             (SELECT job_id FROM job_facts WHERE json_valid(facts) AND json_extract(facts, '$.live') IS NOT NULL);
         UPDATE job_facts SET facts = json_set(facts, '$.live', NULL)
             WHERE json_valid(facts) AND json_extract(facts, '$.live') IS NOT NULL;
         UPDATE tasks SET running_since = NULL, running_by = NULL, alive_at = NULL WHERE running_since IS NOT NULL;",
    )?;
    let id = owner::database_id(&mut conn)?;
    let (servers, runs) =
        (servers::table.count().get_result(&mut conn)?, backups::table.count().get_result(&mut conn)?);
    settle(&mut conn)?;
    conn.batch_execute("PRAGMA journal_mode = DELETE;")?;
    Ok((id, servers, runs))
}

/// Opens an untrusted file, so that its schema cannot call functions.
fn open_foreign(path: &Path) -> Result<Connection, StoreError> {
    let mut conn = establish(path)?;
    conn.batch_execute(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000;",
    )?;
    Ok(conn)
}

fn damage(error: StoreError) -> RestoreError {
    match error.kind {
        StoreErrorKind::Corrupt => RestoreError::Damaged(error.to_string()),
        _ => error.into(),
    }
}

/// Checks that a file is an intact database of this program and not too new, and applies missing migrations.
fn bring_up_to_date(conn: &mut Connection) -> Result<Vec<String>, RestoreError> {
    if let Some(problem) = integrity::check(conn).map_err(damage)?.first() {
        return Err(RestoreError::Damaged(problem.clone()));
    }
    let tables =
        dynamic::texts(conn, "SELECT name FROM sqlite_schema WHERE type = 'table'").map_err(damage)?;
    let has = |name: &str| tables.iter().any(|table| table == name);
    if !["__diesel_schema_migrations", "servers", "backups", "configuration"].into_iter().all(has) {
        return Err(RestoreError::Foreign);
    }
    if let Some(version) = migrations::newer_than_known(conn)? {
        return Err(RestoreError::Newer(version));
    }
    let migrated = migrate::migrate(conn, derived::after_migration)
        .map_err(|error| RestoreError::Damaged(error.to_string()))?;
    // The schema must be exactly that of this program: a foreign trigger would run with every write.
    match schema_check::differences(conn)?.into_iter().next() {
        Some(difference) => Err(RestoreError::Damaged(difference)),
        None => Ok(migrated),
    }
}
