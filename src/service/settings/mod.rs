//! Settings of the program that can be changed while it runs: stored in the `configuration` table, cached in memory.

pub(in crate::service) mod imported;
mod keys;

use std::sync::{PoisonError, RwLock};

pub use keys::{get, list, set};
pub(in crate::service) use keys::{put, rows};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Actor, Services,
    audit::{self, Entry},
};
use crate::{
    access::Permission,
    db::{Connection, StoreError, Tx, tables::settings},
    error::Error,
    time::Timestamp,
};

/// Allowed retention of the audit log in days.
pub const AUDIT_DAYS: std::ops::RangeInclusive<i64> = 30..=365;

/// Allowed retention of runs in days.
pub const RETENTION_DAYS: std::ops::RangeInclusive<i64> = 1..=36_500;
/// Allowed number of last runs kept per job, whatever their age.
pub const KEEP_LAST: std::ops::RangeInclusive<i64> = 0..=100_000;

const READ_API: &str = "access.local_read_api";
pub(in crate::service) const AUDIT: &str = "audit.retention_days";
const PRIVATE_NETWORKS: &str = "outgoing.private_networks";
const RETENTION: &str = "retention.days";
const BACKUP_KEEP: &str = "backup.keep";
const RETENTION_KEEP_LAST: &str = "retention.keep_last";

/// Allowed number of automatic backups to keep.
pub const BACKUPS: std::ops::RangeInclusive<i64> = 1..=1000;

/// The word for a number that is not set.
const OFF: &str = "off";

/// The settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether programs in the local network may read the API without a key.
    pub local_read_api: bool,
    /// Retention of the audit log in days.
    pub audit_days: i64,
    /// Whether the program may send requests to addresses in private networks.
    pub private_networks: bool,
    /// Days after which runs are deleted; `None` keeps them forever.
    pub retention_days: Option<i64>,
    /// Number of last runs of each job that are kept whatever their age: enough to know the job's schedule.
    pub retention_keep_last: i64,
    /// Number of automatic backups to keep.
    pub backup_keep: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            local_read_api: false,
            audit_days: 180,
            private_networks: false,
            retention_days: None,
            retention_keep_last: 4,
            backup_keep: 7,
        }
    }
}

impl Settings {
    /// Loads the settings; missing or damaged ones get their defaults.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub fn load(conn: &mut Connection) -> Result<Self, StoreError> {
        let default = Self::default();
        let mut flag = |key: &str, default: bool| -> Result<bool, StoreError> {
            Ok(settings::get(conn, key)?.and_then(|value| value.parse().ok()).unwrap_or(default))
        };
        let local_read_api = flag(READ_API, default.local_read_api)?;
        let private_networks = flag(PRIVATE_NETWORKS, default.private_networks)?;
        let mut number =
            |key: &str, range: std::ops::RangeInclusive<i64>| -> Result<Option<i64>, StoreError> {
                let value = settings::get(conn, key)?.and_then(|value| value.parse().ok());
                Ok(value.filter(|number| range.contains(number)))
            };
        Ok(Self {
            local_read_api,
            private_networks,
            audit_days: number(AUDIT, AUDIT_DAYS)?.unwrap_or(default.audit_days),
            retention_days: number(RETENTION, RETENTION_DAYS)?,
            retention_keep_last: number(RETENTION_KEEP_LAST, KEEP_LAST)?
                .unwrap_or(default.retention_keep_last),
            backup_keep: number(BACKUP_KEEP, BACKUPS)?.unwrap_or(default.backup_keep),
        })
    }

    fn check(&self) -> Result<(), Error> {
        in_range("audit_days", self.audit_days, AUDIT_DAYS)?;
        in_range("retention_days", self.retention_days.unwrap_or(1), RETENTION_DAYS)?;
        in_range("retention_keep_last", self.retention_keep_last, KEEP_LAST)?;
        in_range("backup_keep", self.backup_keep, BACKUPS)
    }

    fn save(&self, conn: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
        let days = self.retention_days.map_or_else(|| OFF.to_owned(), |days| days.to_string());
        for (key, value) in [
            (READ_API, self.local_read_api.to_string()),
            (AUDIT, self.audit_days.to_string()),
            (PRIVATE_NETWORKS, self.private_networks.to_string()),
            (RETENTION, days),
            (RETENTION_KEEP_LAST, self.retention_keep_last.to_string()),
            (BACKUP_KEEP, self.backup_keep.to_string()),
        ] {
            settings::set(conn, key, &value, now)?;
        }
        Ok(())
    }
}

/// The settings cached in memory.
#[derive(Debug, Default)]
pub struct Current(RwLock<Settings>);

impl Services {
    /// Returns the current settings.
    pub fn settings(&self) -> Settings {
        *self.current_settings.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Loads the settings from the database into memory.
    ///
    /// # Errors
    ///
    /// Database errors.
    pub async fn load_settings(&self) -> Result<(), Error> {
        let loaded = self.db.read(Settings::load).await?;
        self.keep(loaded);
        Ok(())
    }

    fn keep(&self, settings: Settings) {
        *self.current_settings.0.write().unwrap_or_else(PoisonError::into_inner) = settings;
    }
}

/// Replaces the settings.
///
/// # Errors
/// [`Error::Invalid`] if a value is out of range; [`Error::Forbidden`] for all but administrators.
pub async fn change(services: &Services, actor: &Actor, wanted: Settings) -> Result<(), Error> {
    adjust(services, actor, move |settings| *settings = wanted).await
}

/// Changes some settings, based on those in the database, because a command may have changed others meanwhile.
///
/// # Errors
/// Same as [`change`].
pub async fn adjust(
    services: &Services,
    actor: &Actor,
    adjust: impl FnOnce(&mut Settings) + Send + 'static,
) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    let (actor, now) = (actor.clone(), services.clock.now());
    let adjusted = services.db.write(move |tx| adjust_in(tx, &actor, now, adjust)).await??;
    services.keep(adjusted);
    Ok(())
}

/// Does the same in a transaction. The caller loads the settings into memory after its commit.
pub(in crate::service) fn adjust_in(
    tx: &mut Tx<'_>,
    actor: &Actor,
    now: Timestamp,
    adjust: impl FnOnce(&mut Settings),
) -> Result<Result<Settings, Error>, StoreError> {
    let before = Settings::load(tx.conn)?;
    let mut wanted = before;
    adjust(&mut wanted);
    if let Err(error) = wanted.check() {
        return Ok(Err(error));
    }
    if before != wanted {
        wanted.save(tx.conn, now)?;
        let entry = Entry::new("settings.change").before(json!(before)).after(json!(wanted));
        audit::record(tx, actor, now, entry)?;
    }
    Ok(Ok(wanted))
}

fn in_range(field: &'static str, value: i64, range: std::ops::RangeInclusive<i64>) -> Result<(), Error> {
    if range.contains(&value) {
        return Ok(());
    }
    let what = if field.ends_with("days") { " days" } else { "" };
    Err(Error::Invalid {
        field,
        hint: format!("use a number from {} to {}{what}", range.start(), range.end()),
    })
}

#[cfg(test)]
mod tests;
