//! Settings of the whole program that can be changed while it runs: kept in the `configuration` table, read from memory.

use std::sync::{PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    Actor, Services,
    audit::{self, Entry},
};
use crate::{
    access::Permission,
    db::{Connection, StoreError, settings},
    error::Error,
};

/// Days that the audit trail can be kept: from the shortest to the longest.
pub const AUDIT_DAYS: std::ops::RangeInclusive<i64> = 30..=365;

const READ_API: &str = "access.local_read_api";
pub(super) const AUDIT: &str = "audit.retention_days";
const PRIVATE_NETWORKS: &str = "outgoing.private_networks";

/// The settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether programs in the local network may read the API without a key.
    pub local_read_api: bool,
    /// How long the audit trail is kept: days.
    pub audit_days: i64,
    /// Whether the program may send requests to addresses in private networks.
    pub private_networks: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { local_read_api: false, audit_days: 180, private_networks: false }
    }
}

impl Settings {
    /// Reads them; what is missing or damaged has its default.
    ///
    /// # Errors
    /// When the database refuses.
    pub fn load(conn: &mut Connection) -> Result<Self, StoreError> {
        let default = Self::default();
        let mut flag = |key: &str, default: bool| -> Result<bool, StoreError> {
            Ok(settings::get(conn, key)?.and_then(|value| value.parse().ok()).unwrap_or(default))
        };
        let local_read_api = flag(READ_API, default.local_read_api)?;
        let private_networks = flag(PRIVATE_NETWORKS, default.private_networks)?;
        let audit_days = settings::get(conn, AUDIT)?
            .and_then(|value| value.parse().ok())
            .filter(|days| AUDIT_DAYS.contains(days))
            .unwrap_or(default.audit_days);
        Ok(Self { local_read_api, audit_days, private_networks })
    }
}

/// The settings in memory.
#[derive(Debug, Default)]
pub struct Current(RwLock<Settings>);

impl Services {
    /// The settings now.
    pub fn settings(&self) -> Settings {
        *self.current_settings.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the settings from the database, once at start.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn load_settings(&self) -> Result<(), Error> {
        let loaded = self.db.read(Settings::load).await?;
        self.keep(loaded);
        Ok(())
    }

    fn keep(&self, settings: Settings) {
        *self.current_settings.0.write().unwrap_or_else(PoisonError::into_inner) = settings;
    }
}

/// Changes the settings.
///
/// # Errors
/// [`Error::Invalid`] when a value is out of its range; [`Error::Forbidden`] for all but administrators.
pub async fn change(services: &Services, actor: &Actor, wanted: Settings) -> Result<(), Error> {
    actor.may(Permission::ManageSettings)?;
    if !AUDIT_DAYS.contains(&wanted.audit_days) {
        let hint = format!("choose from {} to {} days", AUDIT_DAYS.start(), AUDIT_DAYS.end());
        return Err(Error::Invalid { field: "audit_days", hint });
    }
    let (actor, now) = (actor.clone(), services.clock.now());
    services
        .db
        .write(move |tx| {
            let before = Settings::load(tx.conn)?;
            if before == wanted {
                return Ok(());
            }
            settings::set(tx.conn, READ_API, &wanted.local_read_api.to_string(), now)?;
            settings::set(tx.conn, AUDIT, &wanted.audit_days.to_string(), now)?;
            settings::set(tx.conn, PRIVATE_NETWORKS, &wanted.private_networks.to_string(), now)?;
            let entry = Entry::new("settings.change").before(json!(before)).after(json!(wanted));
            audit::record(tx, &actor, now, entry)
        })
        .await?;
    services.keep(wanted);
    Ok(())
}

#[cfg(test)]
#[path = "setting_tests.rs"]
mod tests;
