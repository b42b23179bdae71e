//! Reads the health data stored in the file. It reads few pages; from a damaged file, it returns what can be read.

use diesel::{dsl::max, prelude::*};

use crate::{
    db::{
        Connection, StoreError,
        engine::{lossy_text::OptionalLossyText, migrations},
        schema::{backups, jobs},
        tables::{
            channels,
            jobs::time,
            rejected_reports, settings,
            tasks::{self, TaskRow},
            users,
        },
    },
    ids::{ChannelId, UserId},
    notify::own::FailingChannel,
    time::Timestamp,
};

/// The health data of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stored {
    /// Applied migrations.
    pub versions: Vec<String>,
    /// Number of missing migrations.
    pub missing: i64,
    /// Whether a newer program wrote the file.
    pub newer: bool,
    /// The stored result of the last integrity check.
    pub last_integrity: Option<String>,
    /// When it was last backed up.
    pub last_backup: Option<Timestamp>,
    /// The time zone used for its totals.
    pub totals_by: Option<String>,
    /// When the last report of a run arrived.
    pub last_report: Option<Timestamp>,
    /// When the newest run began.
    pub newest_run: Option<Timestamp>,
    /// Number of rows of reports rejected since a time.
    pub refused: i64,
    /// The tasks.
    pub tasks: Vec<TaskRow>,
    /// Encrypted secrets of second factors.
    pub sealed: Vec<(UserId, String)>,
    /// Encrypted secrets of channels.
    pub sealed_channels: Vec<(ChannelId, String)>,
    /// Number of channels in use.
    pub channels: i64,
    /// Those of them whose deliveries fail.
    pub failing_channels: Vec<FailingChannel>,
}

/// Reads only the migrations, which is all that is known about the file of another version.
///
/// # Errors
/// Database errors.
pub fn schema(conn: &mut Connection) -> Result<Stored, StoreError> {
    let versions = migrations::applied(conn)?;
    let newer = migrations::newer_than_known(conn)?.is_some();
    Ok(Stored { missing: migrations::missing(&versions)?, newer, versions, ..Stored::default() })
}

/// Reads everything. Rejected reports are counted from `refused_since` on.
///
/// # Errors
/// If the file cannot be read, or has not the schema of this program.
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
        sealed_channels: channels::sealed(conn)?,
        channels: channels::in_use(conn)?,
        failing_channels: channels::failing(conn)?,
        ..schema(conn)?
    })
}
