//! A backup on its way into the place of the database: a copy of it is checked, brought up to date and settled, so that a rename
//! is all that is left to do. The backup itself is only read.

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

/// How every file begins that zstd made.
pub(in crate::db) const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Why a file cannot be restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file cannot be read.
    #[error("the backup cannot be read: {0}")]
    Unreadable(#[source] io::Error),
    /// It is something else.
    #[error(
        "this is not a backup of duplistatus: it is neither a SQLite database nor one compressed with zstd"
    )]
    NotADatabase,
    /// It is a database of another program.
    #[error(
        "this is a database of another program, or of the Node application; import the latter with `duplistatus import`"
    )]
    Foreign,
    /// A newer program wrote it.
    #[error(
        "this backup was created by a newer duplistatus (schema {0}): install that version or newer, then restore it"
    )]
    Newer(String),
    /// It is not in order.
    #[error(
        "this backup is damaged ({0}); `duplistatus db salvage` recovers the data that can still be read"
    )]
    Damaged(String),
    /// All its administrators were taken their access away since.
    #[error(
        "no administrator could sign in after this restore: all administrators of this backup were later disabled, deleted or given \
         another role. Restore revoked access as well (`--revive`, or the field `revive`), or choose a newer backup"
    )]
    NobodyLeft,
    /// The database did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A file that can take the place of the database.
#[derive(Debug)]
pub struct Candidate {
    file: TempFile,
    /// Whether it is the present database at another time, and not one with another history.
    is_same: bool,
    /// Whether it had an id of its own.
    has_id: bool,
    /// The migrations that it needed.
    pub migrated: Vec<String>,
    /// Servers in it.
    pub servers: i64,
    /// Runs in it.
    pub runs: i64,
}

/// What a restore would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestoreForecast {
    /// What only the current database has.
    pub lost: Lost,
    /// What was taken away since the backup was made.
    pub revoked_since: Vec<RevokedSince>,
    /// Entries of the audit trail that go on.
    pub audit_entries: i64,
    /// Whether no administrator could sign in when what was taken away stays so.
    pub nobody_left: bool,
}

impl Candidate {
    /// Makes one of a backup, beside the database whose place it is to take.
    ///
    /// # Errors
    /// See [`RestoreError`]; nothing is left of the copy then.
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

    /// What a restore would do to a database that somebody may be using.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn forecast(&self, database: &Path, now: Timestamp) -> Result<RestoreForecast, StoreError> {
        let lost = self.lacks(database)?;
        let mut both = BackupAndPrevious::open(self.path(), database, self.is_same)?;
        Ok(RestoreForecast {
            lost,
            revoked_since: both.revoked_since(now)?,
            audit_entries: both.entries()?,
            nobody_left: both.leaves_no_administrator()?,
        })
    }

    /// Takes over from the former database, which nobody has open, what has to go on: what was taken away since, and how many
    /// entries of the audit trail. What cannot be read of a damaged one is left.
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

    /// Gives it the id of the database whose place it takes, if it was made before there were ids.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(in crate::db) fn take_id(&self, former: &Path) -> Result<(), StoreError> {
        if self.has_id {
            return Ok(());
        }
        owner::set(&mut establish(self.path())?, id_of(former).as_deref())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.file.path
    }
}

/// Copies a backup, and decompresses it, as long as there is space.
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
        // A few bytes can become any number of them.
        if written == limit {
            return Err(disk_space::ensure(folder, limit.saturating_add(1))
                .err()
                .map_or(RestoreError::NotADatabase, Into::into));
        }
    } else if start.starts_with(b"SQLite format 3\0") {
        disk_space::ensure(folder, length)?;
        io::copy(&mut whole, &mut out).map_err(|error| io_error(to, &error))?;
        // A copy that was made while somebody wrote has its log beside it.
        let log = files::log(backup);
        if files::length(&log) > 0 {
            fs::copy(&log, files::log(to)).map_err(|error| io_error(to, &error))?;
        }
    } else {
        return Err(RestoreError::NotADatabase);
    }
    Ok(out.flush().map_err(|error| io_error(to, &error))?)
}

/// The id of a database, if it can be read.
fn id_of(database: &Path) -> Option<String> {
    open_sound_reader(database).and_then(|mut conn| owner::database_id(&mut conn)).ok().flatten()
}

/// Makes one file of it, as the program itself opens it: what could not be written must not get its place. Its id, servers and runs.
fn settle_alone(path: &Path) -> Result<(Option<String>, i64, i64), StoreError> {
    let mut conn = open_writer(path)?;
    // Whoever was signed in then is not now. What ran then has ended, the task that made this backup as well.
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

/// Opens a file that somebody else may have made: nothing in its schema runs functions.
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

/// Checks that a file is one of this program, in order and not too new, and applies the migrations that it lacks.
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
    // Nothing more and nothing less than what this program makes: a trigger of somebody else's would work for them.
    match schema_check::differences(conn)?.into_iter().next() {
        Some(difference) => Err(RestoreError::Damaged(difference)),
        None => Ok(migrated),
    }
}
