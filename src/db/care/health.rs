//! What the file itself tells of how it is. A few pages are read; of a file that is not as it should be, what can be read.

use diesel::{dsl::max, prelude::*};

use crate::{
    db::{
        Connection, StoreError,
        engine::{lossy_text::OptionalLossyText, migrations},
        schema::{backups, jobs},
        tables::{
            jobs::time,
            rejected_reports, settings,
            tasks::{self, TaskRow},
            users,
        },
    },
    ids::UserId,
    time::Timestamp,
};

/// What is in the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    /// The migrations that it has.
    pub versions: Vec<String>,
    /// Migrations of this program that it lacks.
    pub missing: i64,
    /// Whether a newer program wrote it.
    pub newer: bool,
    /// What the last check of the whole file found, as it is stored.
    pub last_integrity: Option<String>,
    /// When it was last backed up.
    pub last_backup: Option<Timestamp>,
    /// The time zone by which its totals were made.
    pub totals_by: Option<String>,
    /// When the last report of a run came.
    pub last_report: Option<Timestamp>,
    /// When the newest run began.
    pub newest_run: Option<Timestamp>,
    /// Kinds of reports that were refused since.
    pub refused: i64,
    /// The tasks.
    pub tasks: Vec<TaskRow>,
    /// Secrets of second factors, encrypted.
    pub sealed: Vec<(UserId, String)>,
}

/// Only which migrations the file has: all that can be said of a schema that is not this program's.
///
/// # Errors
/// When it cannot be read.
pub fn schema(conn: &mut Connection) -> Result<Stored, StoreError> {
    let versions = migrations::applied(conn)?;
    let newer = migrations::newer_than_known(conn)?.is_some();
    Ok(Stored { missing: migrations::missing(&versions)?, newer, versions, ..Stored::default() })
}

/// Everything. `refused_since` says from when refused reports count.
///
/// # Errors
/// When it cannot be read, or has not this program's schema.
pub fn stored(conn: &mut Connection, refused_since: Timestamp) -> Result<Stored, StoreError> {
    let (last_report, newest_run): (OptionalLossyText, OptionalLossyText) = (
        jobs::table.select(max(jobs::last_report_at)).first(conn)?,
        backups::table.select(max(backups::start_time)).first(conn)?,
    );
    let mut setting = |key| settings::get(conn, key);
    let (last_integrity, last_backup, totals_by) = (
        setting(settings::LAST_INTEGRITY)?,
        setting(settings::LAST_BACKUP)?,
        setting(settings::SITE_TIME_ZONE)?,
    );
    Ok(Stored {
        last_integrity,
        last_backup: time(last_backup.as_deref()),
        totals_by,
        last_report: time(last_report.as_deref()),
        newest_run: time(newest_run.as_deref()),
        refused: rejected_reports::count(conn, Some(refused_since))?,
        tasks: tasks::all(conn)?,
        sealed: users::sealed(conn)?,
        ..schema(conn)?
    })
}
